package page

import (
	"flag"
	"path/filepath"
	"regexp"
	"testing"

	"fipsguard/internal/evidence/evidencetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestThePage holds the page as browsers read it.
func TestThePage(t *testing.T) {
	for name, d := range evidencetest.Documents() {
		t.Run(name, func(t *testing.T) {
			evidencetest.Holds(t, filepath.Join("testdata", name+".html"), shapeless(written(t, d)), *update)
		})
	}
}

// shapeless is a page without its style sheet, its script and their digests,
// which have tests of their own.
func shapeless(page []byte) []byte {
	page = regexp.MustCompile(`(?s)(<style[^>]*>).*?(</style>)`).ReplaceAll(page, []byte("$1…$2"))
	page = regexp.MustCompile(`(?s)(<script[^>]*>).*?(</script>)`).ReplaceAll(page, []byte("$1…$2"))
	return regexp.MustCompile(`sha256-([A-Za-z0-9+/=]|&#43;)+`).ReplaceAll(page, []byte("sha256-…"))
}

package evidence_test

import (
	"flag"
	"io"
	"path/filepath"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestJSON holds the document as programs read it.
func TestJSON(t *testing.T) {
	for name, d := range evidencetest.Documents() {
		t.Run(name, func(t *testing.T) {
			got := evidencetest.Written(t, func(out io.Writer) error { return evidence.WriteJSON(out, d) })
			evidencetest.Holds(t, filepath.Join("testdata", name+".json"), evidencetest.Indented(t, got), *update)
		})
	}
}

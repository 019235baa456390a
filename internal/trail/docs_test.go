package trail

import (
	stdflag "flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = stdflag.Bool("update", false, "write the table in docs/explain.md anew")

// TestExplainDocument holds the table in docs/explain.md equal to Wrappers.
func TestExplainDocument(t *testing.T) {
	const (
		path  = "../../docs/explain.md"
		begin = "<!-- The table is generated from internal/trail by make golden. -->\n"
		end   = "<!-- End of the table. -->\n"
	)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s does not say where the table is", path)
	}
	got := before + begin + wrapperTable() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("%s has another table than the code; run make golden (-want +got):\n%s", path, diff)
	}
}

func wrapperTable() string {
	var b strings.Builder
	b.WriteString("| Form | Record in | From |\n|---|---|---|\n")
	for _, w := range Wrappers() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", w.Name, w.Where, w.From)
	}
	return b.String()
}

package format_test

import (
	"flag"
	"io"
	"path/filepath"
	"testing"

	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFormats holds what people and auditors read, but for the page and the
// document itself, which have tests where they are made.
func TestFormats(t *testing.T) {
	for name, d := range evidencetest.Documents() {
		for _, file := range format.Derived() {
			if file.Ending == ".html" {
				continue
			}
			t.Run(name+file.Ending, func(t *testing.T) {
				got := evidencetest.Written(t, func(out io.Writer) error { return file.Write(out, d) })
				if filepath.Ext(file.Ending) == ".json" {
					got = evidencetest.Indented(t, got)
				}
				evidencetest.Holds(t, filepath.Join("testdata", name+file.Ending), got, *update)
			})
		}
	}
}

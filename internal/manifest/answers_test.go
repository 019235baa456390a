package manifest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestAnswers holds what is found in each file of testdata/answers: resources
// that pass, resources that do not, and what cannot be known. A file that is
// refused has its error instead.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files to read: %v", err)
	}
	var got strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "== %s\n%s", filepath.Base(file), answer(data))
	}
	const golden = "testdata/answers.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("another answer (-want +got):\n%s", diff)
	}
}

// answer is what Read and Finding say of a file, one resource a line.
func answer(data []byte) string {
	items, err := Read(data)
	if err != nil {
		return fmt.Sprintf("refused: %v\n", err)
	}
	var b strings.Builder
	for _, item := range items {
		f := item.Finding()
		fmt.Fprintf(&b, "%d:%d %s %s %s: %s\n", item.Line, item.Column, f.Verdict, f.Rule, f.Subject, f.Reason)
	}
	return b.String()
}

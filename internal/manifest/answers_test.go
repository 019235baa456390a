package manifest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/manifest/launch"

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
		fmt.Fprintf(&got, "== %s\n%s", filepath.Base(file), answer(filepath.Base(file), data))
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

// answer is what Read says of a file, one finding a line and its remedy below.
func answer(name string, data []byte) string {
	contents, err := Read(data, launch.Options{File: name, Now: today})
	if err != nil {
		return fmt.Sprintf("refused: %v\n", err)
	}
	var b strings.Builder
	for _, item := range contents.Items {
		f := item.Finding
		fmt.Fprintf(&b, "%d:%d %s %s %s: %s\n", item.Line, item.Column, f.Verdict, f.Rule, f.Subject, f.Reason)
		if item.Remedy != "" {
			fmt.Fprintf(&b, "    %s\n", item.Remedy)
		}
		if item.Ignored != nil {
			fmt.Fprintf(&b, "    ignored until %s: %s\n", item.Ignored.Expires.Format(time.DateOnly), item.Ignored.Reason)
		}
	}
	for _, fault := range contents.Faults {
		fmt.Fprintf(&b, "fault: %v\n", fault)
	}
	for _, nested := range contents.Nested {
		fmt.Fprintf(&b, "nested: %s\n", nested)
	}
	return b.String()
}

// today is when wishes must not have expired.
var today = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

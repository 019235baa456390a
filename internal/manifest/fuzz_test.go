package manifest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/manifest/launch"
)

// FuzzRead: whatever a file holds, there are evaluated items or one error, no
// panic; each item has its place, and a remedy if it does not pass.
func FuzzRead(f *testing.F) {
	stories, err := filepath.Glob("testdata/*.*[nl]")
	if err != nil || len(stories) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	answers, err := filepath.Glob("testdata/answers/*")
	if err != nil || len(answers) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	cases, err := filepath.Glob("testdata/cases/*.*")
	if err != nil || len(cases) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range slices.Concat(stories, answers, cases) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		contents, err := Read(data, launch.Options{File: "file", Now: today})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("%q is not one line", err)
			}
			return
		}
		for _, item := range contents.Items {
			if item.Line < 1 || item.Column < 1 {
				t.Errorf("%s has no place: %+v", item.Name, item)
			}
			if f := item.Finding; f.Rule == "" || f.Reason == "" || f.Severity > guard.Info && item.Remedy == "" {
				t.Errorf("%s is evaluated without a rule, a reason or a remedy: %+v", item.Name, item)
			}
		}
	})
}

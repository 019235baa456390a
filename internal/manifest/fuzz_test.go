package manifest

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead: whatever a file holds, there are judged items or one error, no
// panic, and nothing passes that has no states.
func FuzzRead(f *testing.F) {
	stories, err := filepath.Glob("testdata/*.*[nl]")
	if err != nil || len(stories) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	answers, err := filepath.Glob("testdata/answers/*")
	if err != nil || len(answers) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range append(stories, answers...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, err := Read(data)
		if err != nil {
			return
		}
		for _, item := range items {
			if len(item.States()) == 0 || item.Line < 1 || item.Column < 1 {
				t.Errorf("%s has no states or no place: %+v", item.Name, item)
			}
			if finding := item.Finding(); finding.Rule == "" || finding.Reason == "" {
				t.Errorf("%s is judged without a rule or a reason: %+v", item.Name, finding)
			}
		}
	})
}

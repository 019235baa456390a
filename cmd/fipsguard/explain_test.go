package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExplainStories holds the decision about every recorded event, as people
// read it: who did what, the verdict, the reason, and what the guard would do.
func TestExplainStories(t *testing.T) {
	events, err := filepath.Glob("../../internal/trail/testdata/events/*.json")
	if err != nil || len(events) == 0 {
		t.Fatalf("no events to explain: %v", err)
	}
	for _, event := range events {
		t.Run(strings.TrimSuffix(filepath.Base(event), ".json"), func(t *testing.T) {
			var out, talk bytes.Buffer
			if code := run([]string{"explain", event}, &terminal{out: &out, err: &talk}); code != 0 {
				t.Fatalf("explain exits %d: %s", code, talk.String())
			}
			golden := strings.TrimSuffix(event, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("the story changed (-want +got):\n%s", diff)
			}
		})
	}
}

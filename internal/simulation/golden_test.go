package simulation

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// standing is a clock on which time passes only as a scenario says.
func standing() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }

// TestTranscripts holds what happens in each scenario, line by line, and that
// it ends as it should. Alerts are there by their subjects: their texts are
// held by the package that writes them.
func TestTranscripts(t *testing.T) {
	scenarios, err := Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			if testing.Short() && s.Name == "storm" {
				t.Skip("500 task definitions take seconds")
			}
			result, err := s.Run(t.Context(), Options{Now: standing})
			if err != nil {
				t.Fatal(err)
			}
			for _, unmet := range result.Unmet {
				t.Error(unmet)
			}
			got := transcript(s, result)
			golden := filepath.Join("testdata", s.Name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("something else happened (-want +got):\n%s", diff)
			}
		})
	}
	goldens, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(goldens) != len(scenarios) {
		t.Errorf("%d transcripts of %d scenarios: %v", len(goldens), len(scenarios), err)
	}
}

func transcript(s Scenario, r Result) string {
	var b strings.Builder
	same := func(text string) string { return text }
	p := Printer{Out: &b, Clean: same, Paint: func(_ Style, text string) string { return text }}
	fmt.Fprintf(&b, "%s\n\n", s.Story)
	p.Timeline(r.Activities, 100)
	fmt.Fprintf(&b, "\n%s\n", r.Conclusion)
	return normal(b.String())
}

// normal replaces the identifiers that AWS would make, each by its number, and
// orders what a scan asks at the same time.
func normal(text string) string {
	text = regexp.MustCompile(`ecs-execute-command-[0-9a-f]+`).ReplaceAllString(text, "ecs-execute-command-…")
	lines := strings.SplitAfter(text, "\n")
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && isReading(lines[end]) {
			end++
		}
		slices.Sort(lines[start:end])
		start = max(end, start+1)
	}
	numbers := map[string]int{}
	identifier := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}`)
	return identifier.ReplaceAllStringFunc(strings.Join(lines, ""), func(found string) string {
		if numbers[found] == 0 {
			numbers[found] = len(numbers) + 1
		}
		return fmt.Sprintf("id-%d", numbers[found])
	})
}

// isReading reports whether a line is a call of the guard that changes nothing.
func isReading(line string) bool {
	return regexp.MustCompile(` s +fipsguard +(ecs:(Describe|List|Execute)|ssm:Terminate)`).MatchString(line)
}

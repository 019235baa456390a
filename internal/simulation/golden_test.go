package simulation

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
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
			if diff := gocmp.Diff(string(want), got); diff != "" {
				t.Errorf("something else happened (-want +got):\n%s", diff)
			}
		})
	}
	goldens, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(goldens) != len(scenarios) {
		t.Errorf("%d transcripts of %d scenarios: %v", len(goldens), len(scenarios), err)
	}
}

// transcript is a story as it is told, and then whole.
func transcript(s Scenario, r Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.Story)
	lines := r.Lines()
	for i, told := range [][]Line{Fold(lines), inOrder(lines)} {
		if i == 1 {
			fmt.Fprintf(&b, "\n%s; by %s; %s; %s; %d alerts\n%s\n\nWhole, %d lines:\n\n",
				r.Done, r.By, r.Outcome, Lasted(r.Took), len(r.Alerts()), r.Conclusion, len(lines))
		}
		for _, line := range told {
			text := fmt.Sprintf("%10s  %-12s  %s %s  %s", "+"+Lasted(line.Time.Sub(r.Began)), line.Who, line.What, line.Detail, line.Error)
			b.WriteString(strings.TrimRight(text, " ") + "\n")
		}
	}
	return numbered(b.String())
}

// numbered puts numbers in the place of the tasks' identifiers.
func numbered(text string) string {
	numbers := map[string]int{}
	return regexp.MustCompile(`\b[0-9a-f]{8}\b`).ReplaceAllStringFunc(text, func(id string) string {
		if numbers[id] == 0 {
			numbers[id] = len(numbers) + 1
		}
		return fmt.Sprintf("task-%d", numbers[id])
	})
}

// mostLines of a story are held one by one.
const mostLines = 100

// inOrder sorts what a scan reads at the same time.
func inOrder(lines []Line) []Line {
	lines = slices.Clone(lines)
	for start := 0; start < len(lines); start++ {
		end := start
		for end < len(lines) && lines[end].Kind == Read {
			end++
		}
		var times []time.Time
		for _, line := range lines[start:end] {
			times = append(times, line.Time)
		}
		slices.SortFunc(lines[start:end], func(a, b Line) int {
			return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Detail, b.Detail))
		})
		for i, t := range times {
			lines[start+i].Time = t
		}
		start = max(start, end)
	}
	return lines[:min(len(lines), mostLines)]
}

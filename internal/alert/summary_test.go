package alert

import (
	"strings"
	"testing"

	"fipsguard/internal/guard"
)

// TestTheFirstFiveLinesSayWhatMatters: what happened, who did it, whether it is
// fixed, what is still open and what to do now; the rest is below a line.
func TestTheFirstFiveLinesSayWhatMatters(t *testing.T) {
	labels := []string{"What:   ", "Who:    ", "Fixed:  ", "Open:   ", "Do now: "}
	for _, reports := range []map[string]guard.Report{kinds(), moreKinds(), {"nothing at all": {}}} {
		for name, r := range reports {
			lines := strings.Split(Render(r).Text, "\n")
			for i, label := range labels {
				if said, ok := strings.CutPrefix(lines[i], label); !ok || strings.TrimSpace(said) == "" {
					t.Errorf("%s: line %d is %q, want it to begin with %q", name, i+1, lines[i], label)
				}
			}
			if lines[5] != "" || strings.Trim(lines[6], "-") != "" || len(lines[6]) < 40 {
				t.Errorf("%s: no line divides the summary from the detail: %q, %q", name, lines[5], lines[6])
			}
		}
	}
}

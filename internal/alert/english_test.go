package alert

import (
	"regexp"
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

// retired are words that people on call should not have to learn
// (CONTRIBUTING's glossary).
var retired = regexp.MustCompile(`(?i)\b(put right|keeper|told|news|judged|refuted|proven|doubts?|looks?|looked|corrected|corrections?|somebody|nobody hears|as it was found|roll-back|repair|repaired)\b`)

// TestAlertsSpeakPlainEnglish. What other people's names say is theirs.
func TestAlertsSpeakPlainEnglish(t *testing.T) {
	for _, reports := range []map[string]guard.Report{kinds(), moreKinds()} {
		for name, r := range reports {
			m := Render(r)
			for _, text := range []string{m.Subject, m.Text, string(m.JSON)} {
				for line := range strings.Lines(text) {
					if word := retired.FindString(line); word != "" {
						t.Errorf("%s says %q: %.300s", name, word, line)
					}
				}
			}
		}
	}
}

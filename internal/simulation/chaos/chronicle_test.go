package chaos

import (
	"fmt"
	"strings"
)

// chronicle is what happened, for people: what changed something, what failed,
// and the alerts.
func (w *world) chronicle() string {
	var b strings.Builder
	messages := w.aws.Published()
	tell := func(until func(int) bool) {
		n := 0
		for ; n < len(messages) && until(n); n++ {
			m := messages[n]
			fmt.Fprintf(&b, "  %s  ALERT %s\n", clock(m.Time), m.Subject)
			if w.excused[m.MessageID] {
				b.WriteString("                (its note was lost)\n")
			}
		}
		messages = messages[n:]
	}
	for _, c := range w.aws.Calls() {
		reads := strings.Contains(c.Operation, ":List") || strings.Contains(c.Operation, ":Describe") || strings.Contains(c.Operation, ":Get") || c.Operation == "sns:Publish" || c.Operation == "cloudtrail:LookupEvents"
		if reads && c.ErrorCode == "" {
			continue
		}
		tell(func(n int) bool { return messages[n].Time.Before(c.Time) })
		fmt.Fprintf(&b, "  %s  %-20.20s %s %.100s %s\n", clock(c.Time), c.Principal.Name(), c.Operation, c.Parameters, c.ErrorCode)
	}
	tell(func(int) bool { return true })
	for _, j := range w.joined {
		fmt.Fprintf(&b, "  %s  counted event %s in %s\n", clock(j.at), j.event, j.process)
	}
	return b.String()
}

package format

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
	"fipsguard/internal/sanitize"
)

// WriteText writes a document for a terminal or an email: the status first,
// then what needs someone's attention, at most some lines of each kind.
func WriteText(out io.Writer, d evidence.Document) error {
	return WriteStyledText(out, d, func(word string) string { return word })
}

// WriteStyledText is WriteText for a terminal that shows colors. style is given
// headings and the words that matter: statuses, severities, modes, what kernels
// answered.
func WriteStyledText(out io.Writer, d evidence.Document, style func(word string) string) error {
	w := &lines{out: out, style: style}
	w.printf("%s  account %s, Region %s, %s\n", w.word("%s", d.Status.String()), d.Of(), d.Region, d.Finished.Format(time.RFC3339))
	w.printf("%s\n", evidence.Summary(d))
	w.printf("%s %s by %s with %s %s. %s\n\n", did(d), between(d), cmp.Or(d.Collector, "someone unknown"), d.Tool.Name, d.Tool.Version, d.Cycle.Keeps)
	for i, line := range d.Timelines {
		if w.enough(i, len(d.Timelines)) {
			w.printf("\n")
			break
		}
		writeTimeline(w, line, launched(d))
	}
	writeTasks(w, d.Tasks)
	writeClaims(w, d.Claims)
	writePast(w, d.Past)
	if len(d.Outcomes) > 0 {
		w.printf("%s\n", w.word("What the guard did"))
		for i, o := range d.Outcomes {
			if w.enough(i, len(d.Outcomes)) {
				break
			}
			w.printf("  %s for %s: %s. %s\n", o.API, o.Subject, o.Result, o.Detail)
		}
		w.printf("\n")
	}
	if len(d.Facts) > 0 {
		w.printf("%s\n", w.word("What AWS answered to open questions"))
		for _, f := range d.Facts {
			w.printf("  %s (%s): %s\n", f.Question, f.Asked, f.Answer)
		}
		w.printf("\n")
	}
	w.printf("%s\n", w.word("What this report does not show"))
	for _, n := range d.Limits {
		w.printf("  - %s\n", n)
	}
	w.printf("\nOriginal: %s\n", d.Original())
	return w.err
}

// writeTimeline writes a timeline; what is what was launched in its spans.
func writeTimeline(w *lines, line evidence.Timeline, what string) {
	whose := "Fargate's FIPS mode in the account"
	if line.Principal != "" {
		whose = "The override of " + line.Principal
	}
	w.printf("%s: %s\n", whose, line.Words())
	if n := len(line.Spans) - maxListed; n > 0 {
		w.printf("  … %d earlier, and then\n", n)
	}
	for _, s := range line.Spans[max(0, len(line.Spans)-maxListed):] {
		w.printf("  %s – %s  %s", s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339), w.word("%s", strings.ToUpper(s.Mode)))
		if s.API != "" {
			w.printf("  %s by %s", s.API, s.By)
		}
		if s.Reason != "" {
			w.printf("  (%s)", s.Reason)
		}
		if s.Launched > 0 && s.Mode != "on" {
			w.printf("  %s launched then", grammar.Count(s.Launched, what))
		}
		w.printf("\n")
	}
	w.printf("\n")
}

func writeTasks(w *lines, tasks []evidence.Task) {
	var pressing []evidence.Task
	for _, t := range tasks {
		if t.Pressing() {
			pressing = append(pressing, t)
		}
	}
	if len(pressing) == 0 {
		return
	}
	w.printf("%s\n", w.word("Tasks not confirmed with FIPS on"))
	for i, t := range pressing {
		if w.enough(i, len(pressing)) {
			break
		}
		w.printf("  %s %s", w.word("%-20s", t.Kernel.Result), t.ARN)
		if t.Service != "" {
			w.printf(" of service %s", t.Service)
		}
		if t.OnManaged() {
			w.printf(" on %s", t.On())
		}
		if t.Kernel.Answer != "" {
			w.printf(", answered %s", strconv.QuoteToASCII(t.Kernel.Answer))
		}
		if t.Kernel.Reason != "" {
			w.printf(": %s", t.Kernel.Reason)
		}
		w.printf("\n")
	}
	w.printf("\n")
}

// writeClaims writes what needs someone's attention: what stands, what is unknown
// and what was fixed. The summary says what was not examined.
func writeClaims(w *lines, claims []evidence.Claim) {
	var open []evidence.Claim
	for _, c := range claims {
		if c.Result != evidence.Compliant && c.Result != evidence.NotExamined {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return
	}
	w.printf("%s\n", w.word("Findings"))
	for i, c := range open {
		if w.enough(i, len(open)) {
			break
		}
		w.printf("  %s %s %s\n           %s: %s\n", w.word("%-8s", c.Severity.String()), c.Rule, c.Subject, standing(c), c.Reason)
		if c.Remedy != "" && !c.Fixed {
			w.printf("           Remedy: %s\n", c.Remedy)
		}
		if c.Command != "" && !c.Fixed && !strings.Contains(c.Remedy, c.Command) {
			w.printf("           Run: %s\n", c.Command)
		}
		for i, step := range c.Steps {
			when := ""
			if step.If != "" {
				when = ", " + step.If
			}
			w.printf("           Step %d%s: %s\n", i+1, when, step.Command)
		}
	}
	w.printf("\n")
}

// standing says how a claim stands now.
func standing(c evidence.Claim) string {
	switch c.Result {
	case evidence.NonCompliant:
		if c.Fixed {
			return "Fixed in this scan"
		}
		return "Open"
	case evidence.NotExamined:
		return "Not examined"
	case evidence.Starting:
		return "Starting"
	case evidence.Compliant:
		return "As required"
	case evidence.InsufficientData:
	}
	return "Unknown"
}

// lines writes text in which foreign names cannot forge lines or colours.
type lines struct {
	out   io.Writer
	style func(word string) string
	err   error
}

// styled is a text that has its colors.
type styled string

// word gives a word of ours its style, after it was filled up to a width.
func (w *lines) word(format string, args ...any) styled {
	return styled(w.style(fmt.Sprintf(format, args...)))
}

func (w *lines) printf(format string, args ...any) {
	if w.err != nil {
		return
	}
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = sanitize.Printable(text)
		}
	}
	_, w.err = fmt.Fprintf(w.out, format, args...)
}

// maxListed bounds each list of the text.
const maxListed = 20

// enough says that a list is long enough, and how much is left out.
func (w *lines) enough(i, n int) bool {
	if i < maxListed {
		return false
	}
	w.printf("  … and %d more\n", n-i)
	return true
}

package evidence

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/sanitize"
)

// WriteText writes a document for a terminal or an email: the status first,
// then what asks for somebody's attention, at most some lines of each kind.
func WriteText(out io.Writer, d Document) error {
	w := &lines{out: out}
	w.printf("%s  account %s, Region %s, %s\n", d.Status, d.Account, d.Region, d.Finished.Format(time.RFC3339))
	w.printf("%s\n\n", Summary(d))
	for _, line := range d.Timelines {
		writeTimeline(w, line)
	}
	writeTasks(w, d.Tasks)
	writeFindings(w, d.Findings)
	if len(d.Outcomes) > 0 {
		w.printf("What was done\n")
		for i, o := range d.Outcomes {
			if w.enough(i, len(d.Outcomes)) {
				break
			}
			w.printf("  %s for %s: %s. %s\n", o.Call, o.Subject, o.Result, o.Detail)
		}
		w.printf("\n")
	}
	w.printf("What this does not prove\n")
	for _, n := range d.NotProven {
		w.printf("  - %s\n", n)
	}
	return w.err
}

// Summary is a document in a sentence or two.
func Summary(d Document) string {
	p := d.Proofs
	text := fmt.Sprintf("%s: %d proven, %d refuted, %d cannot be verified, %d not attempted. %s, %s.",
		count(p.Proven+p.Refuted+p.CannotVerify+p.NotAttempted, "running task"),
		p.Proven, p.Refuted, p.CannotVerify, p.NotAttempted,
		count(d.Verdicts.NonCompliant, "violation"), count(d.Verdicts.InsufficientData, "doubt"))
	if len(d.Timelines) > 0 && len(d.Timelines[0].Spans) > 0 {
		account := d.Timelines[0]
		text += fmt.Sprintf(" Since %s FIPS mode of the account was %s.", account.Spans[0].From.Format(time.RFC3339), account.words())
	}
	if !d.Scope.Exec {
		text += " No container was asked."
	}
	if !d.Scope.All {
		text += fmt.Sprintf(" The look was only at %s.", count(len(d.Scope.Clusters), "cluster"))
	}
	return text
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func writeTimeline(w *lines, line Timeline) {
	whose := "FIPS mode of the account"
	if line.Principal != "" {
		whose = "The override of " + line.Principal
	}
	w.printf("%s: %s\n", whose, line.words())
	if n := len(line.Spans) - maxListed; n > 0 {
		w.printf("  … %d earlier, and then\n", n)
	}
	for _, s := range line.Spans[max(0, len(line.Spans)-maxListed):] {
		w.printf("  %s – %s  %s", s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339), strings.ToUpper(s.Mode))
		if s.Call != "" {
			w.printf("  %s by %s", s.Call, s.By)
		}
		if s.Reason != "" {
			w.printf("  (%s)", s.Reason)
		}
		if s.Launched > 0 && s.Mode != "on" {
			w.printf("  %s from then", count(s.Launched, "running task"))
		}
		w.printf("\n")
	}
	w.printf("\n")
}

func writeTasks(w *lines, tasks []Task) {
	var pressing []Task
	for _, t := range tasks {
		if urgency(t) < settled {
			pressing = append(pressing, t)
		}
	}
	if len(pressing) == 0 {
		return
	}
	w.printf("Tasks that are not proven\n")
	for i, t := range pressing {
		if w.enough(i, len(pressing)) {
			break
		}
		w.printf("  %-14s %s", t.Proof.Result, t.ARN)
		if t.Service != "" {
			w.printf(" of service %s", t.Service)
		}
		if t.Proof.Answer != "" {
			w.printf(", answered %s", strconv.QuoteToASCII(t.Proof.Answer))
		}
		if t.Proof.Reason != "" {
			w.printf(": %s", t.Proof.Reason)
		}
		w.printf("\n")
	}
	w.printf("\n")
}

func writeFindings(w *lines, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	w.printf("Findings\n")
	for i, f := range findings {
		if w.enough(i, len(findings)) {
			break
		}
		w.printf("  %-8s %s %s\n           %s\n           Remedy: %s\n", f.Severity, f.Rule, f.Subject, f.Reason, f.Remedy)
	}
	w.printf("\n")
}

// lines writes text in which foreign names cannot forge lines or colours.
type lines struct {
	out io.Writer
	err error
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

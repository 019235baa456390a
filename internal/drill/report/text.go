package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
)

// WriteText writes the report for people. Style styles a word of it; plain text
// keeps it as it is.
func WriteText(out io.Writer, d Document, style func(string) string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Drill of the guard: %s\n", style(string(d.Verdict)))
	fmt.Fprintf(&b, "Account %s, Region %s, from %s until %s\n", d.Account, d.Region, d.Started.Format(time.RFC3339), d.Finished.Format(time.RFC3339))
	fmt.Fprintf(&b, "By %s\nas %s\n\n", d.Collector, d.Role)
	fmt.Fprintf(&b, "%-18s %-20s %10s %10s %10s %8s\n", "step", "what became of it", "called", "fixed", "alert", "limit")
	for _, s := range d.Steps {
		fmt.Fprintf(&b, "%-18s %-20s %10s %10s %10s %8s\n", s.ID, s.Result, seconds(s.ToCall), seconds(s.ToFix), seconds(s.ToAlert), fmt.Sprintf("%d s", s.WithinSeconds))
	}
	b.WriteString("After the violation: called, the guard's call, by its own clock; fixed, as the drill read it; alert, in the drill's queue.\n")
	for _, s := range d.Steps {
		fmt.Fprintf(&b, "\n%s: the drill %s; expected: %s.\n", style(string(s.ID)), s.Breaks, s.Expects)
		if s.Why != "" {
			fmt.Fprintf(&b, "  %s: %s\n", s.Result, s.Why)
		}
		if s.Alert != "" {
			fmt.Fprintf(&b, "  Alert: %s\n", s.Alert)
		}
		for _, link := range s.Broken {
			fmt.Fprintf(&b, "  Broken %s\n", link)
		}
	}
	section(&b, style, "COULD NOT BE CLEANED UP: run fipsguard drill --clean", d.Left)
	section(&b, style, "Calls that failed", d.Faults)
	if len(d.Facts) > 0 {
		b.WriteString("\n" + style("What AWS answered") + "\n")
		for _, f := range d.Facts {
			fmt.Fprintf(&b, "  %s (%s): %s\n", f.Question, f.Asked, f.Answer)
		}
	}
	section(&b, style, "What a drill does not show", d.Limits)
	fmt.Fprintf(&b, "\nRelates to %s of NIST SP 800-53 r5. Made by %s %s.\n", strings.Join(controls(d), ", "), d.Tool.Name, d.Tool.Version)
	if d.Key != "" {
		fmt.Fprintf(&b, "Signed with KMS key %s.\n", d.Key)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func section(b *strings.Builder, style func(string) string, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n" + style(title) + "\n")
	for _, line := range lines {
		b.WriteString("  " + line + "\n")
	}
}

// seconds is a time, or a dash for what was not seen.
func seconds(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f s", *s)
}

// controls are those that the steps relate to, each once.
func controls(d Document) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range d.Steps {
		for _, c := range s.RelatesTo {
			if !seen[c] {
				seen[c] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// WriteFacts writes what AWS answered, for someone who must not know the account:
// without accounts, names, addresses and identifiers.
func WriteFacts(out io.Writer, d Document) error {
	var b strings.Builder
	fmt.Fprintf(&b, "What AWS answered to a drill of fipsguard %s, %s, %s\n", d.Tool.Version, d.Region, d.Started.Format(time.DateOnly))
	if d.Endpoint != "" {
		b.WriteString("NOT KNOWN TO BE AWS: the configuration names another endpoint, such as that of a simulated account. Do not send this.\n")
	}
	b.WriteString("Accounts, names, addresses and identifiers are left out. Read it before you send it.\n\n")
	answered := map[guard.Question]bool{}
	for _, f := range d.Facts {
		answered[f.Question] = true
		fmt.Fprintf(&b, "- %s\n  %s: %s\n", f.Question, f.Asked, anonymous(f.Answer))
	}
	for _, q := range drill.Questions() {
		if !answered[q] {
			fmt.Fprintf(&b, "- %s\n  not asked\n", q)
		}
	}
	b.WriteString("\nTimes from a violation to what the guard did about it\n")
	for _, s := range d.Steps {
		fmt.Fprintf(&b, "- %s: %s; called %s, fixed %s, alert %s\n", s.ID, s.Result, seconds(s.ToCall), seconds(s.ToFix), seconds(s.ToAlert))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

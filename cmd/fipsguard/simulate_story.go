package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/localaws"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/simulation"
)

// narrator tells stories one by one: short, or everything.
type narrator struct {
	*terminal
	whole bool
}

func (n narrator) tell(s simulation.Story) error {
	fmt.Fprintf(n.out, "%s: %s\n\n", n.paint(bold, s.Name), hanging(s.Scenario.Story, len(s.Name)+2, 0, n.width))
	lines := s.Lines()
	if !n.whole {
		lines = simulation.Fold(lines)
	}
	for _, line := range lines {
		n.line(s, line)
	}
	n.alerts(s.Alerts())
	if err := n.reports(s.Reports); err != nil {
		return err
	}
	fmt.Fprintln(n.out)
	for _, unmet := range s.Unmet {
		fmt.Fprintf(n.out, "%s %s\n", n.paint(red, "✗"), sanitize.Terminal(unmet))
	}
	if len(s.Unmet) == 0 {
		fmt.Fprintf(n.out, "%s %s\n", n.paint(green, "✓"), hanging(s.Conclusion, 2, 2, n.width))
	}
	return nil
}

func (n narrator) end(all []simulation.Story) error {
	if len(all) > 1 {
		fmt.Fprintln(n.out, "\n"+n.verdictOf(all))
	}
	if !n.whole {
		fmt.Fprintln(n.out, n.paint(dim, "Simulated times. -v tells everything, --html FILE makes a page of it."))
	}
	return nil
}

// The columns of a story's line.
const (
	timeWidth = 12
	whoWidth  = 12
)

// line prints one line of a story.
func (n narrator) line(s simulation.Story, line simulation.Line) {
	since := "+" + simulation.Lasted(line.Time.Sub(s.Began))
	if line.Kind == simulation.Again {
		since, line.What = "", "… "+line.What+", until "+since
	}
	n.storyLine(since, line, n.whole)
}

// storyLine prints a line with the time given, cut to the terminal's width
// unless it is to be whole.
func (t *terminal) storyLine(at string, line simulation.Line, whole bool) {
	who, text := line.Who, line.What
	switch {
	case !whole || line.All == "":
		text += " " + line.Detail
	default:
		text += " " + line.All
	}
	if whole && line.Session != "" {
		who += "/" + line.Session
	}
	text = sanitize.Terminal(strings.TrimSpace(text))
	switch indent := timeWidth + whoWidth + 2; {
	case line.Kind == simulation.Sent:
		text = hanging(text, indent, indent, t.width) // its end says whether a person has to act
	case !whole:
		text = cut(text, max(leastText, t.width-indent-1-utf8.RuneCountInString(line.Error)))
	}
	text = t.paint(styleOf(line.Kind), text)
	if line.Error != "" {
		text += " " + t.paint(red, sanitize.Terminal(line.Error))
	}
	fmt.Fprintf(t.out, "%s %-*s %s\n", t.paint(dim, fmt.Sprintf("%*s", timeWidth, at)), whoWidth, who, text)
}

func styleOf(kind simulation.Kind) string {
	switch kind {
	case simulation.Fixed:
		return green
	case simulation.Read, simulation.Again:
		return dim
	case simulation.Lost:
		return yellow
	case simulation.Sent, simulation.Report:
		return bold
	case simulation.Done:
	}
	return ""
}

// alerts prints the first alert's essence, or all of them.
func (n narrator) alerts(sent []localaws.Message) {
	for i, m := range sent {
		which := fmt.Sprintf("Alert %d of %d: ", i+1, len(sent))
		fmt.Fprintf(n.out, "\n%s%s\n", which, n.paint(bold, hanging(sanitize.Terminal(m.Subject), len(which), 2, n.width)))
		if n.whole {
			fmt.Fprint(n.out, indented(m.For("email")))
			continue
		}
		n.essence(m.For("email"))
		return
	}
}

// essence prints the first lines of an alert, which are all that someone on call
// needs, but for the very first: the subject said it.
func (t *terminal) essence(alert string) {
	head, _, _ := strings.Cut(alert, "\n\n")
	for _, line := range strings.Split(strings.TrimSpace(head), "\n")[1:] {
		label, text, _ := strings.Cut(line, ":")
		text = sanitize.Terminal(strings.TrimSpace(text))
		if label != "Do now" {
			text = cut(text, mostAlertLines*(t.width-alertIndent)-alertIndent)
		}
		fmt.Fprintf(t.out, "  %s %s\n", t.paint(dim, fmt.Sprintf("%-*s", alertIndent-3, label)), hanging(text, alertIndent, alertIndent, t.width))
	}
}

// How much of an alert's lines is shown, but for what there is to do, and where.
const (
	mostAlertLines = 2
	alertIndent    = 10
)

// reports prints what scans found, in a sentence or whole.
func (n narrator) reports(all []evidence.Document) error {
	for i, d := range all {
		if !n.whole {
			which := fmt.Sprintf("Report %d of %d: ", i+1, len(all))
			fmt.Fprintf(n.out, "\n%s%s\n", which, hanging(evidence.Summary(d), len(which), 2, n.width))
			continue
		}
		var text strings.Builder
		if err := format.WriteText(&text, d); err != nil {
			return err
		}
		fmt.Fprintf(n.out, "\nReport %d of %d\n%s", i+1, len(all), indented(text.String()))
	}
	return nil
}

package main

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
)

// The columns of the overview, which is 80 characters wide.
const (
	nameWidth    = 17
	doneWidth    = 24
	byWidth      = 5
	outcomeWidth = 16
	tookWidth    = 5
)

// mostRows keeps the overview on one screen of 24 lines, with the command above
// it and the prompt below.
const mostRows = 16

// overview is a table with a row for each scenario.
type overview struct {
	*terminal
	all, rows int
	folded    []string
}

func newOverview(t *terminal, all int) *overview {
	fmt.Fprintln(t.out, t.paint(dim, row(" ", "scenario", "what was done", "by", "became of it", "took", "alerts")))
	return &overview{terminal: t, all: all}
}

func row(sign, name, done, by, outcome, took, alerts string) string {
	return fmt.Sprintf("%s %s %s %s %s %*s %6s", sign, column(name, nameWidth), column(done, doneWidth), column(by, byWidth),
		column(outcome, outcomeWidth), tookWidth, took, alerts)
}

// tell prints the story's row. When there is no room for all, it folds those
// that ended as expected.
func (o *overview) tell(s simulation.Story) error {
	style, sign, outcome := green, "✓", s.Outcome
	if len(s.Unmet) > 0 {
		style, sign, outcome = red, "✗", "NOT as expected"
	} else if o.all > mostRows && o.rows >= mostRows-2 {
		o.folded = append(o.folded, s.Name)
		return nil
	}
	o.rows++
	text := row(" ", s.Name, s.Done, s.By, outcome, lasted(s.Took), fmt.Sprint(len(s.Alerts())))
	fmt.Fprintln(o.out, o.paint(style, sign)+strings.TrimPrefix(text, " "))
	return nil
}

func (o *overview) end(all []simulation.Story) error {
	if len(o.folded) > 0 {
		for _, line := range o.foldedLines() {
			fmt.Fprintln(o.out, o.paint(dim, column(line, usualWidth)))
		}
	}
	fmt.Fprintf(o.out, "\n%s\nTimes are simulated: an event takes about %s to arrive. Nothing measures AWS.\n",
		o.verdictOf(all), localaws.EventTravel)
	fmt.Fprintln(o.out, "One story: simulate NAME, everything: -v, as a page: --html FILE, names: --list.\n"+
		"In a browser, to turn FIPS mode off yourself: simulate --serve 127.0.0.1:4566")
	return nil
}

// foldedLines name what was folded: on two lines where the screen has room.
func (o *overview) foldedLines() []string {
	line := fmt.Sprintf("  … %d more, as expected:", len(o.folded))
	for i, name := range o.folded {
		if i > 0 {
			line += ","
		}
		if len(line)+len(name)+2 > usualWidth && o.rows <= mostRows-2 {
			return []string{line, "    " + strings.Join(o.folded[i:], ", ")}
		}
		line += " " + name
	}
	return []string{line}
}

// verdictOf says how many ended as expected.
func (t *terminal) verdictOf(all []simulation.Story) string {
	text := fmt.Sprintf("%d of %s ended as expected.", expected(all), grammar.Count(len(all), "scenario"))
	if expected(all) < len(all) {
		return t.paint(red, text)
	}
	return t.paint(green, text)
}

// lasted is a time in at most five characters.
func lasted(d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0fm", d.Minutes())
	}
	return fmt.Sprintf("%.0fh", d.Hours())
}

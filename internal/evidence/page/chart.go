package page

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/chart"
	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// newChart draws the timelines. The caller says what they are, and may put above
// them when tasks were launched: columns that stand over the times off that
// exposed them.
func newChart(axis chart.Axis, timelines []evidence.Timeline, counts launchCount) chart.Chart {
	c := chart.Chart{Axis: axis}
	for _, line := range timelines {
		c.Strips = append(c.Strips, strip(axis, line, counts))
	}
	return c
}

func launches(tasks []evidence.Task) chart.Columns {
	c := chart.Columns{
		Title: "Running Fargate tasks by launch time, exposed ones in front", Class: "launched", MarkedClass: "exposed",
		Describe: func(all, marked int, from, until time.Time) string {
			return fmt.Sprintf("%s launched from %s to %s UTC, %d of them exposed", grammar.Count(all, "running task"), moment(from), moment(until), marked)
		},
	}
	for _, t := range tasks {
		if t.Created != nil && !t.OnManaged() {
			c.Points = append(c.Points, chart.Point{At: *t.Created, Marked: t.Exposed == guard.NonCompliant})
		}
	}
	return c
}

// outside says which tasks the columns leave out.
func outside(axis chart.Axis, tasks []evidence.Task) string {
	before, unknown, managed := 0, 0, 0
	for _, t := range tasks {
		switch {
		case t.OnManaged():
			managed++
		case t.Created == nil:
			unknown++
		case t.Created.Before(axis.From):
			before++
		}
	}
	var said []string
	if before > 0 {
		said = append(said, grammar.Count(before, "running task")+" launched before the chart begins")
	}
	if managed > 0 {
		said = append(said, grammar.Count(managed, "running task")+" on Managed Instances, whose FIPS mode is that of their capacity provider")
	}
	if unknown > 0 {
		said = append(said, grammar.Count(unknown, "running task")+" launched at an unknown time")
	}
	if len(said) == 0 {
		return ""
	}
	return "Not in the chart: " + strings.Join(said, ", ") + "."
}

func strip(axis chart.Axis, line evidence.Timeline, c launchCount) chart.Strip {
	account := line.Principal == ""
	s := chart.Strip{Title: "Fargate's FIPS mode in the account"}
	if !account {
		s.Title = "Override of " + ending(line.Principal)
	}
	if c.offOnly && isCoarse(line) {
		s.Thin, s.Bars = true, coarse(axis, line.Spans)
		return s
	}
	for _, span := range line.Spans {
		s.Bars = append(s.Bars, bar(span, account, c))
	}
	return s
}

func bar(s evidence.Span, account bool, c launchCount) chart.Bar {
	mode := modeMark(s.Mode).Word
	b := chart.Bar{From: s.From, Until: s.Until, Class: mode, Weight: weight(mode), Title: barTitle(s, account, c)}
	if b.Weight == chart.Light {
		return b
	}
	b.Inside = strings.ToUpper(mode)
	b.Note = b.Inside + " " + evidence.Lasted(s.Until.Sub(s.From))
	if account && c.in(s) {
		b.Note += " · " + grammar.Count(s.Launched, c.noun) + " launched then"
	}
	return b
}

// weight: what is off matters most, what is on least.
func weight(mode string) chart.Weight {
	switch mode {
	case "on":
		return chart.Light
	case "off":
		return chart.Heavy
	}
	return chart.Middle
}

func barTitle(s evidence.Span, account bool, c launchCount) string {
	text := fmt.Sprintf("%s from %s to %s UTC (%s)", strings.ToUpper(modeMark(s.Mode).Word), moment(s.From), moment(s.Until), evidence.Lasted(s.Until.Sub(s.From)))
	if s.API != "" {
		text += ". " + evidence.Name(s.API) + " by " + evidence.Name(s.By)
	}
	if s.Reason != "" {
		text += ". Unknown because " + evidence.Name(s.Reason)
	}
	if account && c.in(s) {
		text += ". " + grammar.Count(s.Launched, c.noun) + " launched then"
	}
	return text
}

// ending is a principal as the chart names it; the table has the whole.
func ending(principal string) string {
	const most = 90
	text := []rune(sanitize.Printable(principal))
	if len(text) <= most {
		return string(text)
	}
	return "…" + string(text[len(text)-most:])
}

// axisOf is the time from the first span to the last, if there is any.
func axisOf(timelines []evidence.Timeline) (chart.Axis, bool) {
	var a chart.Axis
	for _, line := range timelines {
		for _, s := range line.Spans {
			if !s.From.IsZero() && (a.From.IsZero() || s.From.Before(a.From)) {
				a.From = s.From
			}
			if s.Until.After(a.Until) {
				a.Until = s.Until
			}
		}
	}
	return a, !a.From.IsZero() && a.Until.After(a.From)
}

// closer leaves out the time before anything happened that the chart could
// show: a change of a setting, or the launch of a task that still runs.
func closer(a chart.Axis, timelines []evidence.Timeline, tasks []evidence.Task) chart.Axis {
	first := a.Until
	for _, line := range timelines {
		for _, s := range line.Spans[min(1, len(line.Spans)):] {
			first = earlier(first, s.From)
		}
	}
	for _, t := range tasks {
		if t.Created != nil && !t.OnManaged() {
			first = earlier(first, *t.Created)
		}
	}
	if first.Equal(a.Until) {
		return a
	}
	first = first.Add(-a.Until.Sub(first) / 12)
	if first.After(a.From) {
		a.From = first
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

package page

import (
	"fmt"
	"html/template"
	"strconv"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
)

// picture is the timelines as a chart, and the same in words.
type picture struct {
	SVG     template.HTML // empty when there is nothing to draw
	Columns bool          // the launches of running tasks are drawn, too
	Earlier string        // what of the timelines the chart leaves out
	Outside string        // tasks that the axis has no place for
	Coarse  string        // what is drawn together
	Lanes   []lane
	More    string // timelines that are left out
}

// launchCount is what the spans of timelines count: running tasks, or, in an audit,
// launches that were recorded while FIPS mode was off.
type launchCount struct {
	noun, head string
	offOnly    bool
}

// ofScan and ofAudit are what spans count in a scan's and in an audit's report.
func ofScan() launchCount {
	return launchCount{"running task", "Running Fargate tasks launched then", false}
}

func ofAudit() launchCount { return launchCount{"recorded task", "Launches recorded then", true} }

// in reports whether the launches in a span were launchCount.
func (c launchCount) in(s evidence.Span) bool { return !c.offOnly || s.Mode == "off" }

// maxSpanRows bounds a table of spans; the JSON report has all.
const maxSpanRows = 300

// lane is one setting over the time.
type lane struct {
	Caption  string
	Sum      string
	Left     int    // spans at the beginning that the table leaves out
	Launched string // heads the column of launches; empty for overrides, which have none
	Rows     []spanRow
}

// spanRow is a span in words.
type spanRow struct {
	mark
	From, Until, Lasted, API, By, EventID, Reason string
	Launched                                      string
}

func newPicture(timelines []evidence.Timeline, tasks []evidence.Task) (picture, error) {
	p := picture{Columns: true}
	for _, line := range timelines {
		p.Lanes = append(p.Lanes, newLane(line, ofScan(), maxSpanRows))
	}
	whole, ok := axisOf(timelines)
	if !ok {
		return p, nil
	}
	axis := closer(whole, timelines, tasks)
	if axis.From.After(whole.From) {
		p.Earlier = "The chart begins at " + moment(axis.From) + ", shortly before the first change or launch. The tables begin earlier."
	}
	p.Outside = outside(axis, tasks)
	c := newChart(axis, timelines, ofScan())
	c.Label = fmt.Sprintf("FIPS mode from %s to %s UTC, %s, and when the running tasks were launched. The tables below say the same in words.",
		moment(axis.From), moment(axis.Until), grammar.Count(len(timelines), "timeline"))
	c.Columns = new(launches(tasks))
	var err error
	p.SVG, err = c.SVG()
	return p, err
}

func newLane(line evidence.Timeline, c launchCount, rows int) lane {
	l := lane{Launched: c.head, Caption: "Fargate's FIPS mode in the account, from CloudTrail", Sum: line.Words(), Left: max(0, len(line.Spans)-rows)}
	if line.Principal != "" {
		l.Launched, l.Caption = "", "Override of "+evidence.Name(line.Principal)
	}
	for _, s := range line.Spans[l.Left:] {
		l.Rows = append(l.Rows, newSpanRow(s, c))
	}
	return l
}

func newSpanRow(s evidence.Span, c launchCount) spanRow {
	row := spanRow{
		mark: modeMark(s.Mode), From: moment(s.From), Until: moment(s.Until), Lasted: evidence.Lasted(s.Until.Sub(s.From)),
		API: evidence.Name(s.API), By: evidence.Name(s.By), EventID: evidence.Name(s.EventID), Reason: evidence.Name(s.Reason), Launched: "–",
	}
	if c.in(s) {
		row.Launched = strconv.Itoa(s.Launched)
	}
	switch {
	case row.API != "":
	case c.offOnly: // records may be missing in the middle, too
		row.API = "no record"
	default:
		row.API = "began before the history that was read"
	}
	return row
}

func modeMark(mode string) mark {
	switch mode {
	case "on":
		return good("on")
	case "off":
		return bad("off")
	}
	return doubt("unknown")
}

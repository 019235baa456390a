package page

import (
	"html/template"

	"fipsguard/internal/evidence"
)

// picture is the timelines as a chart, and the same in words.
type picture struct {
	SVG     template.HTML // empty when there is nothing to draw
	Earlier string        // what of the timelines the chart leaves out
	Outside string        // tasks that the axis has no place for
	Lanes   []lane
}

// maxSpanRows bounds a table of spans; the JSON report has all.
const maxSpanRows = 300

// lane is one setting over the time.
type lane struct {
	Caption string
	Sum     string
	Left    int // spans at the beginning that the table leaves out
	Account bool
	Rows    []spanRow
}

// spanRow is a span in words.
type spanRow struct {
	mark
	From, Until, Lasted, API, By, EventID, Reason string
	Launched                                      int
}

func newPicture(timelines []evidence.Timeline, tasks []evidence.Task) (picture, error) {
	var p picture
	for _, line := range timelines {
		p.Lanes = append(p.Lanes, newLane(line))
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
	var err error
	p.SVG, err = newChart(axis, timelines, tasks).SVG()
	return p, err
}

func newLane(line evidence.Timeline) lane {
	l := lane{Account: line.Principal == "", Caption: "Fargate's FIPS mode in the account, from CloudTrail", Sum: line.Words(), Left: max(0, len(line.Spans)-maxSpanRows)}
	if !l.Account {
		l.Caption = "Override of " + evidence.Name(line.Principal)
	}
	for _, s := range line.Spans[l.Left:] {
		l.Rows = append(l.Rows, newSpanRow(s))
	}
	return l
}

func newSpanRow(s evidence.Span) spanRow {
	row := spanRow{
		mark: modeMark(s.Mode), From: moment(s.From), Until: moment(s.Until), Lasted: evidence.Lasted(s.Until.Sub(s.From)),
		API: evidence.Name(s.API), By: evidence.Name(s.By), EventID: evidence.Name(s.EventID), Reason: evidence.Name(s.Reason), Launched: s.Launched,
	}
	if row.API == "" {
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

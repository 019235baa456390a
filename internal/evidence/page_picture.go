package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fipsguard/internal/sanitize"
)

// The picture's measures, in units of its view box: about a pixel each.
const (
	pictureWidth = 1000
	laneBar      = 30 // from a lane's top to its bar's
	laneHeight   = 74 // without notes
	noteHeight   = 16
	axisHeight   = 34
	leastWidth   = 5 // of a bar: an hour off in a year has to be seen
	letterWidth  = 8 // of the small letters, rather too much than too little
)

// picture is the timelines as bars on a time axis, and the same in words.
type picture struct {
	Width, Height, AxisY int
	Label                string
	Earlier              string // what of the timelines the picture leaves out
	Launches             launches
	Lanes                []lane
	Ticks                []tick
}

// maxSpanRows bounds a table of spans; the JSON report has all.
const maxSpanRows = 300

// lane is one setting over the time.
type lane struct {
	Title   string // short, for the picture
	Caption string // in full, for the table
	Sum     string
	Left    int // spans at the beginning that the table leaves out
	Account bool
	Y, BarY int
	Bars    []bar // the harmless first, so that the others are drawn over them
	Notes   []note
	Rows    []spanRow
}

// bar is a span. Modes differ in height as well as in colour.
type bar struct {
	Mode          string // class and word
	X, Y          string
	Width, Height string
	Title         string
	Inside        string // word on the bar, if it fits
	TextX, TextY  string
}

// note is what is written under a bar that is too short for it.
type note struct {
	Mode    string
	X, PinX string
	Y, PinY int
	Text    string
}

// tick is a mark of the axis.
type tick struct {
	X    string
	Text string
}

// spanRow is a span in words.
type spanRow struct {
	mark
	From, Until, Lasted, Call, By, EventID, Reason string
	Launched                                       int
}

func newPicture(timelines []Timeline, tasks []Task) picture {
	whole, ok := axisOf(timelines)
	axis := whole.closer(timelines, tasks)
	p := picture{Width: pictureWidth}
	if ok {
		if axis.from.After(whole.from) {
			p.Earlier = "The picture begins at " + moment(axis.from) + ", shortly before the first change and launch; the tables begin earlier."
		}
		p.Launches = axis.launches(tasks)
		p.Height = launchesHeight
	}
	for _, line := range timelines {
		l := lane{Account: line.Principal == "", Title: "FIPS mode of the account", Caption: "FIPS mode of the account, as CloudTrail tells"}
		if !l.Account {
			l.Title = "Override of " + ending(line.Principal)
			l.Caption = "Override of " + name(line.Principal)
		}
		l.Y = p.Height
		l.BarY = l.Y + laneBar
		l.Sum = line.words()
		l.Left = max(0, len(line.Spans)-maxSpanRows)
		for _, s := range line.Spans[l.Left:] {
			l.Rows = append(l.Rows, newSpanRow(s))
		}
		if ok {
			l.Bars, l.Notes = axis.bars(line.Spans, l), axis.notes(line.Spans, l)
		}
		p.Lanes = append(p.Lanes, l)
		p.Height += laneHeight
		for _, n := range l.Notes {
			p.Height = max(p.Height, n.Y+noteHeight)
		}
	}
	p.AxisY = p.Height
	p.Height += axisHeight
	if ok {
		p.Ticks = axis.ticks()
		p.Label = fmt.Sprintf("FIPS mode from %s to %s UTC, %s, and when the running tasks were launched. The tables below say the same in words.",
			moment(axis.from), moment(axis.until), count(len(p.Lanes), "timeline"))
	}
	return p
}

// drawn orders bars: what matters more is drawn later, on top.
func drawn(mode string) int { return slices.Index([]string{"on", "unknown", "off"}, mode) }

// ending is a principal as the picture names it; the table has the whole.
func ending(principal string) string {
	const most = 90
	text := []rune(sanitize.Printable(principal))
	if len(text) <= most {
		return string(text)
	}
	return "…" + string(text[len(text)-most:])
}

func newSpanRow(s Span) spanRow {
	row := spanRow{
		mark: modeMark(s.Mode), From: moment(s.From), Until: moment(s.Until), Lasted: lasted(s.Until.Sub(s.From)),
		Call: name(s.Call), By: name(s.By), EventID: name(s.EventID), Reason: name(s.Reason), Launched: s.Launched,
	}
	if row.Call == "" {
		row.Call = "began before what was looked at"
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

// axis is the time that the picture shows.
type axis struct{ from, until time.Time }

func axisOf(timelines []Timeline) (axis, bool) {
	var a axis
	for _, line := range timelines {
		for _, s := range line.Spans {
			if !s.From.IsZero() && (a.from.IsZero() || s.From.Before(a.from)) {
				a.from = s.From
			}
			if s.Until.After(a.until) {
				a.until = s.Until
			}
		}
	}
	return a, !a.from.IsZero() && a.until.After(a.from)
}

// closer leaves out the time before anything happened that the picture could
// show: a change of a setting, or the launch of a task that still runs.
func (a axis) closer(timelines []Timeline, tasks []Task) axis {
	first := a.until
	for _, line := range timelines {
		for _, s := range line.Spans[min(1, len(line.Spans)):] {
			first = earlier(first, s.From)
		}
	}
	for _, t := range tasks {
		if t.Created != nil {
			first = earlier(first, *t.Created)
		}
	}
	if first.Equal(a.until) {
		return a
	}
	first = first.Add(-a.until.Sub(first) / 12)
	if first.After(a.from) {
		a.from = first
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// x is where a moment is.
func (a axis) x(t time.Time) float64 {
	if t.Before(a.from) {
		return 0
	}
	return min(pictureWidth, pictureWidth*t.Sub(a.from).Seconds()/a.until.Sub(a.from).Seconds())
}

// place is where a span begins and how wide it is, widened so that it is seen.
func (a axis) place(s Span) (x, width float64) {
	x = a.x(s.From)
	width = a.x(s.Until) - x
	if width < leastWidth {
		x = max(0, min(x-(leastWidth-width)/2, pictureWidth-leastWidth))
		width = leastWidth
	}
	return x, width
}

// bars are one for each span, but for those that would be drawn over one of
// the same mode at the same place: what flaps for weeks has thousands.
func (a axis) bars(spans []Span, l lane) []bar {
	type place struct {
		mode     string
		x, width int
	}
	drawnAt := map[place]bool{}
	var bars []bar
	for _, s := range spans {
		x, width := a.place(s)
		at := place{modeMark(s.Mode).Word, int(x), int(width)}
		if !drawnAt[at] {
			drawnAt[at] = true
			bars = append(bars, a.bar(s, l))
		}
	}
	slices.SortStableFunc(bars, func(a, b bar) int { return cmp.Compare(drawn(a.Mode), drawn(b.Mode)) })
	return bars
}

func (a axis) bar(s Span, l lane) bar {
	x, width := a.place(s)
	y, height := l.BarY, 26
	switch s.Mode {
	case "on":
		y, height = y+6, 14
	case "off":
	default:
		y, height = y+3, 20
	}
	b := bar{
		Mode: modeMark(s.Mode).Word, X: unit(x), Y: fmt.Sprint(y), Width: unit(width), Height: fmt.Sprint(height),
		Title: barTitle(s, l.Account), TextX: unit(x + width/2), TextY: fmt.Sprint(l.BarY + 18),
	}
	if s.Mode != "on" && width > 7*10 {
		b.Inside = strings.ToUpper(b.Mode)
	}
	return b
}

func barTitle(s Span, account bool) string {
	text := fmt.Sprintf("%s from %s to %s UTC (%s)", strings.ToUpper(modeMark(s.Mode).Word), moment(s.From), moment(s.Until), lasted(s.Until.Sub(s.From)))
	if s.Call != "" {
		text += ". " + name(s.Call) + " by " + name(s.By)
	}
	if s.Reason != "" {
		text += ". Unknown because " + name(s.Reason)
	}
	if account {
		text += ". " + count(s.Launched, "running task") + " launched in it"
	}
	return text
}

// notes are written under what is not on, in two rows, and what is off comes
// first; one that finds no room is left to the bar's title and the table.
func (a axis) notes(spans []Span, l lane) []note {
	var notes []note
	var rows [2][]stretch
	for _, mode := range []string{"off", "unknown"} {
		for _, s := range spans {
			if modeMark(s.Mode).Word != mode {
				continue
			}
			n, at := a.note(s, l)
			for i, row := range rows {
				if slices.ContainsFunc(row, at.meets) {
					continue
				}
				rows[i] = append(row, at)
				n.Y, n.PinY = l.BarY+41+noteHeight*i, l.BarY+30+noteHeight*i
				notes = append(notes, n)
				break
			}
		}
	}
	return notes
}

// stretch is the room that a note takes.
type stretch struct{ left, right float64 }

func (s stretch) meets(other stretch) bool {
	return s.left < other.right+letterWidth && other.left < s.right+letterWidth
}

// note is placed in the middle under its bar, or as near as the picture's
// sides allow.
func (a axis) note(s Span, l lane) (note, stretch) {
	mode := modeMark(s.Mode).Word
	text := strings.ToUpper(mode) + " " + lasted(s.Until.Sub(s.From))
	if l.Account {
		text += " · " + count(s.Launched, "running task") + " from then"
	}
	x, width := a.place(s)
	long := float64(letterWidth * utf8.RuneCountInString(text))
	middle := x + width/2
	left := max(0, min(middle-long/2, pictureWidth-long))
	return note{Mode: mode, X: unit(left + long/2), PinX: unit(middle), Text: text}, stretch{left, left + long}
}

// ticks are at round times, few enough for their words.
func (a axis) ticks() []tick {
	const most, year = 8, 366 * 24 * time.Hour
	step := year * (1 + a.until.Sub(a.from)/(most*year))
	for _, round := range []time.Duration{
		time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour,
	} {
		if a.until.Sub(a.from)/round <= most {
			step = round
			break
		}
	}
	layout := "2006-01-02"
	switch {
	case step < time.Minute:
		layout = "15:04:05"
	case step < 24*time.Hour:
		layout = "01-02 15:04"
	}
	var list []tick
	for t := a.from.Truncate(step).Add(step); !t.After(a.until); t = t.Add(step) {
		x := a.x(t)
		// Words that would stick out of the picture are left out with their mark.
		if half := float64(letterWidth*len(layout)) / 2; x < half || x > pictureWidth-half {
			continue
		}
		list = append(list, tick{unit(x), t.UTC().Format(layout)})
	}
	return list
}

// unit writes a coordinate.
func unit(x float64) string { return fmt.Sprintf("%.1f", x) }

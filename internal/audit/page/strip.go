package page

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/audit"
)

// strip is a timeline as a picture: columns of which each has the worst mode
// of its time, so that what is short is seen, too.
type strip struct {
	Label string
	Bars  []bars
	Ticks []tick
}

// bars are those of one mode, as an SVG path.
type bars struct{ Mode, Path string }

type tick struct {
	X    int
	Text string
}

const columns = 1000

// rank orders modes from harmless to bad.
func rank(mode string) int {
	switch mode {
	case "on":
		return 1
	case "unknown":
		return 2
	case "off":
		return 3
	}
	return 0
}

// stripOf draws intervals of a time.
func stripOf(intervals []audit.Interval, from, until audit.Time) *strip {
	if until <= from {
		return nil
	}
	length := int64(until - from)
	column := func(t audit.Time) int { return int(int64(t-from) * columns / length) }
	var worst [columns]string
	for _, i := range intervals {
		last := max(column(i.Until-1), column(i.From))
		for c := column(i.From); c <= min(last, columns-1); c++ {
			if rank(i.Mode) > rank(worst[c]) {
				worst[c] = i.Mode
			}
		}
	}
	s := &strip{Label: fmt.Sprintf("Timeline from %s until %s", from, until), Ticks: ticksOf(from, until)}
	for _, mode := range []string{"on", "unknown", "off"} {
		var path strings.Builder
		for c := 0; c < columns; c++ {
			first := c
			for c < columns && worst[c] == mode {
				c++
			}
			if c > first {
				fmt.Fprintf(&path, "M%d 4h%dv24h-%dz", first, c-first, c-first)
			}
		}
		if path.Len() > 0 {
			s.Bars = append(s.Bars, bars{mode, path.String()})
		}
	}
	return s
}

// ticksOf are at most a dozen marks at round times.
func ticksOf(from, until audit.Time) []tick {
	start, end := time.Unix(int64(from), 0).UTC(), time.Unix(int64(until), 0).UTC()
	type step struct {
		next   func(time.Time) time.Time
		floor  func(time.Time) time.Time
		layout string
		length time.Duration
	}
	days := func(n int) step {
		return step{func(t time.Time) time.Time { return t.AddDate(0, 0, n) }, func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }, "2006-01-02", time.Duration(n) * 24 * time.Hour}
	}
	hours := func(n int) step {
		d := time.Duration(n) * time.Hour
		return step{func(t time.Time) time.Time { return t.Add(d) }, func(t time.Time) time.Time { return t.Truncate(d) }, "01-02 15:04", d}
	}
	months := func(n int) step {
		return step{func(t time.Time) time.Time { return t.AddDate(0, n, 0) }, func(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }, "2006-01", time.Duration(n) * 30 * 24 * time.Hour}
	}
	steps := []step{hours(1), hours(3), hours(6), hours(12), days(1), days(2), days(7), months(1), months(3), months(6), months(12), months(60), months(600)}
	var ticks []tick
	for _, s := range steps {
		if end.Sub(start)/s.length > 12 {
			continue
		}
		for at := s.floor(start); at.Before(end); at = s.next(at) {
			if at.Before(start) {
				continue
			}
			x := int(int64(at.Sub(start)) / max(1, int64(end.Sub(start))/columns))
			if x < columns-60 {
				ticks = append(ticks, tick{x, at.Format(s.layout)})
			}
		}
		return ticks
	}
	return ticks
}

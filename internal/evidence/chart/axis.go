package chart

import "time"

// Axis is the time that a chart shows.
type Axis struct{ From, Until time.Time }

// x is where a moment is.
func (a Axis) x(t time.Time) float64 {
	if t.Before(a.From) {
		return 0
	}
	return min(width, width*t.Sub(a.From).Seconds()/a.Until.Sub(a.From).Seconds())
}

// tick is a mark of the axis.
type tick struct {
	X    string
	Text string
}

// ticks are at round times, few enough for their words.
func (a Axis) ticks() []tick {
	const most, year = 8, 366 * 24 * time.Hour
	step := year * (1 + a.Until.Sub(a.From)/(most*year))
	for _, round := range []time.Duration{
		time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour,
	} {
		if a.Until.Sub(a.From)/round <= most {
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
	for t := a.From.Truncate(step).Add(step); !t.After(a.Until); t = t.Add(step) {
		x := a.x(t)
		// Words that would stick out of the chart are left out with their mark.
		if half := float64(letterWidth*len(layout)) / 2; x < half || x > width-half {
			continue
		}
		list = append(list, tick{unit(x), t.UTC().Format(layout)})
	}
	return list
}

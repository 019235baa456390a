package page

import (
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/chart"
)

// slots are the times that a strip of too many spans is drawn in.
const slots = 500

// isCoarse reports whether a timeline has more spans than a strip can show one by
// one, with words.
func isCoarse(line evidence.Timeline) bool { return len(line.Spans) > 60 }

// coarse draws spans in slots of one length, of which each has the worst mode of
// its time, so that what is short is seen, too.
func coarse(axis chart.Axis, spans []evidence.Span) []chart.Bar {
	length := axis.Until.Sub(axis.From)/slots + 1
	slot := func(t time.Time) int { return max(0, min(slots-1, int(t.Sub(axis.From)/length))) }
	var worst [slots]string
	for _, s := range spans {
		if !s.From.Before(s.Until) {
			continue
		}
		for i := slot(s.From); i <= slot(s.Until.Add(-1)); i++ {
			if worst[i] == "" || weight(s.Mode) > weight(worst[i]) {
				worst[i] = s.Mode
			}
		}
	}
	var bars []chart.Bar
	for i := 0; i < slots; {
		first := i
		for i < slots && worst[i] == worst[first] {
			i++
		}
		if worst[first] == "" {
			continue
		}
		from, until := axis.From.Add(time.Duration(first)*length), axis.From.Add(time.Duration(i)*length)
		if until.After(axis.Until) {
			until = axis.Until
		}
		mode := modeMark(worst[first]).Word
		bars = append(bars, chart.Bar{From: from, Until: until, Class: mode, Weight: weight(mode), Title: strings.ToUpper(mode) + between(from, until)})
	}
	return bars
}

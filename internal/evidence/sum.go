package evidence

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// sum sums up spans. Two off ones that follow each other are one time off: it
// was turned off again without having been on.
func sum(spans []guard.Span) Sum {
	s := Sum{TurnedOffBy: []Caller{}}
	var lasted [3]time.Duration // by mode
	calls := map[string]int{}
	for i, span := range spans {
		lasted[span.Mode] += span.Until.Sub(span.From)
		if span.Mode != guard.ModeOff {
			continue
		}
		if i == 0 || spans[i-1].Mode != guard.ModeOff {
			s.OffTimes++
		}
		if span.Cause.EventID != "" {
			calls[span.Cause.Actor.Name]++
		}
	}
	s.OffSeconds = int64(lasted[guard.ModeOff] / time.Second)
	s.UnknownSeconds = int64(lasted[guard.ModeUnknown] / time.Second)
	for who, n := range calls {
		s.TurnedOffBy = append(s.TurnedOffBy, Caller{Name: who, Calls: n})
	}
	slices.SortFunc(s.TurnedOffBy, func(a, b Caller) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Name, b.Name))
	})
	return s
}

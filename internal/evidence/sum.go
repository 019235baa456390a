package evidence

import (
	"cmp"
	"fmt"
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

// maxCallers bounds the names in a sentence; the report has all.
const maxCallers = 3

// words sum a timeline up: "off 3 times, 2 h in all, by …; unknown for 4 d".
func (t Timeline) words() string {
	text := "never off"
	whole := lasted(time.Duration(t.Sum.OffSeconds) * time.Second)
	switch n := t.Sum.OffTimes; {
	case n == 1:
		text = "off once, for " + whole
	case n > 1:
		text = fmt.Sprintf("off %d times, %s in all", n, whole)
	}
	var callers []string
	for _, c := range t.Sum.TurnedOffBy[:min(len(t.Sum.TurnedOffBy), maxCallers)] {
		callers = append(callers, fmt.Sprintf("%s (%s)", cmp.Or(name(c.Name), "somebody unknown"), count(c.Calls, "call")))
	}
	if more := len(t.Sum.TurnedOffBy) - maxCallers; more > 0 {
		callers = append(callers, fmt.Sprintf("%d more", more))
	}
	if len(callers) > 0 {
		text += ", by " + strings.Join(callers, ", ")
	}
	if n := t.Sum.UnknownSeconds; n > 0 {
		text += "; unknown for " + lasted(time.Duration(n)*time.Second)
	}
	return text
}

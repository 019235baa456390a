package audit

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// span is a time [from, until), in seconds.
type span struct{ from, until int64 }

const (
	minute = int64(60)
	hour   = 60 * minute
	// forever is the end of what has none.
	forever = int64(math.MaxInt64)
)

// cut narrows a time down; what is left may be empty.
func (s span) cut(since, until int64) span {
	end := max(min(s.until, until), s.from)
	return span{min(max(s.from, since), end), end}
}

// spans are disjoint and in order.
type spans []span

// union joins spans that overlap or touch; empty ones are dropped.
func union(all []span) spans {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.until, b.until)) })
	var joined spans
	for _, s := range all {
		switch last := len(joined) - 1; {
		case s.from >= s.until:
		case last >= 0 && s.from <= joined[last].until:
			joined[last].until = max(joined[last].until, s.until)
		default:
			joined = append(joined, s)
		}
	}
	return joined
}

// after is the first of the spans that ends behind a second.
func (all spans) after(second int64) (span, bool) {
	i := sort.Search(len(all), func(i int) bool { return all[i].until > second })
	if i == len(all) {
		return span{}, false
	}
	return all[i], true
}

// cover reports whether one of the spans has all of s.
func (all spans) cover(s span) bool {
	found, ok := all.after(s.from)
	return ok && found.from <= s.from && s.until <= found.until
}

// without are the parts of s in none of the spans.
func (all spans) without(s span) []span {
	var gaps []span
	at := s.from
	for _, covered := range all {
		if covered.from >= s.until {
			break
		}
		if covered.from > at {
			gaps = append(gaps, span{at, covered.from})
		}
		at = max(at, covered.until)
	}
	if at < s.until {
		gaps = append(gaps, span{at, s.until})
	}
	return gaps
}

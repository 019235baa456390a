package summary

import (
	"slices"
	"time"
)

// times are from one time until another.
type times struct{ from, until time.Time }

func (t times) lasted() time.Duration { return t.until.Sub(t.from) }

// within is the part that both have; it lasts no time if there is none.
func (t times) within(o times) times {
	if o.from.After(t.from) {
		t.from = o.from
	}
	if o.until.Before(t.until) {
		t.until = o.until
	}
	if t.until.Before(t.from) {
		t.until = t.from
	}
	return t
}

// spans are in order and do not touch, once they are joined.
type spans []times

// joined makes one of those that touch: later reports know the end of what an
// earlier one saw begin.
func (s spans) joined() spans {
	slices.SortFunc(s, func(a, b times) int { return a.from.Compare(b.from) })
	var all spans
	for _, t := range s {
		if n := len(all); n > 0 && !t.from.After(all[n-1].until) {
			if t.until.After(all[n-1].until) {
				all[n-1].until = t.until
			}
			continue
		}
		all = append(all, t)
	}
	return all
}

func (s spans) within(of times) spans {
	var all spans
	for _, t := range s {
		if t = t.within(of); t.lasted() > 0 {
			all = append(all, t)
		}
	}
	return all
}

// without leaves out what others have.
func (s spans) without(others spans) spans {
	var all spans
	for _, t := range s {
		for _, o := range others {
			if !o.until.After(t.from) || !o.from.Before(t.until) {
				continue
			}
			if o.from.After(t.from) {
				all = append(all, times{t.from, o.from})
			}
			t.from = o.until
		}
		if t.lasted() > 0 {
			all = append(all, t)
		}
	}
	return all
}

func (s spans) lasted() time.Duration {
	var sum time.Duration
	for _, t := range s {
		sum += t.lasted()
	}
	return sum
}

// begin reports whether one of them goes on at a time.
func (s spans) begin(at time.Time) bool {
	return slices.ContainsFunc(s, func(t times) bool { return !t.from.After(at) && t.until.After(at) })
}

package dedup

import (
	"cmp"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// tally counts alerts that did not go out by themselves. It is of bounded size,
// whatever it counts.
type tally struct {
	count       int
	first, last time.Time // of their events
	actors      census
	subjects    census // of all their findings that people have to hear of
}

func (t *tally) add(r guard.Report, now time.Time) {
	at := r.Cause.Time
	if at.IsZero() {
		at = now
	}
	one := tally{count: 1, first: at, last: at}
	one.actors.add(cmp.Or(sanitize.Line(r.Cause.Actor.Name, maxCountedName), "unknown"), 1)
	for _, f := range r.Findings {
		if f.Severity > guard.Info {
			one.subjects.add(sanitize.Line(f.Subject, maxCountedName), 1)
		}
	}
	t.merge(one)
}

func (t *tally) merge(o tally) {
	if o.count == 0 {
		return
	}
	if t.count == 0 || o.first.Before(t.first) {
		t.first = o.first
	}
	if t.count == 0 || o.last.After(t.last) {
		t.last = o.last
	}
	t.count += o.count
	t.actors.merge(o.actors)
	t.subjects.merge(o.subjects)
}

// sum is the tally as it is reported.
func (t tally) sum() guard.Tally {
	return guard.Tally{
		Count: t.count, First: t.first, Last: t.last,
		Actors: t.actors.sorted(), OtherActors: t.actors.others,
		Subjects: t.subjects.sorted(), OtherSubjects: t.subjects.others,
	}
}

// The bounds of a census.
const (
	maxCounted     = 10
	maxCountedName = 300 // characters
)

// census counts by name, and together what there is no room to name.
type census struct {
	counts map[string]int
	others int
}

func (c *census) add(name string, n int) {
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	if _, counted := c.counts[name]; !counted && len(c.counts) >= maxCounted {
		c.others += n
		return
	}
	c.counts[name] += n
}

func (c *census) merge(o census) {
	for _, n := range o.sorted() {
		c.add(n.Name, n.Count)
	}
	c.others += o.others
}

// sorted begins with what was counted most often.
func (c census) sorted() []guard.Counted {
	all := make([]guard.Counted, 0, len(c.counts))
	for name, n := range c.counts {
		all = append(all, guard.Counted{Name: name, Count: n})
	}
	slices.SortFunc(all, func(a, b guard.Counted) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return all
}

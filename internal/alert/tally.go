package alert

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// joined are alerts that were counted, to be told of with the next one.
type joined struct {
	same   tally // they would have said the same
	others tally // of any kind: the joiner had no room to keep their kinds apart
}

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
	one.actors.add(known(clean(r.Cause.Actor.Name, maxCountedName)), 1)
	for _, f := range r.Findings {
		if f.Severity > guard.Info {
			one.subjects.add(clean(f.Subject, maxCountedName), 1)
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

// span is when they were.
func (t tally) span() string {
	if t.first.Equal(t.last) {
		return "at " + timeText(t.first, "an unknown time")
	}
	return fmt.Sprintf("from %s to %s", timeText(t.first, "an unknown time"), timeText(t.last, "an unknown time"))
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
		c.add(n.name, n.count)
	}
	c.others += o.others
}

type named struct {
	name  string
	count int
}

// most are the names that were counted most often, at most n of them, and what
// is left.
func (c census) most(n int) (most []named, others int) {
	all := c.sorted()
	most, others = firstOf(all, n), c.others
	for _, rest := range all[len(most):] {
		others += rest.count
	}
	return most, others
}

func (c census) sorted() []named {
	all := make([]named, 0, len(c.counts))
	for name, n := range c.counts {
		all = append(all, named{name, n})
	}
	slices.SortFunc(all, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.name, b.name))
	})
	return all
}

package audit

import (
	"cmp"
	"slices"
)

// timeline is the modes of one setting: the account's default or an override.
type timeline struct {
	override bool
	seconds  []second // in order
	holes    spans
}

// second is the records of a timeline that share a second.
type second struct {
	at      int64
	records []change // by eventID
}

// timelineOf sorts a setting's records into seconds.
func timelineOf(principal string, records []change, holes spans) timeline {
	t := timeline{override: principal != "", holes: holes}
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	for _, r := range records {
		if last := len(t.seconds) - 1; last >= 0 && t.seconds[last].at == r.at {
			t.seconds[last].records = append(t.seconds[last].records, r)
			continue
		}
		t.seconds = append(t.seconds, second{r.at, []change{r}})
	}
	return t
}

// stretch is a time of one mode, and why.
type stretch struct {
	span
	mode   mode // deleted: there is no override
	reason Reason
	event  *change
}

// during is the second itself: off if any record says so.
func (s second) during() stretch {
	if i := slices.IndexFunc(s.records, func(c change) bool { return c.says == off }); i >= 0 {
		return s.stretch(s.at, s.at+1, i)
	}
	after := s.behind()
	after.span = span{s.at, s.at + 1}
	return after
}

// behind is what the second leaves behind: what its records agree on.
func (s second) behind() stretch {
	for _, r := range s.records {
		if r.says != s.records[0].says {
			return stretch{span{s.at + 1, forever}, unknown, Conflict, &s.records[0]}
		}
	}
	return s.stretch(s.at+1, forever, 0)
}

func (s second) stretch(from, until int64, record int) stretch {
	r := &s.records[record]
	return stretch{span{from, until}, r.says, r.reason, r}
}

// stretches are all from the beginning to the end of time. A hole makes
// unknown from its start, or from the record in it, until the next record.
func (t timeline) stretches() []stretch {
	end := forever
	if len(t.seconds) > 0 {
		end = t.seconds[0].at
	}
	before := stretch{span{-forever, end}, unknown, Start, nil}
	if t.override {
		before.mode = deleted
	}
	all := []stretch{before}
	for i, s := range t.seconds {
		next := forever
		if i+1 < len(t.seconds) {
			next = t.seconds[i+1].at
		}
		all = append(all, s.during())
		left := s.behind()
		left.until = next
		if hole, ok := t.holes.after(s.at); ok && left.mode != deleted {
			gap := stretch{span{max(hole.from, s.at+1), next}, unknown, Gap, nil}
			left.until = min(next, gap.from)
			all = append(all, left, gap)
			continue
		}
		all = append(all, left)
	}
	return all
}

// intervals are the stretches of equal mode within a time.
func (t timeline) intervals(within span) []Interval {
	joined := []Interval{}
	for _, s := range t.stretches() {
		s.from, s.until = max(s.from, within.from), min(s.until, within.until)
		if s.from >= s.until || s.mode == deleted {
			continue
		}
		last := len(joined) - 1
		if last >= 0 && joined[last].Mode == s.mode.String() && joined[last].Until == Time(s.from) {
			joined[last].Until = Time(s.until)
			continue
		}
		joined = append(joined, Interval{From: Time(s.from), Until: Time(s.until), Mode: s.mode.String(), Reason: s.reason, Event: eventOf(s.event)})
	}
	return joined
}

func eventOf(c *change) *Event {
	if c == nil {
		return nil
	}
	return &Event{c.id, c.name, c.actor}
}

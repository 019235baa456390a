package judge

import "slices"

// hole is a stretch [from, until) of event time of which records may be missing.
type hole struct{ from, until second }

// timeline is what the setting records of one subject say over time.
type timeline struct {
	records  []*record
	holes    []hole
	override bool // of a principal, not the default
}

// state is what a timeline says at one second.
type state struct {
	mode, reason string
	event        *Event
}

// none is an override's state where there is no override.
var none = state{}

// at is the contract's "Mode at second t".
func (l timeline) at(t second) state {
	g, some := l.latest(t)
	if !some {
		if l.override {
			return none
		}
		return state{mode: "unknown", reason: "start"}
	}
	here := l.during(g)
	if t == g {
		if off := saying(here, "off"); len(off) > 0 {
			return stateFrom(off, "off")
		}
		return l.agreed(here)
	}
	for _, h := range l.holes {
		if h.from <= t && h.until > g {
			if l.override && agree(here) && here[0].says == "deleted" {
				return none
			}
			return state{mode: "unknown", reason: "gap"}
		}
	}
	return l.agreed(here)
}

// latest returns the latest second <= t with records of this timeline.
func (l timeline) latest(t second) (g second, some bool) {
	for _, r := range l.records {
		if r.at <= t && (!some || r.at > g) {
			g, some = r.at, true
		}
	}
	return g, some
}

// during returns the records of one second.
func (l timeline) during(g second) []*record {
	var found []*record
	for _, r := range l.records {
		if r.at == g {
			found = append(found, r)
		}
	}
	return found
}

// agreed is what the records of one second say if they agree, else conflict.
func (l timeline) agreed(here []*record) state {
	if !agree(here) {
		return state{mode: "unknown", reason: "conflict", event: least(here).event()}
	}
	if here[0].says == "deleted" {
		return none // of the default, deleted says off (see record.go)
	}
	return stateFrom(here, here[0].says)
}

func agree(here []*record) bool { return len(saying(here, here[0].says)) == len(here) }

// saying returns those of the records that say this.
func saying(here []*record, says string) []*record {
	var found []*record
	for _, r := range here {
		if r.says == says {
			found = append(found, r)
		}
	}
	return found
}

// stateFrom is a mode that comes from the record with the least eventID.
func stateFrom(those []*record, mode string) state {
	r := least(those)
	return state{mode: mode, reason: r.reason, event: r.event()}
}

func least(those []*record) *record {
	return slices.MinFunc(those, func(a, b *record) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
}

// intervals returns the maximal stretches of equal mode in [from, until). The
// mode can change only where a record is, one second later, and where a hole
// begins: only these seconds are looked at.
func (l timeline) intervals(from, until second) []Interval {
	seconds := []second{from}
	for _, r := range l.records {
		seconds = append(seconds, r.at, r.at+1)
	}
	for _, h := range l.holes {
		seconds = append(seconds, h.from)
	}
	slices.Sort(seconds)
	return l.stretches(slices.Compact(seconds), from, until)
}

// stretches asks for the mode at each of the seconds, which are sorted, and
// joins equal ones.
func (l timeline) stretches(seconds []second, from, until second) []Interval {
	intervals := []Interval{}
	before := none
	for _, t := range seconds {
		if t < from || t >= until {
			continue
		}
		now := l.at(t)
		if now.mode != before.mode {
			if before != none {
				intervals[len(intervals)-1].Until = t
			}
			if now != none {
				intervals = append(intervals, Interval{From: t, Until: until, Mode: now.mode, Reason: now.reason, Event: now.event})
			}
		}
		before = now
	}
	return intervals
}

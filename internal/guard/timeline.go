package guard

import (
	"sort"
	"time"
)

// Timeline is what one setting was over a time, as CloudTrail tells.
type Timeline struct {
	Principal string // whose override; empty for the account default
	Spans     []Span // in order, without gaps; from the beginning of what was read until the scan
}

// Span is a time during which a setting did not change.
type Span struct {
	From, Until time.Time
	Mode        Mode
	Cause       Cause  // the call that began it; zero when it began before what was looked at
	Unknown     string // why Mode is unknown, as the end of a sentence: "because …"
}

// At is the span of a moment, or an unknown one for a moment outside.
func (t Timeline) At(moment time.Time) Span {
	if i := t.Find(moment); i >= 0 {
		return t.Spans[i]
	}
	return Span{Unknown: "CloudTrail's history does not reach back to it"}
}

// Find is the index of the span of a moment, or -1 for a moment outside.
// Records have times in whole seconds: of two spans that meet in a second, a
// thing that happened in it gets the worse.
func (t Timeline) Find(moment time.Time) int {
	found, worst := -1, -1
	first := sort.Search(len(t.Spans), func(i int) bool { return moment.Before(t.Spans[i].Until.Add(time.Second)) })
	for i := first; i < len(t.Spans) && !moment.Before(t.Spans[i].From); i++ {
		if rank := t.Spans[i].Mode.rank(); rank > worst {
			found, worst = i, rank
		}
	}
	return found
}

// Surely is what the setting was at a moment, whatever the fractions of the seconds
// were in which it changed; unknown where they decide.
func (t Timeline) Surely(moment time.Time) Mode {
	if span := t.At(moment); span.surely(moment) {
		return span.Mode
	}
	return ModeUnknown
}

// surely reports whether a moment is in the span whatever the fractions of the
// seconds were in which it began and ended.
func (s Span) surely(moment time.Time) bool {
	return !moment.Before(s.From.Add(time.Second)) && moment.Before(s.Until)
}

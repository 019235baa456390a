package guard

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Timelines is what the account default and every override were from a time
// until the scan that read the account default. The default's comes first.
// Events may be in any order and more than once; those that are about no
// setting are ignored. known is what an earlier look found out, possibly about
// times before from.
func Timelines(events []Event, known []Timeline, observed Setting, from, until time.Time) []Timeline {
	histories := map[string]*history{"": {}}
	of := func(principal string) *history {
		if histories[principal] == nil {
			histories[principal] = &history{}
		}
		return histories[principal]
	}
	for _, e := range events {
		for _, state := range e.States {
			if s, ok := state.(Setting); ok && s.Region == observed.Region && s.Account == observed.Account {
				of(principalOf(s)).add(change{at: e.Cause.Time, cause: e.Cause, mode: modeOf(s), unknown: unknownOf(s)})
			}
		}
	}
	for _, line := range known {
		of(line.Principal).remember(line)
		if len(line.Spans) > 0 && line.Spans[0].From.Before(from) {
			from = line.Spans[0].From
		}
	}
	if from.After(until) {
		from = until // nothing could be read
	}
	principals := make([]string, 0, len(histories))
	for p := range histories {
		principals = append(principals, p)
	}
	slices.Sort(principals) // the default's is empty: first
	var lines []Timeline
	for _, p := range principals {
		line := Timeline{Principal: p, Spans: histories[p].spans(from, until)}
		if p == "" {
			line.Spans = histories[p].reconcile(line.Spans, observed)
		}
		lines = append(lines, line)
	}
	return lines
}

// OpenOverrides are the overrides that were turned off and, as far as CloudTrail
// tells, not on again: no API shows those of others.
func OpenOverrides(lines []Timeline, account, region string) []Setting {
	var open []Setting
	for _, line := range lines {
		if line.Principal == "" || len(line.Spans) == 0 {
			continue
		}
		if last := line.Spans[len(line.Spans)-1]; last.Mode == ModeOff {
			open = append(open, Setting{Account: account, Region: region, Scope: ScopePrincipal, Principal: line.Principal, Mode: ModeOff})
		}
	}
	return open
}

// principalOf: what may be the account's counts as the account's.
func principalOf(s Setting) string {
	if s.Scope == ScopePrincipal {
		return s.Principal
	}
	return ""
}

// modeOf is what a recorded change left behind. A deleted value of the account
// falls back to disabled, a deleted override to the account default. Whatever
// someone unknown changed, the account default is unknown then.
func modeOf(s Setting) Mode {
	switch {
	case s.Scope == ScopeUnknown, s.Deleted && s.Scope == ScopePrincipal:
		return ModeUnknown
	case s.Deleted:
		return ModeOff
	}
	return s.Mode
}

func unknownOf(s Setting) string {
	switch {
	case s.Deleted && s.Scope == ScopePrincipal:
		return "the override was deleted; the account default decides"
	case s.unclear():
		return "the record does not say whose value was changed"
	}
	return s.Unknown
}

// change is a moment from which a setting was something.
type change struct {
	at      time.Time
	cause   Cause // zero for what a scan observed
	mode    Mode
	unknown string
}

// history is the changes of one setting.
type history struct {
	changes []change
	known   Span // the end of what an earlier look found out
}

func (h *history) add(c change) {
	if !c.at.IsZero() {
		h.changes = append(h.changes, c)
	}
}

// remember takes over what an earlier look found out, but for its beginning,
// of which it knew nothing.
func (h *history) remember(line Timeline) {
	for i, span := range line.Spans {
		if i == 0 && span.Mode == ModeUnknown && span.Cause.EventID == "" {
			continue
		}
		h.add(change{at: span.From, cause: span.Cause, mode: span.Mode, unknown: span.Unknown})
		h.known = span
	}
}

// spans are the times between the changes. Before the first change nothing is
// known.
func (h *history) spans(from, until time.Time) []Span {
	slices.SortStableFunc(h.changes, func(a, b change) int {
		// Records have times in whole seconds. When FIPS mode is turned off and
		// back on within one, it was off first: what was observed afterwards
		// tells if not.
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(precedence(a.mode), precedence(b.mode)))
	})
	spans := []Span{{From: from, Mode: ModeUnknown, Unknown: "no record says what it was before"}}
	seen := map[string]bool{}
	for _, c := range h.changes {
		last := &spans[len(spans)-1]
		id := c.cause.EventID
		switch {
		case c.at.Before(from) || c.at.After(until) || id != "" && seen[id] || (id == "" || c.cause.Canary) && c.mode == last.Mode:
			continue
		case last.From.Equal(c.at) && last.Cause.EventID == "":
			spans = spans[:len(spans)-1]
		default:
			last.Until = c.at
		}
		seen[id] = true
		spans = append(spans, Span{From: c.at, Mode: c.mode, Cause: c.cause, Unknown: c.unknown})
	}
	spans[len(spans)-1].Until = until
	return spans
}

// precedence orders changes of one moment; an earlier look that did not know
// what a record was about comes behind the record.
func precedence(m Mode) int {
	switch m {
	case ModeOff:
		return 0
	case ModeOn:
		return 1
	case ModeUnknown:
	}
	return 2
}

// reconcile holds the recorded end of the account default's timeline against
// what was observed then. Without any change on record it was all along what
// it is now.
func (h *history) reconcile(spans []Span, observed Setting) []Span {
	last := &spans[len(spans)-1]
	switch {
	case observed.Mode == ModeUnknown || endsAs(spans, observed.Mode):
	case len(h.changes) == 0:
		last.Mode, last.Unknown = observed.Mode, ""
	default:
		doubt := fmt.Sprintf("it was last known as %s, but ECS answered %s: a record is missing or late", last.Mode, observed.Mode)
		if h.known.Mode == last.Mode && last.From.Before(h.known.Until) {
			// An earlier look saw it as it was recorded, until then.
			doubtful := Span{From: h.known.Until, Until: last.Until, Unknown: doubt}
			last.Until = h.known.Until
			return append(spans, doubtful)
		}
		last.Mode, last.Unknown = ModeUnknown, doubt
	}
	return spans
}

// endsAs reports whether a mode was one of those in the last second, whose
// order with the scan the records do not tell.
func endsAs(spans []Span, m Mode) bool {
	second := spans[len(spans)-1].Until.Truncate(time.Second)
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Mode == m && !s.Until.Before(second) })
}

package audit

import (
	"cmp"
	"maps"
	"slices"
)

// answerOf sums up one place, within the time that was asked for.
func (l *ledger) answerOf(p place, since, until int64) (Place, span) {
	e := l.places[p]
	within, delivered := e.reach(l.delivery.windows[p])
	// Of what happened in the last hour before the latest delivery, something
	// may come later. Without any delivery a record proves its own second only.
	late := span{delivered - hour, forever}
	if delivered == 0 {
		late.from = -forever
	}
	holes := append(slices.Clone(e.holes), late)
	within = within.cut(since, until)

	byPrincipal := map[string][]change{"": nil}
	for _, c := range e.changes {
		byPrincipal[c.principal] = append(byPrincipal[c.principal], c)
	}
	answer := Place{Account: p.account, Region: p.region, From: Time(within.from), Until: Time(within.until), Overrides: []Override{}, Trust: e.trust}
	for _, principal := range slices.Sorted(maps.Keys(byPrincipal)) {
		intervals := timelineOf(principal, byPrincipal[principal], union(holes)).intervals(within)
		switch {
		case principal == "":
			answer.Intervals = intervals
		case len(intervals) > 0:
			answer.Overrides = append(answer.Overrides, Override{principal, intervals})
		}
	}
	answer.sumOff(e.launches, within)
	for _, a := range e.attempts {
		if within.from <= a.at && a.at < within.until {
			answer.Attempts = append(answer.Attempts, Attempt{Time(a.at), Event{a.id, a.name, a.actor}, a.failure})
		}
	}
	slices.SortStableFunc(answer.Attempts, func(x, y Attempt) int { return cmp.Compare(x.At, y.At) })
	answer.Trust.VouchedHours, answer.Trust.UnvouchedHours = l.vouched(p, within)
	return answer, within
}

// reach is the time that a place's files tell something about, and the latest
// delivery, 0 if there is none.
func (e *entry) reach(windows spans) (within span, delivered int64) {
	from, until := forever, int64(0)
	for _, at := range e.arrived {
		from, delivered = min(from, at), max(delivered, at)
	}
	for _, w := range windows {
		from, delivered = min(from, w.from), max(delivered, w.until)
	}
	if delivered != 0 {
		until = delivered - hour
	}
	for _, c := range e.changes {
		from, until = min(from, c.at), max(until, c.at+1)
	}
	if from == forever {
		return span{}, 0
	}
	return span{from, max(from, until)}, delivered
}

// sumOff sums up the default's off periods and what was launched in them.
func (p *Place) sumOff(launches []launch, within span) {
	var periods spans
	at := map[int64]int{} // the interval that begins there
	for n, i := range p.Intervals {
		if i.Mode == off.String() {
			at[int64(i.From)] = n
			p.Off.Windows++
			p.Off.Seconds += int64(i.Until - i.From)
			periods = append(periods, span{int64(i.From), int64(i.Until)})
		}
	}
	counts := map[Launched]int{}
	for _, l := range launches {
		// Records have times in whole seconds: of two modes that meet in one, a
		// launch gets the worse.
		period, ok := periods.after(l.at - 1)
		if !ok || l.at < period.from || l.at < within.from || l.at >= within.until {
			continue
		}
		p.LaunchesWhileOff += l.tasks
		p.Intervals[at[period.from]].Launched += l.tasks
		for _, g := range l.groups {
			counts[Launched{Definition: g.definition, Group: g.group}] += g.count
		}
	}
	for group, n := range counts {
		group.Count = n
		p.Launched = append(p.Launched, group)
	}
	slices.SortFunc(p.Launched, func(a, b Launched) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Definition, b.Definition), cmp.Compare(a.Group, b.Group))
	})
}

// vouched counts the hours of a time that CloudTrail's signatures vouch for,
// and the others.
func (l *ledger) vouched(p place, within span) (vouched, others int) {
	if within.from >= within.until {
		return 0, 0
	}
	var signed, doubted []span
	for _, d := range l.delivery.digests {
		if d.name.place != p || d.name.backfill || !d.isUsed() {
			continue
		}
		if d.state == sound {
			signed = append(signed, d.window)
		}
		if slices.ContainsFunc(d.logs, func(log listed) bool { return !l.read[stem(log.object)] || l.faulty[stem(log.object)] }) {
			doubted = append(doubted, d.window)
		}
	}
	covered, doubts := union(signed), union(doubted)
	for at := within.from - within.from%hour; at < within.until; at += hour {
		doubt, ok := doubts.after(at)
		if covered.cover(span{at, at + hour}) && !(ok && doubt.from < at+hour) {
			vouched++
		} else {
			others++
		}
	}
	return vouched, others
}

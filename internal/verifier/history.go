package verifier

import (
	"context"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// remembered is how far back the timelines reach at least: as far as
// CloudTrail's event history does.
const remembered = 90 * 24 * time.Hour

// history finds out what the settings were since the oldest task was launched,
// and which overrides are off.
func (l *look) history(ctx context.Context) {
	since := l.Now().Add(-remembered)
	for _, t := range l.tasks {
		if !t.Created.IsZero() && t.Created.Before(since) {
			since = t.Created
		}
	}
	events, from, err := l.History.Changes(ctx, l.location.Account, l.location.Region, since)
	l.failed(err)
	if err != nil {
		l.judge(guard.Setting{
			Account: l.location.Account, Region: l.location.Region, Scope: guard.ScopePrincipal, Principal: "every user and role",
			Unknown: "CloudTrail's history could be read back to " + from.UTC().Format(time.RFC3339) + " only, and no API shows overrides",
		})
	}
	lines := guard.Timelines(events, l.ask.Known.Timelines, l.before, from, l.found)
	l.tell(lines[0])
	l.extend(ctx, lines)
	l.seen.Report.Timelines = lines
	var overrides []guard.Finding
	for _, override := range guard.OpenOverrides(lines, l.location.Account, l.location.Region) {
		if !l.judged(override.Subject()) {
			overrides = append(overrides, l.judge(override)...)
		}
	}
	l.seen.Report.Outcomes = append(l.seen.Report.Outcomes, l.correct(ctx, overrides)...)
}

// extend brings the timelines up to now, by the look's own repair and by
// reading the account default once more: tasks were launched meanwhile.
func (l *look) extend(ctx context.Context, lines []guard.Timeline) {
	l.after = accountDefault(l.observeSetting(ctx)).Mode
	now := l.Now().UTC()
	for i, line := range lines {
		last := &line.Spans[len(line.Spans)-1]
		switch {
		case i > 0 || l.repaired.IsZero() && l.after == last.Mode:
			last.Until = now
		case l.repaired.IsZero() || l.after != guard.ModeOn:
			lines[i].Spans = append(line.Spans, guard.Span{From: last.Until, Until: now, Unknown: "it changed during the look"})
		case last.Mode == guard.ModeOn:
			last.Until = now // CloudTrail tells of the repair already
		default:
			last.Until = l.repaired
			lines[i].Spans = append(line.Spans, guard.Span{
				From: l.repaired, Until: now, Mode: guard.ModeOn,
				Cause: guard.Cause{EventName: "PutAccountSettingDefault", Time: l.repaired, Actor: guard.Actor{Name: "fipsguard"}},
			})
		}
	}
}

// judged reports whether a subject has a finding already: the override of the
// guard's own role is observed, not only recorded.
func (l *look) judged(subject string) bool {
	return slices.ContainsFunc(l.seen.Report.Findings, func(f guard.Finding) bool { return f.Subject == subject })
}

// tell names who turned FIPS mode off, where this look found it off and
// CloudTrail knows.
func (l *look) tell(line guard.Timeline) {
	last := line.Spans[len(line.Spans)-1]
	if l.before.Mode == guard.ModeOff && last.Mode == guard.ModeOff && last.Cause.EventID != "" {
		cause := last.Cause
		cause.Account, cause.Region = l.location.Account, l.location.Region
		l.seen.Report.Cause = cause
	}
}

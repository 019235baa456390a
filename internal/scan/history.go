package scan

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// remembered is how far back the timelines reach at least: as far as
// CloudTrail's event history does.
const remembered = 90 * 24 * time.Hour

const (
	// historyTime is what CloudTrail may take of a scan: 90 days have a few
	// pages of its event history and 44 of canaries, two a second, and log files
	// have two minutes of their own.
	historyTime = 4 * time.Minute
	// componentsTime is what the self-check may take of a scan.
	componentsTime = time.Minute
)

// history is the stage of what the setting was.
type history struct {
	stage
	lines []guard.Timeline // the account default's first, up to now
	cause guard.Cause      // the scan's, or that of FIPS mode being off, which it found
	mode  guard.Mode       // the account default as it was read last
	seen  guard.Seen       // how and when CloudTrail's records were read
}

// readHistory finds out what the settings were since the oldest task was
// launched, and which overrides are off, and fixes these. It reads the account
// default once more: tasks were launched since it was found.
func (r run) readHistory(ctx context.Context, cause guard.Cause, s setting, tasks []guard.Task, sent []time.Time) history {
	seen := r.reading(guard.Recorded)
	events, from, err := r.changes(ctx, tasks)
	lines := guard.Timelines(events, r.request.Known.Timelines, s.before, from, s.found)
	now, readErr := r.loop(cause).ReadSetting(ctx, r.location)
	h := history{cause: r.whoTurnedItOff(cause, s, lines[0]), mode: now.Mode, seen: seen}
	h.lines = extend(lines, s, now, r.Now().UTC())
	h.failures = failures(err, readErr)
	if err != nil {
		h.findings = r.check(seen, guard.Setting{
			Account: r.location.Account, Region: r.location.Region, Scope: guard.ScopePrincipal, Principal: "every user and role",
			Unknown: "CloudTrail's history could be read back to " + from.UTC().Format(time.RFC3339) + " only, and no API shows overrides",
		})
	} else {
		h.facts = r.lookedUp(sent, events, seen.At)
	}
	var overrides []guard.Finding
	for _, override := range guard.OpenOverrides(h.lines, r.location.Account, r.location.Region) {
		if !reported(s.findings, override.Subject()) { // that of the guard's own role is read, not only recorded
			overrides = append(overrides, r.check(seen, override)...)
		}
	}
	h.findings = append(h.findings, overrides...)
	h.outcomes = r.loop(h.cause).Fix(ctx, overrides)
	return h
}

// changes asks CloudTrail, within a time.
func (r run) changes(ctx context.Context, tasks []guard.Task) ([]guard.Event, time.Time, error) {
	ctx, cancel := remediate.Within(ctx, historyTime)
	defer cancel()
	return r.History.Changes(ctx, r.location.Account, r.location.Region, r.since(tasks))
}

// since is where the timelines have to begin.
func (r run) since(tasks []guard.Task) time.Time {
	since := r.Now().Add(-remembered)
	for _, t := range tasks {
		if !t.Created.IsZero() && t.Created.Before(since) {
			since = t.Created
		}
	}
	return since
}

// whoTurnedItOff is the cause of a report that found FIPS mode off, where
// CloudTrail knows it.
func (r run) whoTurnedItOff(cause guard.Cause, s setting, line guard.Timeline) guard.Cause {
	last := line.Spans[len(line.Spans)-1]
	if s.before.Mode != guard.ModeOff || last.Mode != guard.ModeOff || last.Cause.EventID == "" {
		return cause
	}
	cause = last.Cause
	cause.Account, cause.Region = r.location.Account, r.location.Region
	return cause
}

// extend brings timelines that end when the account default was found up to
// now, when it is mode: by the scan's own fix, if there was one.
func extend(lines []guard.Timeline, s setting, read guard.Setting, now time.Time) []guard.Timeline {
	var extended []guard.Timeline
	for i, line := range lines {
		spans := slices.Clone(line.Spans)
		last := &spans[len(spans)-1]
		switch {
		case i > 0 || s.fixed.IsZero() && read.Mode == last.Mode:
			last.Until = now
		case read.Mode == guard.ModeUnknown:
			spans = append(spans, guard.Span{From: last.Until, Until: now, Unknown: cmp.Or(read.Unknown, "it could not be read")})
		case s.fixed.IsZero() && read.Mode == s.before.Mode: // as it was found, whatever the records say of before
			spans = append(spans, guard.Span{From: last.Until, Until: now, Mode: read.Mode})
		case s.fixed.IsZero() || read.Mode != guard.ModeOn:
			spans = append(spans, guard.Span{From: last.Until, Until: now, Unknown: "it changed during the scan"})
		case last.Mode == guard.ModeOn:
			last.Until = now // CloudTrail records the fix already
		default:
			last.Until = s.fixed
			spans = append(spans, guard.Span{
				From: s.fixed, Until: now, Mode: guard.ModeOn,
				Cause: guard.Cause{EventName: "PutAccountSettingDefault", Time: s.fixed, Actor: guard.Actor{Name: "fipsguard"}},
			})
		}
		extended = append(extended, guard.Timeline{Principal: line.Principal, Spans: spans})
	}
	return extended
}

package verifier

import (
	"maps"
	"slices"
	"time"

	"fipsguard/internal/dedup"
	"fipsguard/internal/guard"
)

// open adds to what scans reported and is open the settings that are off and of
// which the enforcer reported that they stay off: people know.
func (r reported) open(before map[string]dedup.Open, found guard.Report) map[string]dedup.Open {
	open := maps.Clone(before)
	if open == nil {
		open = map[string]dedup.Open{}
	}
	for _, f := range found.Findings {
		s, ok := f.State.(guard.Setting)
		id := f.Identity().String()
		if _, known := open[id]; !known && ok && f.Verdict == guard.NonCompliant && r.knowsThatItLasts(s, found.Timelines) {
			open[id] = dedup.Open{Verdict: f.Verdict.String(), Severity: int(f.Severity)}
		}
	}
	return open
}

// knowsThatItLasts reports whether people were told that a setting stays off,
// and no record says that it was on since.
func (r reported) knowsThatItLasts(setting guard.Setting, lines []guard.Timeline) bool {
	return slices.ContainsFunc(r.Sightings, func(s sighting) bool {
		return s.Left && s.Subject == setting.Subject() && !wasOn(lines, setting.Principal, s.At)
	})
}

// wasOn reports whether a setting was turned on at a time or later. Records have
// whole seconds.
func wasOn(lines []guard.Timeline, principal string, since time.Time) bool {
	since = since.Truncate(time.Second)
	for _, line := range lines {
		if line.Principal == principal && slices.ContainsFunc(line.Spans, func(s guard.Span) bool {
			return s.Mode == guard.ModeOn && !s.From.Before(since)
		}) {
			return true
		}
	}
	return false
}

// settled forgets of the settings that are on that they were left off before: the next
// time is another one, also where CloudTrail does not tell.
func (r reported) settled(found guard.Report) reported {
	on := map[string]time.Time{}
	for _, f := range found.Findings {
		if _, ok := f.State.(guard.Setting); ok && f.Verdict == guard.Compliant {
			on[f.Subject] = f.Seen.At
		}
	}
	for _, o := range found.Outcomes {
		if o.Result.Accepted() {
			on[o.Remediation.Subject] = o.At
		}
	}
	r.Sightings = slices.Clone(r.Sightings)
	for i, s := range r.Sightings {
		r.Sightings[i].Left = s.Left && s.At.After(on[s.Subject])
	}
	return r
}

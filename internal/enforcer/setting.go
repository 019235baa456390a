package enforcer

import (
	"context"

	"fipsguard/internal/guard"
)

// fixSetting is the one place that acts before it looks: turning FIPS mode on
// is harmless when late or repeated, so that call goes out first, from what the
// event recorded, and what is now is read after it.
func (e *Enforcer) fixSetting(ctx context.Context, ev guard.Event) ([]guard.Finding, []guard.Outcome, error) {
	recorded := e.Policy.Evaluate(guard.CheckAll(ev.States))
	if verdict := guard.Worst(recorded); verdict == guard.Compliant || verdict == guard.NotApplicable {
		return recorded, nil, nil
	}
	setting := e.loop().FixSetting(ctx, guard.Location{Account: ev.Cause.Account, Region: ev.Cause.Region}, recorded)
	findings := append(undecided(recorded, setting.Read), unsaid(setting.Read, recorded)...)
	return findings, setting.Outcomes, setting.Err
}

// undecided drops findings about a deleted override once the account default,
// which decides then, was read.
func undecided(recorded, read []guard.Finding) []guard.Finding {
	var kept []guard.Finding
	for _, f := range recorded {
		s, ok := f.State.(guard.Setting)
		if ok && s.Deleted && f.Verdict == guard.InsufficientData && read[0].Verdict != guard.InsufficientData {
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// unsaid returns the findings that were read about subjects that the event did
// not report as violations: of those, being compliant now is the outcome.
func unsaid(read, recorded []guard.Finding) []guard.Finding {
	said := map[string]bool{}
	for _, f := range recorded {
		if f.Verdict == guard.NonCompliant {
			said[f.Subject] = true
		}
	}
	var added []guard.Finding
	for _, f := range read {
		if !said[f.Subject] {
			added = append(added, f)
		}
	}
	return added
}

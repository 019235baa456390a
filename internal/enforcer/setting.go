package enforcer

import (
	"context"

	"fipsguard/internal/guard"
)

// answerSettings is the one place that acts before it looks: turning FIPS mode
// on is harmless when late or repeated, so that call goes out first, from what
// the event recorded, and the look at what is now follows it.
func (e *Enforcer) answerSettings(ctx context.Context, ev guard.Event, r *guard.Report) error {
	r.Findings = e.Policy.Evaluate(guard.CheckAll(ev.States))
	if verdict := guard.Worst(r.Findings); verdict == guard.Compliant || verdict == guard.NotApplicable {
		return nil
	}
	planned := guard.Plan(r.Findings, e.Policy)
	r.Outcomes = e.apply(ctx, planned)

	observed, err := e.Account.ObserveSetting(ctx, ev.Cause.Account, ev.Cause.Region)
	now := e.Policy.Evaluate(guard.CheckAll(observed))
	if further := others(guard.Plan(now, e.Policy), planned); err == nil && len(further) > 0 {
		// The look found what the event did not say, such as a default that
		// was off all along behind a deleted override.
		r.Outcomes = append(r.Outcomes, e.apply(ctx, further)...)
		observed, err = e.Account.ObserveSetting(ctx, ev.Cause.Account, ev.Cause.Region)
	}
	for i, o := range r.Outcomes {
		r.Outcomes[i] = guard.Confirm(o, accountDefault(observed))
	}
	r.Findings = append(undecided(r.Findings, now), unsaid(now, r.Findings)...)
	return err
}

// undecided drops findings about a deleted override, and about a value that
// somebody turned on for nobody knows whom, once the account default, which
// decides then, was read.
func undecided(recorded, observed []guard.Finding) []guard.Finding {
	var kept []guard.Finding
	for _, f := range recorded {
		s, ok := f.State.(guard.Setting)
		settled := s.Scope == guard.ScopePrincipal && s.Deleted || s.Scope == guard.ScopeUnknown && s.Mode == guard.ModeOn
		if ok && settled && f.Verdict == guard.InsufficientData && observed[0].Verdict != guard.InsufficientData {
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// unsaid is what the look adds to the event's story. The good news about a
// thing that the event called bad is its outcome, not a finding.
func unsaid(observed, recorded []guard.Finding) []guard.Finding {
	said := map[string]bool{}
	for _, f := range recorded {
		if f.Verdict == guard.NonCompliant {
			said[f.Subject] = true
		}
	}
	var added []guard.Finding
	for _, f := range observed {
		if !said[f.Subject] {
			added = append(added, f)
		}
	}
	return added
}

// others are the actions that were not planned before.
func others(actions, before []guard.Remediation) []guard.Remediation {
	made := map[guard.Call]bool{}
	for _, a := range before {
		made[a.Call] = true
	}
	var rest []guard.Remediation
	for _, a := range actions {
		if !made[a.Call] {
			rest = append(rest, a)
		}
	}
	return rest
}

// accountDefault is the first state of ObserveSetting.
func accountDefault(observed []guard.State) guard.Setting {
	s, _ := observed[0].(guard.Setting)
	return s
}

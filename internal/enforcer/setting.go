package enforcer

import (
	"context"
	"errors"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// freshFor is how long after it an event is believed: what is older was seen by
// the minute's reading already, which repairs what is off.
const freshFor = 2 * time.Minute

// enforcersWord is how long after it an event is reported though it is over.
// After that a scan reports it, or has: that is a minute before, which is what
// this function may take.
const enforcersWord = guard.Settling - time.Minute

// respondSetting responds to an event about the setting. Everything but the
// repair follows it.
func (e *Enforcer) respondSetting(ctx context.Context, location guard.Location, ev guard.Event) error {
	recorded := e.Policy.Evaluate(guard.CheckAll(ev.States))
	if verdict := guard.Worst(recorded); verdict == guard.Compliant || verdict == guard.NotApplicable {
		if ev.Cause.Canary {
			e.Metrics.EmitCanary(ev.Cause.Time, e.Now())
		}
		return e.tell(ctx, e.report(ev.Cause, recorded, nil))
	}
	known := e.past.story(ev.Cause)
	if known.settled {
		// It is fixed, as far as it can be. What is off now is another story.
		return errors.Join(e.check(ctx, location, "a repeated event", true), e.tellUntold(ctx, known.untold))
	}
	fresh := !known.begun && e.Now().Sub(ev.Cause.Time).Abs() < freshFor
	setting := e.fixSetting(ctx, remediate.Occasion{Location: location, Recorded: recorded, Fresh: fresh})
	first := setting.First()
	onBy := known.onBy
	if !fresh && onBy.IsZero() && first[0].Verdict == guard.Compliant {
		onBy = setting.At
	}
	recorded = e.over(recorded, onBy)
	if isOver(recorded) && e.Now().Sub(ev.Cause.Time) > enforcersWord {
		return e.leaveToScans(ctx, location, ev.Cause, recorded, setting)
	}
	if isOver(recorded) && first[0].Verdict == guard.NonCompliant {
		// It was on in between: somebody turned it off again.
		told := e.settle(ctx, e.report(ev.Cause, recorded, nil))
		return errors.Join(told, e.conclude(ctx, e.report(e.saw(location, "a late event", setting), first, setting.Outcomes), setting))
	}
	findings := append(undecided(recorded, first), unsaid(first, recorded)...)
	return e.conclude(ctx, e.report(ev.Cause, findings, setting.Outcomes), setting)
}

// leaveToScans logs an event about an off period that is over and of which
// scans tell people, and tells of FIPS mode being off again.
func (e *Enforcer) leaveToScans(ctx context.Context, location guard.Location, c guard.Cause, recorded []guard.Finding, s remediate.Setting) error {
	report := e.report(c, recorded, nil)
	e.record(ctx, report)
	e.past.settle(report, true)
	if first := s.First(); first[0].Verdict != guard.Compliant {
		return e.conclude(ctx, e.report(e.saw(location, "a late event", s), first, s.Outcomes), s)
	}
	return s.Err
}

// fixSetting fixes the setting, leaving time to send alerts, and notes how it
// was found and left.
func (e *Enforcer) fixSetting(ctx context.Context, o remediate.Occasion) remediate.Setting {
	ctx, cancel := beforeAlerts(ctx)
	defer cancel()
	setting := e.loop(e.Policy).FixSetting(ctx, o)
	e.past.observe(setting, e.Now())
	return setting
}

// over marks what was recorded of the account default as over by a time at
// which it was read as on; zero when it was not.
func (e *Enforcer) over(recorded []guard.Finding, onBy time.Time) []guard.Finding {
	var states []guard.State
	for _, f := range recorded {
		s, ok := f.State.(guard.Setting)
		if ok && s.Scope != guard.ScopePrincipal && f.Verdict == guard.NonCompliant {
			s.OnBy = onBy
			f.State = s
		}
		states = append(states, f.State)
	}
	return e.Policy.Evaluate(guard.CheckAll(states))
}

// isOver reports whether all that was recorded was over when it was read.
func isOver(recorded []guard.Finding) bool {
	return !slices.ContainsFunc(recorded, func(f guard.Finding) bool {
		s, ok := f.State.(guard.Setting)
		return !ok || s.OnBy.IsZero()
	})
}

// undecided drops findings about a deleted override, and about a value that
// someone turned on for nobody knows whom, once the account default, which
// decides then, was read.
func undecided(recorded, read []guard.Finding) []guard.Finding {
	var kept []guard.Finding
	for _, f := range recorded {
		s, ok := f.State.(guard.Setting)
		settled := s.Scope == guard.ScopePrincipal && s.Deleted || s.Scope == guard.ScopeUnknown && s.Mode == guard.ModeOn
		if ok && settled && f.Verdict == guard.InsufficientData && read[0].Verdict != guard.InsufficientData {
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

package enforcer

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// CheckSetting checks the account setting without an event and fixes it, when
// the guard is deployed: FIPS mode is off by default. It is safe to repeat; in
// audit mode it only reports. Why is what people read as the cause.
func (e *Enforcer) CheckSetting(ctx context.Context, location guard.Location, why string) error {
	return e.check(ctx, location, why, false)
}

// EveryMinute checks the account setting on a schedule: one reading, and the
// repair where it is off or does not answer. So a lost event costs a minute.
// What stays off is reported once in the life of the process. So is an error, in
// ten minutes: Lambda invokes the function again with what failed, and keeps it
// in the failure queue, and the next minute's check is that other try already.
func (e *Enforcer) EveryMinute(ctx context.Context, location guard.Location) error {
	err := e.check(ctx, location, "checked every minute", true)
	if err == nil || e.past.mayFail(e.Now()) {
		return err
	}
	e.Log.Error("check failed again", "error", err.Error())
	return nil
}

// check is both. One that comes often writes what it could not read at most
// every ten minutes.
func (e *Enforcer) check(ctx context.Context, location guard.Location, why string, often bool) error {
	setting := e.fixSetting(ctx, remediate.Occasion{Location: location, Careful: often && !e.past.mayWriteUnseen(e.Now())})
	if setting.Before[0].Verdict != guard.InsufficientData {
		e.Metrics.EmitLook(e.Now())
	}
	findings := setting.Before
	if setting.Err == nil && findings[0].Verdict == guard.InsufficientData {
		findings = setting.Read // the next reading answered, and nothing is known to have been off
	}
	report := e.report(e.saw(location, why, setting), findings, setting.Outcomes)
	if often && e.past.isReported(setting) {
		e.record(ctx, report)
		return errors.Join(setting.Err, remediate.Unrepaired(remediate.WorthRepeating(report.Unrepaired())))
	}
	return e.conclude(ctx, report, setting)
}

// saw is the cause of what the guard read by itself, at the time when it did: by
// that it is matched with the off period that it is of.
func (e *Enforcer) saw(location guard.Location, why string, s remediate.Setting) guard.Cause {
	cause := e.own(location, why)
	cause.Time = s.At.UTC()
	return cause
}

// own is the cause of what the guard does by itself.
func (e *Enforcer) own(location guard.Location, why string) guard.Cause {
	return guard.Cause{
		EventName: why, Time: e.Now().UTC(), Account: location.Account, Region: location.Region,
		Actor: guard.Actor{Name: "fipsguard"},
	}
}

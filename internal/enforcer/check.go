package enforcer

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
)

// CheckSetting checks the account setting without an event and fixes it, when
// the guard is deployed: FIPS mode is off by default. It is safe to repeat; in
// audit mode it only reports. Why is what people read as the cause.
func (e *Enforcer) CheckSetting(ctx context.Context, location guard.Location, why string) error {
	observed, readErr := e.Account.ObserveSetting(ctx, location.Account, location.Region)
	if readErr == nil {
		e.Metrics.EmitLook(e.Now())
	}
	report, err := e.fix(ctx, guard.Event{
		Cause: guard.Cause{
			EventName: why, Time: e.Now().UTC(), Account: location.Account, Region: location.Region,
			Actor: guard.Actor{Name: "fipsguard"},
		},
		States: observed,
	})
	return e.conclude(ctx, location, report, errors.Join(readErr, err))
}

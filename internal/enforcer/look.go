package enforcer

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
)

// Look looks at the account setting without an event and puts it right, when
// the guard is deployed: FIPS mode is off by default. It is safe to repeat; in
// audit mode it only reports. Why is what people read as the cause.
func (e *Enforcer) Look(ctx context.Context, location guard.Location, why string) error {
	policyErr := e.tellPolicyFaults(ctx, location)
	observed, err := e.Account.ObserveSetting(ctx, location.Account, location.Region)
	if err == nil {
		e.Metrics.EmitLook(e.Now())
	}
	look := guard.Event{
		Cause: guard.Cause{
			EventName: why, Time: e.Now().UTC(), Account: location.Account, Region: location.Region,
			Actor: guard.Actor{Name: "fipsguard"},
		},
		States: observed,
	}
	report, lookErr := e.answer(ctx, look)
	e.record(ctx, report)
	return errors.Join(policyErr, err, lookErr, unrepaired(report), e.notify(ctx, report))
}

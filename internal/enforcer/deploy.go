package enforcer

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"
)

// TurnOn looks at the account setting without an event, as a deployment of the
// guard does, and puts it right: the first deployment turns FIPS mode on. It is
// safe to repeat. In audit mode it only reports.
func (e *Enforcer) TurnOn(ctx context.Context, home Place) error {
	observed, err := e.Account.ObserveSetting(ctx, home.Account, home.Region)
	if err != nil {
		return err
	}
	deployed := trail.Event{
		Cause: guard.Cause{
			EventName: "fipsguard deployed", Time: e.Now().UTC(), Account: home.Account, Region: home.Region,
			Actor: guard.Actor{Name: "fipsguard"},
		},
		States: observed,
	}
	report, lookErr := e.answer(ctx, deployed)
	e.record(ctx, report)
	return errors.Join(lookErr, unrepaired(report), e.notify(ctx, report))
}

package enforcer

import (
	"context"
	"fmt"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
)

// notify alerts people to what was not reported before. What could not be sent
// was not reported: the event is repeated, and tries again.
func (e *Enforcer) notify(ctx context.Context, r guard.Report) error {
	fresh := e.reported.New(r)
	if !fresh.Noteworthy() {
		return nil
	}
	sent, err := e.send(ctx, fresh)
	if err != nil {
		e.Log.Error("alert not sent", "eventID", r.Cause.EventID, "error", err.Error())
		return fmt.Errorf("notify of event %s: %w", r.Cause.EventID, err)
	}
	e.reported.Remember(fresh)
	e.Log.Info("alert", "eventID", r.Cause.EventID, "sent", sent, "joined", !sent)
	return nil
}

// send sends a report, unless an alert of the last 15 minutes said the same:
// then it is counted, and reported with the next one that goes out.
func (e *Enforcer) send(ctx context.Context, r guard.Report) (sent bool, err error) {
	now := e.Now()
	r, send := e.joiner.Admit(r, now)
	if !send {
		return false, nil
	}
	defer func() { e.joiner.Settle(r, sent, now) }()
	if err := e.Notifier.Publish(ctx, alert.Render(r)); err != nil {
		return false, err
	}
	return true, nil
}

// tellPolicyFaults raises an alert about a policy document that was refused,
// once in the life of the process.
func (e *Enforcer) tellPolicyFaults(ctx context.Context, location guard.Location) error {
	if len(e.PolicyFaults) == 0 {
		return nil
	}
	document := guard.PolicyDocument{Account: location.Account, Region: location.Region, Faults: e.PolicyFaults}
	return e.notify(ctx, guard.Report{
		Cause:    guard.Cause{EventName: "policy document read", Time: e.Now().UTC(), Account: location.Account, Region: location.Region, Actor: guard.Actor{Name: "fipsguard"}},
		Findings: guard.Check(document),
	})
}

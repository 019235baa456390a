package enforcer

import (
	"context"
	"errors"
	"fmt"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// conclude tells of what became of the setting.
func (e *Enforcer) conclude(ctx context.Context, r guard.Report, s remediate.Setting) error {
	err := e.settle(ctx, r)
	if err == nil {
		e.past.remember(s)
	}
	return errors.Join(s.Err, remediate.Unrepaired(worthFailing(r.Unrepaired())), err)
}

// settle tells of an event, and notes that it was told.
func (e *Enforcer) settle(ctx context.Context, r guard.Report) error {
	err := e.tell(ctx, r)
	e.past.settle(r, err == nil)
	return err
}

// tellUntold tells what could not be sent when an event came first.
func (e *Enforcer) tellUntold(ctx context.Context, untold *guard.Report) error {
	if untold == nil {
		return nil
	}
	err := e.notify(ctx, *untold)
	e.past.settle(*untold, err == nil)
	return err
}

// tell records a report and alerts people to it.
func (e *Enforcer) tell(ctx context.Context, r guard.Report) error {
	e.record(ctx, r)
	return e.notify(ctx, r)
}

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
	r.AccountName = e.AccountName
	r, send := e.joiner.Admit(r, now)
	if !send {
		return false, nil
	}
	defer func() { e.joiner.Settle(r, sent, now) }()
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	if err := e.Notifier.Publish(ctx, alert.Render(r)); err != nil {
		return false, err
	}
	return true, nil
}

// tellPolicyFaults raises an alert about a policy document that was refused, once
// for each fault in the life of the process.
func (e *Enforcer) tellPolicyFaults(ctx context.Context, location guard.Location, held guard.Held) error {
	if len(held.Faults) == 0 {
		return nil
	}
	return e.notify(ctx, guard.Report{
		Cause:    e.own(location, "policy document read"),
		Findings: guard.Check(held.Document(location)),
	})
}

package enforcer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"
)

// Account is AWS as the enforcer needs it: hands and eyes in the account and
// Region in which it runs.
type Account interface {
	Apply(context.Context, guard.Action) guard.Outcome
	ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error)
}

// Notifier tells people of a report, at once or together with later ones.
type Notifier interface {
	Notify(ctx context.Context, r guard.Report, now time.Time) (sent bool, err error)
}

// Enforcer answers events. It keeps nothing between them but what its
// Notifier counts, and is safe for concurrent use.
type Enforcer struct {
	Account  Account
	Notifier Notifier
	Policy   guard.Policy
	Log      *slog.Logger // one line per finding and per outcome
	Metrics  *Metrics
	Now      func() time.Time
}

// Place is an account and a Region.
type Place struct{ Account, Region string }

// alertMargin is kept free before a deadline, so that people hear of a repair
// that took too long.
const alertMargin = 5 * time.Second

// Respond answers one EventBridge event that reached the enforcer at home. An
// error means that something is not known to be repaired, or that people could
// not be told: the event is safe to repeat, and should be.
func (e *Enforcer) Respond(ctx context.Context, home Place, event []byte) error {
	ev, err := trail.Decode(event)
	if err != nil {
		e.Log.Error("event not decoded", "error", err.Error())
		return fmt.Errorf("decode event: %w", err)
	}
	if len(ev.States) == 0 {
		e.Log.Info("not guarded", "eventID", ev.Cause.EventID, "eventName", ev.Cause.EventName, "reason", ev.NotGuarded)
		return nil
	}
	if err := home.owns(ev.Cause); err != nil {
		e.Log.Error("event from elsewhere", "eventID", ev.Cause.EventID, "error", err.Error())
		return err
	}
	report, lookErr := e.answer(ctx, ev)
	e.record(ctx, report)
	return errors.Join(lookErr, unrepaired(report), e.notify(ctx, report))
}

// owns refuses an event of another account or Region, which the credentials at
// hand would put right in the wrong place.
func (home Place) owns(c guard.Cause) error {
	if c.Account != home.Account || c.Region != home.Region {
		return fmt.Errorf("event %s is of account %q in Region %q; this guard keeps account %s in Region %s only",
			c.EventID, c.Account, c.Region, home.Account, home.Region)
	}
	return nil
}

// answer does what an event asks for, leaving time to tell people.
func (e *Enforcer) answer(ctx context.Context, ev trail.Event) (guard.Report, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-alertMargin))
		defer cancel()
	}
	report := guard.Report{Cause: ev.Cause}
	err := e.answerSettings(ctx, ev, &report)
	return report, err
}

// apply takes the actions that policy allows and makes the others visible.
func (e *Enforcer) apply(ctx context.Context, actions []guard.Action) []guard.Outcome {
	allowed, outcomes := e.Policy.Split(actions, e.Now())
	for _, action := range allowed {
		outcomes = append(outcomes, e.Account.Apply(ctx, action))
	}
	return outcomes
}

func (e *Enforcer) notify(ctx context.Context, r guard.Report) error {
	if !r.Noteworthy() {
		return nil
	}
	sent, err := e.Notifier.Notify(ctx, r, e.Now())
	if err != nil {
		e.Log.Error("alert not sent", "eventID", r.Cause.EventID, "error", err.Error())
		return fmt.Errorf("notify of event %s: %w", r.Cause.EventID, err)
	}
	e.Log.Info("alert", "eventID", r.Cause.EventID, "sent", sent, "joined", !sent)
	return nil
}

// unrepaired is an error that names what is not known to be put right.
func unrepaired(r guard.Report) error {
	var errs []error
	for _, o := range r.Unrepaired() {
		errs = append(errs, fmt.Errorf("%s for %s: %s: %s", o.Action.Call.API(), o.Action.Subject, o.Result, o.Detail))
	}
	return errors.Join(errs...)
}

package enforcer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/trail"
)

// Account is AWS as the enforcer needs it: hands and eyes in the account and
// Region in which it runs.
type Account interface {
	Apply(context.Context, guard.Remediation) guard.Outcome
	ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error)
	ObserveTaskDefinition(context.Context, guard.TaskDefinition) (guard.TaskDefinition, error)
	WithDefinition(context.Context, guard.Task) (guard.Task, error)
	ObserveTask(context.Context, guard.Task) (guard.Task, error)
	ObserveService(context.Context, guard.Service) ([]guard.Service, error)
	ObserveRemedy(context.Context, guard.Service, guard.ServiceRemedy) (guard.Service, error)
}

// Notifier sends an alert.
type Notifier interface {
	Publish(context.Context, alert.Message) error
}

// Enforcer answers events. Between them it keeps only what it reported,
// so as not to report it twice. It is safe for concurrent use.
type Enforcer struct {
	Account      Account
	Notifier     Notifier
	Policy       guard.Policy
	PolicyFaults []string     // why the policy document was refused, when Policy is not its
	Log          *slog.Logger // one line per finding and per outcome
	Metrics      *metric.Writer
	Now          func() time.Time

	reported dedup.Memory
	joiner   dedup.Joiner
}

const (
	// alertMargin is kept free before a deadline, so that people hear of a
	// repair that took too long.
	alertMargin = 5 * time.Second
	// expiringSoon is how long before its end people hear of an exemption.
	expiringSoon = 7 * 24 * time.Hour
)

// Respond answers one EventBridge event that reached the enforcer at location. An
// error means that something is not known to be repaired, or that people could
// not be told: the event is safe to repeat, and should be.
func (e *Enforcer) Respond(ctx context.Context, location guard.Location, event []byte) error {
	ev, err := trail.Decode(event)
	if err != nil {
		e.Log.Error("event not decoded", "error", err.Error())
		return fmt.Errorf("decode event: %w", err)
	}
	policyErr := e.tellPolicyFaults(ctx, location)
	if len(ev.States) == 0 {
		e.Log.Info("not guarded", "eventID", ev.Cause.EventID, "eventName", ev.Cause.EventName, "reason", ev.NotGuarded)
		return policyErr
	}
	if err := ofHere(location, ev.Cause); err != nil {
		e.Log.Error("event from elsewhere", "eventID", ev.Cause.EventID, "error", err.Error())
		return errors.Join(policyErr, err)
	}
	report, lookErr := e.answer(ctx, ev)
	e.record(ctx, report)
	return errors.Join(policyErr, lookErr, unrepaired(report), e.notify(ctx, report))
}

// ofHere refuses an event of another account or Region, which the credentials
// at hand would put right in the wrong place.
func ofHere(location guard.Location, c guard.Cause) error {
	if c.Account != location.Account || c.Region != location.Region {
		return fmt.Errorf("event %s is of account %q in Region %q; this guard keeps account %s in Region %s only",
			c.EventID, c.Account, c.Region, location.Account, location.Region)
	}
	return nil
}

// answer does what an event asks for, leaving time to tell people.
func (e *Enforcer) answer(ctx context.Context, ev guard.Event) (guard.Report, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-alertMargin))
		defer cancel()
	}
	report := guard.Report{Cause: ev.Cause, Expiring: e.Policy.Expiring(e.Now(), expiringSoon)}
	var err error
	if _, ok := ev.States[0].(guard.Setting); ok {
		err = e.answerSettings(ctx, ev, &report)
	} else {
		err = e.answerWorkloads(ctx, ev, &report)
	}
	return report, err
}

// apply takes the actions that policy allows and makes the others visible.
func (e *Enforcer) apply(ctx context.Context, actions []guard.Remediation) []guard.Outcome {
	allowed, outcomes := e.Policy.Allow(actions, e.Now())
	for _, action := range allowed {
		outcomes = append(outcomes, e.Account.Apply(ctx, action))
	}
	return outcomes
}

// unrepaired is an error that names what is not known to be put right.
func unrepaired(r guard.Report) error {
	var errs []error
	for _, o := range r.Unrepaired() {
		errs = append(errs, fmt.Errorf("%s for %s: %s: %s", o.Remediation.Call.API(), o.Remediation.Subject, o.Result, o.Detail))
	}
	return errors.Join(errs...)
}

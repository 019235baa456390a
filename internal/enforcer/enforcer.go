package enforcer

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/remediate"
	"fipsguard/internal/trail"
)

// Account is AWS as the enforcer needs it, in the account and Region in which
// it runs.
type Account interface {
	remediate.Account
	ObserveTaskDefinition(context.Context, guard.TaskDefinition) (guard.TaskDefinition, error)
	WithDefinition(context.Context, guard.Task) (guard.Task, error)
	WithProviders(context.Context, guard.Task) (guard.Task, error)
	ObserveTask(context.Context, guard.Task) (guard.Task, error)
	ObserveService(context.Context, guard.Service) ([]guard.Service, error)
	ObserveRemedy(context.Context, guard.Service, guard.ServiceRemedy) (guard.Service, error)
}

// Notifier sends an alert.
type Notifier interface {
	Publish(context.Context, alert.Message) error
}

// Enforcer responds to events. Between them it keeps only what it reported, so
// as not to report it twice. It is safe for concurrent use.
type Enforcer struct {
	Account     Account
	Notifier    Notifier
	Policy      guard.Policy                     // of the account setting: nothing is read before that is fixed
	Workloads   func(context.Context) guard.Held // the policy that holds for workloads now
	AccountName string                           // what people call the account; may be empty
	Log         *slog.Logger                     // one line per finding and per outcome
	Metrics     *metric.Writer
	Now         func() time.Time

	past     past
	reported dedup.Memory
	joiner   dedup.Joiner
}

const (
	// alertMargin is kept free before a deadline, so that people hear of a fix
	// that took too long; but half of what is left is for the fix.
	alertMargin = 5 * time.Second
	// publishTime is what sending one alert may take.
	publishTime = 25 * time.Second
	// expiringSoon is how long before its end people hear of an exemption.
	expiringSoon = 7 * 24 * time.Hour
)

// Respond responds to one EventBridge event that reached the enforcer at
// location. An error means that something is not known to be fixed, or that an
// alert could not be sent: the event is safe to repeat, and should be.
func (e *Enforcer) Respond(ctx context.Context, location guard.Location, event []byte) error {
	ev, err := trail.Decode(event)
	if err != nil {
		e.Log.Error("event not decoded", "error", err.Error())
		return fmt.Errorf("decode event: %w", err)
	}
	return e.RespondTo(ctx, location, ev)
}

// RespondTo is Respond for an event that was decoded.
func (e *Enforcer) RespondTo(ctx context.Context, location guard.Location, ev guard.Event) error {
	if len(ev.States) == 0 {
		e.Log.Info("not guarded", "eventID", ev.Cause.EventID, "eventName", ev.Cause.EventName, "reason", ev.NotGuarded)
		return nil
	}
	if err := ofHere(location, ev.Cause); err != nil {
		e.Log.Error("event from elsewhere", "eventID", ev.Cause.EventID, "error", err.Error())
		return err
	}
	if _, ok := ev.States[0].(guard.Setting); ok {
		return e.respondSetting(ctx, location, ev)
	}
	return e.respondWorkload(ctx, location, ev)
}

// ofHere refuses an event of another account or Region, which the credentials
// at hand would fix in the wrong place.
func ofHere(location guard.Location, c guard.Cause) error {
	if c.Account != location.Account || c.Region != location.Region {
		return fmt.Errorf("event %s is of account %q in Region %q; this guard keeps account %s in Region %s only",
			c.EventID, c.Account, c.Region, location.Account, location.Region)
	}
	return nil
}

// beforeAlerts is the time for everything but alerts.
func beforeAlerts(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	margin := min(alertMargin, time.Until(deadline)/2)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// loop is how this enforcer fixes.
func (e *Enforcer) loop(p guard.Policy) remediate.Loop {
	return remediate.Loop{Account: e.Account, Policy: p, Now: e.Now}
}

func (e *Enforcer) report(cause guard.Cause, findings []guard.Finding, outcomes []guard.Outcome) guard.Report {
	return guard.Report{Cause: cause, Findings: findings, Outcomes: outcomes}
}

// worthFailing leaves out what fails for good and is expected to: AWS lets
// nobody but its owner and root change a principal's override. The alert says so;
// a repetition says nothing new.
func worthFailing(outcomes []guard.Outcome) []guard.Outcome {
	return slices.DeleteFunc(outcomes, func(o guard.Outcome) bool {
		_, override := o.Remediation.Call.(guard.PutAccountSetting)
		return override && o.Result == guard.RefusedByAWS
	})
}

package wiring

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/parameter"
	"fipsguard/internal/config"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// EnforcerOptions is what an enforcer or a gate is made of, besides AWS.
type EnforcerOptions struct {
	Config      aws.Config
	TopicARN    string                           // of the alerts
	AccountName string                           // may be empty
	Policy      guard.Policy                     // of the account setting
	Workloads   func(context.Context) guard.Held // the policy that holds for workloads now
	Log         *slog.Logger
	Metrics     *metric.Writer
	Now         func() time.Time
	Sleep       func(context.Context, time.Duration) error
}

// Enforcer puts the enforcer together: none of its calls waits for a turn.
func Enforcer(o EnforcerOptions) *enforcer.Enforcer {
	return o.with(ecsapi.NewAccount(ecs.NewFromConfig(o.Config, ecsapi.ShortAttempts(ecsapi.AttemptTime)), nil, o.Now))
}

// Gate puts a gate together: its executions share the guard's half of ECS's
// throttle buckets with the scan.
func Gate(o EnforcerOptions, scaling ecsapi.Scaling) *enforcer.Enforcer {
	client := ecs.NewFromConfig(o.Config, ecsapi.ShortAttempts(ecsapi.AttemptTime), ecsapi.HalfOfBuckets(GateShare, o.Now, o.Sleep))
	return o.with(ecsapi.NewAccount(client, scaling, o.Now))
}

func (o EnforcerOptions) with(account *ecsapi.Account) *enforcer.Enforcer {
	return &enforcer.Enforcer{
		Account:     account,
		Notifier:    notify.NewTopic(o.Config, o.TopicARN),
		Policy:      o.Policy,
		Workloads:   o.Workloads,
		AccountName: o.AccountName,
		Log:         o.Log,
		Metrics:     o.Metrics,
		Now:         o.Now,
	}
}

// EnforcerFunction is the enforcer as Lambda runs it, by the function's
// environment. It gets no events of workloads: of those that someone hands to it
// all the same, it only reports.
func EnforcerFunction(p Process) (Function, error) {
	settings, err := config.ReadEnforcer(p.Getenv)
	if err != nil {
		return nil, err
	}
	return function(p, settings, func(o EnforcerOptions) *enforcer.Enforcer {
		o.Workloads = func(context.Context) guard.Held { return guard.Held{Policy: o.Policy} }
		return Enforcer(o)
	})
}

// GateFunction is the gate as Lambda runs it, by the function's environment.
// newScaling makes the client of Application Auto Scaling.
func GateFunction[S ecsapi.Scaling](p Process, newScaling func(aws.Config) S) (Function, error) {
	settings, err := config.ReadGate(p.Getenv)
	if err != nil {
		return nil, err
	}
	return function(p, settings.Enforcer, func(o EnforcerOptions) *enforcer.Enforcer {
		o.Workloads = Workloads(o.Config, settings, o.Now)
		return Gate(o, newScaling(o.Config))
	})
}

// Workloads is the policy that holds for workloads, read while the function runs.
func Workloads(c aws.Config, settings config.Gate, now func() time.Time) func(context.Context) guard.Held {
	source := &policydoc.Source{Store: parameter.Parameter{Config: c, Name: settings.PolicyParameter}, Mode: settings.Mode, Now: now}
	return source.Held
}

func function(p Process, settings config.Enforcer, make func(EnforcerOptions) *enforcer.Enforcer) (Function, error) {
	aws, err := AWSConfig(p)
	if err != nil {
		return nil, err
	}
	log := Logger(p.Out, settings)
	return Legible(&enforcerHandler{
		simulated: isSimulated(p.Getenv("AWS_ENDPOINT_URL")),
		enforcer: make(EnforcerOptions{
			Config: aws, TopicARN: settings.TopicARN, AccountName: settings.AccountName, Policy: config.WithoutDocument(settings.Mode, guard.WithoutDocument),
			Log: log, Metrics: metric.NewWriter(p.Out), Now: time.Now, Sleep: ecsapi.Sleep,
		}),
		logStart: sync.OnceFunc(func() { LogStart(log, settings) }),
	}), nil
}

// Handler is an enforcer as Lambda calls it.
func Handler(e *enforcer.Enforcer) Function {
	return &enforcerHandler{enforcer: e, logStart: func() {}}
}

// enforcerHandler is two functions: the enforcer gets the events of settings and
// a check each minute, the gate gets the events of workloads in batches. It gets
// bytes as they came, so that what is not JSON is reported as such.
type enforcerHandler struct {
	enforcer  *enforcer.Enforcer
	simulated bool   // AWS is on loopback
	logStart  func() // once, and after the first repair, which does not wait for a log
}

func (h *enforcerHandler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	defer h.logStart()
	location, err := Location(ctx)
	if err != nil {
		return nil, err
	}
	if asksForSetting(event) {
		return nil, h.enforcer.EveryMinute(ctx, location)
	}
	if request, ok := deployment(event); ok {
		return nil, deploy(ctx, h.enforcer, location, request, h.simulated)
	}
	if batch, ok := Batch(event); ok {
		return h.respondToAll(ctx, location, batch)
	}
	return nil, h.enforcer.Respond(ctx, location, event)
}

// asksForSetting reports whether the schedule invokes the function, with
// {"check": "setting"}.
func asksForSetting(event []byte) bool {
	var asked struct {
		Check string `json:"check"`
	}
	return len(event) < 100 && json.Unmarshal(event, &asked) == nil && asked.Check == "setting"
}

// respondToAll responds to each event of a batch. Each has its part of the time
// that is left, so that one that hangs does not take it from the others. What
// failed comes again after the queue's visibility timeout, alone.
func (h enforcerHandler) respondToAll(ctx context.Context, location guard.Location, batch []Message) ([]byte, error) {
	var failed []string
	for i, message := range batch {
		if err := h.respondInTime(ctx, location, message, len(batch)-i); err != nil {
			h.enforcer.Log.Error("message not handled", "messageID", message.ID, "error", err.Error())
			failed = append(failed, message.ID)
		}
	}
	return failures(failed)
}

// respondInTime responds to the first of the messages that are left.
func (h enforcerHandler) respondInTime(ctx context.Context, location guard.Location, message Message, left int) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return h.enforcer.Respond(ctx, location, []byte(message.Body))
}

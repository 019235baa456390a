package simulation

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation/stack"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// functionTime is how long the enforcer and the gate may work on one invocation.
const functionTime = time.Minute

func sleepInRealTime(ctx context.Context, d time.Duration) error { return scans.Sleep(ctx, d) }

// attach deploys the guard: it turns FIPS mode on, and what the stack puts
// between EventBridge and the functions invokes them from then on.
func (a *Account) attach(ctx context.Context) error {
	topic, err := a.AWS.CreateTopic(Region, product.Alerts)
	if err != nil {
		return err
	}
	options := wiring.EnforcerOptions{
		Config: a.marked(a.People.Guard), TopicARN: topic, Policy: a.policy, Workloads: a.workloads(a.People.Guard),
		Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(a.AWS.LogGroup(Region, "/aws/lambda/"+product.Enforcer)), Now: a.AWS.Now, Sleep: a.sleep,
	}
	if err := a.deployPolicy(); err != nil {
		return err
	}
	deployed, err := stack.Read(Region)
	if err != nil {
		return err
	}
	urls, err := deployed.MakeQueues(a.AWS, Region)
	if err != nil {
		return err
	}
	for _, queue := range deployed.Subscribed {
		if err := a.AWS.SubscribeQueue(topic, queueARN(queue)); err != nil {
			return err
		}
	}
	if a.verifier, err = a.newVerifier(topic, urls[product.Reported]); err != nil {
		return err
	}
	functions := map[string]invoke{
		product.Enforcer: inLambda(product.Enforcer, wiring.Handler(wiring.Enforcer(options))),
		product.Gate:     inLambda(product.Gate, wiring.Handler(wiring.Gate(options, scaling.New(options.Config)))),
		product.Verifier: a.scanOnRequest(),
	}
	if _, err := functions[product.Enforcer](ctx, []byte(`{"check":"setting"}`)); err != nil {
		return fmt.Errorf("turn FIPS mode on in the simulated account: %w", err)
	}
	return a.deploy(deployed, urls, functions)
}

func queueARN(name string) string {
	return "arn:aws-us-gov:sqs:" + Region + ":" + localaws.AccountID + ":" + name
}

// invoke invokes a function.
type invoke func(ctx context.Context, event []byte) ([]byte, error)

// inLambda invokes a handler as Lambda does.
func inLambda(name string, handler wiring.Function) invoke {
	arn := "arn:aws-us-gov:lambda:" + Region + ":" + localaws.AccountID + ":function:" + name
	return func(ctx context.Context, event []byte) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, functionTime)
		defer cancel()
		return handler.Invoke(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{InvokedFunctionArn: arn}), event)
	}
}

// deploy puts the stack's event source mappings and rules up.
func (a *Account) deploy(deployed stack.Stack, urls map[string]string, functions map[string]invoke) error {
	a.failed = urls[product.Failed]
	for _, s := range deployed.Sources {
		err := a.AWS.AddSource(localaws.Source{
			Queue: urls[s.Queue], BatchSize: s.Batch, Concurrency: s.Most, Partial: s.Partial, Invoke: functions[s.Function],
		})
		if err != nil {
			return err
		}
	}
	for _, r := range deployed.Rules {
		rule := localaws.Rule{Name: r.Name, Region: Region, Pattern: r.Pattern, Group: r.Group}
		if err := a.AWS.Attach(to(a, rule, r.To, urls, functions)); err != nil {
			return err
		}
	}
	for _, s := range deployed.Schedules {
		if s.Every == 0 {
			continue // scans at an hour of the day are asked for by hand
		}
		rule := localaws.Rule{Name: s.Name, Region: Region, Every: s.Every, Input: s.Input, Group: s.Group}
		if err := a.AWS.Attach(to(a, rule, s.To, urls, functions)); err != nil {
			return err
		}
	}
	return nil
}

// to gives a rule its target.
func to(a *Account, rule localaws.Rule, target string, urls map[string]string, functions map[string]invoke) localaws.Rule {
	if url, ok := urls[target]; ok {
		rule.TargetARN = queueARN(target)
		rule.Send = func(group, body string) error { return a.AWS.Send(url, group, body) }
		return rule
	}
	rule.Invoke = func(ctx context.Context, event []byte) error {
		_, err := functions[target](ctx, event)
		return err
	}
	return rule
}

// newVerifier is the verifier, with a bucket for its evidence.
func (a *Account) newVerifier(topic, inbox string) (*verifier.Verifier, error) {
	if err := a.AWS.CreateBucket(Region, product.Evidence); err != nil {
		return nil, err
	}
	key, err := a.AWS.CreateSigningKey(Region, a.People.Verifier)
	if err != nil {
		return nil, err
	}
	config := a.marked(a.People.Verifier)
	v := scans.Verifier(scans.VerifierOptions{
		Config:   config,
		Scanner:  scans.Scanner(scans.Options{Config: config, Policy: a.policy, Workloads: a.workloads(a.People.Verifier), Exec: true, Now: a.AWS.Now, Sleep: a.sleep}),
		TopicARN: topic, ReportedURL: inbox, SigningKey: key, Tool: a.tool,
		Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: a.AWS.Now,
	})
	v.Collector = a.People.Verifier.ARN
	v.Store = store.Bucket{Objects: scans.S3(config), Name: product.Evidence, Location: location()}
	v.Hubs = []verifier.Hub{reports{a}}
	return &v, nil
}

// reports keeps what scans report, where Security Hub would.
type reports struct{ account *Account }

func (r reports) Import(_ context.Context, d evidence.Document, _ bool) error {
	r.account.report(d)
	return nil
}

// scanOnRequest is the function that scans when the queue asks for it.
func (a *Account) scanOnRequest() invoke {
	requests := scans.Requests{Log: slog.New(slog.DiscardHandler)}
	return func(ctx context.Context, event []byte) ([]byte, error) {
		began := a.AWS.Now()
		request, asked, err := requests.Read(event, 0, began)
		if !asked {
			return nil, err
		}
		if err := a.scan(ctx, request.Why); err != nil {
			return nil, err
		}
		requests.Answered(request, began)
		return nil, nil
	}
}

// scan runs the verifier once.
func (a *Account) scan(ctx context.Context, why string) error {
	a.scanning.Lock()
	defer a.scanning.Unlock()
	return a.verifier.Run(ctx, location(), verifier.Request{Why: why})
}

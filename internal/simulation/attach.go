package simulation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/scan"
	"fipsguard/internal/simulation/stack"
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
	newEnforcer := func() wiring.Function {
		return wiring.Handler(wiring.Enforcer(wiring.EnforcerOptions{
			Config: a.marked(a.People.Guard), TopicARN: topic, Policy: a.policy,
			Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: a.AWS.Now, Sleep: a.sleep,
		}))
	}
	functions := map[string]invoke{
		product.Enforcer: inLambda(product.Enforcer, newEnforcer()),
		product.Gate:     inLambda(product.Gate, newEnforcer()), // the same program
		product.Verifier: a.verifier(),
	}
	if _, err := functions[product.Enforcer](ctx, []byte(`{"check":"setting"}`)); err != nil {
		return fmt.Errorf("turn FIPS mode on in the simulated account: %w", err)
	}
	deployed, err := stack.Read(Region)
	if err != nil {
		return err
	}
	return a.deploy(deployed, functions)
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

// deploy puts the stack's queues, event source mappings and rules up.
func (a *Account) deploy(deployed stack.Stack, functions map[string]invoke) error {
	urls, err := deployed.MakeQueues(a.AWS, Region)
	if err != nil {
		return err
	}
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
		if url, ok := urls[r.To]; ok {
			rule.TargetARN = "arn:aws-us-gov:sqs:" + Region + ":" + localaws.AccountID + ":" + r.To
			rule.Send = func(group, body string) error { return a.AWS.Send(url, group, body) }
		} else {
			rule.Invoke = func(ctx context.Context, event []byte) error {
				_, err := functions[r.To](ctx, event)
				return err
			}
		}
		if err := a.AWS.Attach(rule); err != nil {
			return err
		}
	}
	return nil
}

// verifier is the function that scans when the queue asks for it.
func (a *Account) verifier() invoke {
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

// scan runs the verifier once, and keeps its report.
func (a *Account) scan(ctx context.Context, why string) error {
	scanner := scans.Scanner(scans.Options{
		Config: a.marked(a.People.Verifier), Policy: a.policy, Exec: true, Now: a.AWS.Now, Sleep: a.sleep,
	})
	started := a.AWS.Now()
	found, err := scanner.Scan(ctx, location(), scan.Request{Why: why})
	if err != nil {
		return err
	}
	a.report(evidence.New(evidence.About{
		Why: why, Started: started, Finished: a.AWS.Now(), Tool: a.tool,
	}, found.Report))
	return errors.Join(found.Failures...)
}

package simulation

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/reported"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/localaws"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
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
	stack, err := deployedStack()
	if err != nil {
		return err
	}
	return a.deploy(stack, topic, functions)
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
func (a *Account) deploy(stack deployed, topic string, functions map[string]invoke) error {
	urls, err := stack.queueURLs(a.AWS)
	if err != nil {
		return err
	}
	a.failed = urls[product.Failed]
	if err := a.AWS.SubscribeQueue(topic, "arn:aws-us-gov:sqs:"+Region+":"+localaws.AccountID+":"+product.Reported); err != nil {
		return err
	}
	if a.checker, err = a.newVerifier(topic, urls[product.Reported]); err != nil {
		return err
	}
	for _, s := range stack.sources {
		err := a.AWS.AddSource(localaws.Source{
			Queue: urls[s.queue], BatchSize: s.batch, Concurrency: s.most, Partial: s.partial, Invoke: functions[s.function],
		})
		if err != nil {
			return err
		}
	}
	for _, r := range stack.rules {
		if r.every > 0 {
			if a.scheduled {
				a.AWS.Every(r.every, func(ctx context.Context) { _, _ = functions[r.to](ctx, []byte(r.input)) }) // the next one tries again
			}
			continue
		}
		rule := localaws.Rule{Name: r.name, Region: Region, Pattern: r.pattern, Group: r.group}
		if url, ok := urls[r.to]; ok {
			rule.TargetARN = "arn:aws-us-gov:sqs:" + Region + ":" + localaws.AccountID + ":" + r.to
			rule.Send = func(group, body string) error { return a.AWS.Send(url, group, body) }
		} else {
			rule.Invoke = func(ctx context.Context, event []byte) error {
				_, err := functions[r.to](ctx, event)
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

// newVerifier makes the verifier as its function does, but that it scans without
// the deployed guard's own components, which the account does not have.
func (a *Account) newVerifier(topic, inbox string) (*verifier.Verifier, error) {
	if err := a.AWS.CreateBucket(Region, product.Evidence); err != nil {
		return nil, err
	}
	config := a.marked(a.People.Verifier)
	return &verifier.Verifier{
		Scanner:  scans.Scanner(scans.Options{Config: config, Policy: a.policy, Exec: true, Now: a.AWS.Now, Sleep: a.sleep}),
		Store:    kept{store.Bucket{Objects: scans.S3(config), Name: product.Evidence, Location: location()}, a},
		Inbox:    reported.Queue{SQS: sqs.NewFromConfig(config), URL: inbox},
		Notifier: notify.Topic{SNS: sns.NewFromConfig(config), ARN: topic},
		Tool:     a.tool, Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: a.AWS.Now,
	}, nil
}

// kept is the bucket of evidence. It shows the account each report.
type kept struct {
	store.Bucket
	account *Account
}

// KeepReport keeps one format of a report.
func (k kept) KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (string, error) {
	if ending == format.Original().Ending {
		report, err := evidence.Read(bytes.NewReader(content))
		if err != nil {
			return "", err
		}
		k.account.report(report)
	}
	return k.Bucket.KeepReport(ctx, id, ending, mediaType, content)
}

// scan runs the verifier once.
func (a *Account) scan(ctx context.Context, why string) error {
	a.scanning.Lock()
	defer a.scanning.Unlock()
	return a.checker.Run(ctx, location(), verifier.Request{Why: why})
}

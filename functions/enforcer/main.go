// Command enforcer is the Lambda function that EventBridge invokes with the
// events of internal/trail's patterns.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/config"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/metric"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

func main() {
	e, err := newEnforcer()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard enforcer:", err)
		os.Exit(1)
	}
	lambda.Start(handler{e})
}

func newEnforcer() (*enforcer.Enforcer, error) {
	settings, err := config.ReadEnforcer(os.Getenv)
	if err != nil {
		return nil, err
	}
	log := wiring.Logger(settings)
	aws, err := wiring.AWSConfig(os.Getenv)
	if err != nil {
		return nil, err
	}
	policy, faults := wiring.Policy(settings, time.Now())
	return &enforcer.Enforcer{
		Account: ecsapi.NewAccount(
			ecs.NewFromConfig(aws, ecsapi.HalfOfBuckets(time.Now, ecsapi.Sleep)),
			applicationautoscaling.NewFromConfig(aws),
			time.Now,
		),
		Notifier:     notify.Topic{SNS: sns.NewFromConfig(aws), ARN: settings.TopicARN},
		Policy:       policy,
		PolicyFaults: faults,
		Log:          log,
		Metrics:      metric.NewWriter(os.Stdout),
		Now:          time.Now,
	}, nil
}

// handler is the enforcer as Lambda calls it: with the event's bytes as they
// came, so that what is not JSON is reported as such.
type handler struct{ enforcer *enforcer.Enforcer }

func (h handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	location, err := wiring.Location(ctx)
	if err != nil {
		return nil, err
	}
	if request, ok := deployment(event); ok {
		return nil, deploy(ctx, h.enforcer, location, request)
	}
	return nil, h.enforcer.Respond(ctx, location, event)
}

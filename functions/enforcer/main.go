// Command enforcer is the Lambda function that EventBridge invokes with the
// events of internal/trail's patterns.
package main

import (
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/config"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/fargate"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
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
	lambda.Start(function{e})
}

func newEnforcer() (*enforcer.Enforcer, error) {
	settings, err := config.ReadEnforcer(os.Getenv)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: settings.LogLevel}))
	log.Info("start", "fips140", fips140.Enabled(), "fips140Module", fips140.Version(), "mode", settings.Mode)

	aws, err := awsConfig(os.Getenv)
	if err != nil {
		return nil, err
	}
	policy, faults := config.PolicyOrDefault(settings.Policy, settings.Mode, time.Now())
	return &enforcer.Enforcer{
		Account: fargate.NewAccount(
			ecs.NewFromConfig(aws, fargate.HalfOfBuckets(time.Now, fargate.Sleep)),
			applicationautoscaling.NewFromConfig(aws),
			time.Now,
		),
		Notifier:     alert.NewNotifier(sns.NewFromConfig(aws), settings.TopicARN),
		Policy:       policy,
		PolicyFaults: texts(faults),
		Log:          log,
		Metrics:      metric.NewWriter(os.Stdout),
		Now:          time.Now,
	}, nil
}

func texts(faults []config.Fault) []string {
	var list []string
	for _, fault := range faults {
		list = append(list, fault.Error())
	}
	return list
}

// function is the enforcer as Lambda calls it: with the event's bytes as they
// came, so that what is not JSON is reported as such.
type function struct{ enforcer *enforcer.Enforcer }

func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	home, err := place(ctx)
	if err != nil {
		return nil, err
	}
	if request, ok := deployment(event); ok {
		return nil, deploy(ctx, f.enforcer, home, request)
	}
	if scheduled(event) {
		return nil, f.enforcer.Look(ctx, home, "scheduled look")
	}
	return nil, f.enforcer.Respond(ctx, home, event)
}

// place is where this function runs, by the ARN with which it was invoked.
func place(ctx context.Context) (guard.Place, error) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return guard.Place{}, errors.New("the invocation has no Lambda context")
	}
	function, err := arn.Parse(lc.InvokedFunctionArn)
	if err != nil {
		return guard.Place{}, fmt.Errorf("invoked function ARN %q: %w", lc.InvokedFunctionArn, err)
	}
	return guard.Place{Account: function.AccountID, Region: function.Region}, nil
}

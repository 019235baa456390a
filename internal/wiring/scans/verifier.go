package scans

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/config"
	"fipsguard/internal/evidence"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/trail"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// Function is the verifier as Lambda runs it, by the function's environment.
// newHub makes the client of a service that collects findings.
func Function[H verifier.Hub](p wiring.Process, newHub func(aws.Config) H) (lambda.Handler, error) {
	settings, err := config.ReadVerifier(p.Getenv)
	if err != nil {
		return nil, err
	}
	aws, err := wiring.AWSConfig(p)
	if err != nil {
		return nil, err
	}
	policy, faults := wiring.Policy(settings.Enforcer, time.Now())
	scanner := Scanner(Options{
		Config: aws, Policy: policy, PolicyFaults: faults, Exec: true, TrailLogs: settings.TrailLogs,
		Now: time.Now, Sleep: ecsapi.Sleep, Sessions: p.Sessions,
	})
	patterns, targets, err := rules(settings.FunctionARN)
	if err != nil {
		return nil, err
	}
	scanner.Components = Components(aws, Guard{
		Patterns: patterns, Targets: targets, TopicARN: settings.TopicARN, QueueURLs: settings.Queues,
	})
	log := wiring.Logger(p.Out, settings.Enforcer)
	wiring.LogStart(log, settings.Enforcer)
	h := &handler{
		sample: settings.Sample,
		bucket: store.Bucket{Objects: S3(aws), Name: settings.EvidenceBucket},
		verifier: verifier.Verifier{
			Scanner:  scanner,
			Notifier: notify.Topic{SNS: sns.NewFromConfig(aws), ARN: settings.TopicARN},
			Tool:     evidence.Tool(product.ThisBuild()),
			Log:      log,
			Metrics:  metric.NewWriter(p.Out),
			Now:      time.Now,
		},
	}
	h.requests.Log = h.verifier.Log
	if settings.SecurityHub {
		h.verifier.Hub = newHub(aws)
	}
	return wiring.Legible(h), nil
}

// rules are the patterns of the stack's rules, and the ARNs of what gets their
// events: the enforcer those about the setting, the gate's queue all others.
func rules(enforcerARN string) (patterns, targets map[string]string, err error) {
	enforcer, err := arn.Parse(enforcerARN)
	if err != nil {
		return nil, nil, fmt.Errorf("ARN of the enforcer %q: %w", enforcerARN, err)
	}
	queue := arn.ARN{
		Partition: enforcer.Partition, Service: "sqs", Region: enforcer.Region, AccountID: enforcer.AccountID, Resource: product.Workloads,
	}
	patterns, targets = map[string]string{}, map[string]string{}
	for _, p := range trail.Patterns() {
		name := product.Prefix + p.Name
		patterns[name], targets[name] = p.JSON, queue.String()
		if p.Name == trail.Settings {
			targets[name] = enforcerARN
		}
	}
	return patterns, targets, nil
}

// handler is the verifier as Lambda calls it.
type handler struct {
	sample   int
	requests Requests
	bucket   store.Bucket
	verifier verifier.Verifier
}

// Invoke scans once: the queue hands over one batch at a time, and a batch is
// one scan.
func (h *handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	location, err := wiring.Location(ctx)
	if err != nil {
		return nil, err
	}
	h.bucket.Location = location
	h.verifier.Store = h.bucket
	began := h.verifier.Now()
	request, asked, err := h.requests.Read(event, h.sample, began)
	if !asked {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		// The last quarter of the time is for fixes, the end of it for reports
		// and alerts.
		left := time.Until(deadline)
		request.KernelsEnd, request.ScanEnd = deadline.Add(-left/4), deadline.Add(-left/8)
	}
	if err := h.verifier.Run(ctx, location, request); err != nil {
		return nil, err
	}
	h.requests.Answered(request, began)
	return nil, nil
}

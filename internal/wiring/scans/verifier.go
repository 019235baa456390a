package scans

import (
	"context"
	"os"
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
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// Function is the verifier as Lambda runs it, by the function's environment.
// newHub makes the client of a service that collects findings.
func Function[H verifier.Hub](getenv func(string) string, newHub func(aws.Config) H) (lambda.Handler, error) {
	settings, err := config.ReadVerifier(getenv)
	if err != nil {
		return nil, err
	}
	aws, err := wiring.AWSConfig(getenv)
	if err != nil {
		return nil, err
	}
	policy, faults := wiring.Policy(settings.Enforcer, time.Now())
	scanner := Scanner(Options{
		Config: aws, Policy: policy, PolicyFaults: faults, Exec: true, TrailLogs: settings.TrailLogs,
		Now: time.Now, Sleep: ecsapi.Sleep,
	})
	scanner.Components = Components(aws, Guard{
		Patterns: patterns(), FunctionARN: settings.FunctionARN, TopicARN: settings.TopicARN, QueueURLs: settings.Queues,
	})
	h := &handler{
		sample: settings.Sample,
		bucket: store.Bucket{Objects: S3(aws), Name: settings.EvidenceBucket},
		verifier: verifier.Verifier{
			Scanner:  scanner,
			Notifier: notify.Topic{SNS: sns.NewFromConfig(aws), ARN: settings.TopicARN},
			Tool:     evidence.Tool(product.ThisBuild()),
			Log:      wiring.Logger(settings.Enforcer),
			Metrics:  metric.NewWriter(os.Stdout),
			Now:      time.Now,
		},
	}
	if settings.SecurityHub {
		h.verifier.Hub = newHub(aws)
	}
	return wiring.Legible(h), nil
}

// patterns are those of the stack's rules that feed the enforcer.
func patterns() map[string]string {
	of := map[string]string{}
	for _, p := range trail.Patterns() {
		of[product.Prefix+p.Name] = p.JSON
	}
	return of
}

// handler is the verifier as Lambda calls it.
type handler struct {
	sample   int
	bucket   store.Bucket
	verifier verifier.Verifier
}

// Invoke scans once. Lambda runs one scan at a time in one environment.
func (h *handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	location, err := wiring.Location(ctx)
	if err != nil {
		return nil, err
	}
	h.bucket.Location = location
	h.verifier.Store = h.bucket
	request, err := requestOf(event, h.sample)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		// The last quarter of the time is for fixes, the end of it for reports
		// and alerts.
		left := time.Until(deadline)
		request.KernelsEnd, request.ScanEnd = deadline.Add(-left/4), deadline.Add(-left/8)
	}
	return nil, h.verifier.Run(ctx, location, request)
}

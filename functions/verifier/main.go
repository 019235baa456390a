// Command verifier is the Lambda function that looks on a schedule, and after
// the enforcer turned FIPS mode back on.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/hub"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/config"
	"fipsguard/internal/evidence"
	"fipsguard/internal/metric"
	"fipsguard/internal/trail"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// memoryLimit makes the garbage collector work harder where the heap grows
// beyond it. Of 10,000 tasks about half of it is in use.
const memoryLimit = 80 << 20

func main() {
	debug.SetMemoryLimit(memoryLimit)
	h, err := newHandler()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard verifier:", err)
		os.Exit(1)
	}
	lambda.Start(h)
}

func newHandler() (*handler, error) {
	settings, err := config.ReadVerifier(os.Getenv)
	if err != nil {
		return nil, err
	}
	log := wiring.Logger(settings.Enforcer)
	aws, err := wiring.AWSConfig(os.Getenv)
	if err != nil {
		return nil, err
	}
	policy, faults := wiring.Policy(settings.Enforcer, time.Now())
	look := scans.Verifier(scans.Needs{
		Config: aws, Policy: policy, PolicyFaults: faults, Exec: true, TrailLogs: settings.TrailLogs,
		Now: time.Now, Sleep: ecsapi.Sleep,
	})
	look.Parts = scans.Parts(aws, scans.Guard{
		Patterns: patterns(), FunctionARN: settings.FunctionARN, TopicARN: settings.TopicARN, QueueURLs: settings.Queues,
	})
	h := &handler{
		sample: settings.Sample,
		log:    log,
		bucket: store.Bucket{Objects: scans.S3(aws), Name: settings.EvidenceBucket},
		keeper: verifier.Keeper{
			Verifier: look,
			Notifier: notify.Topic{SNS: sns.NewFromConfig(aws), ARN: settings.TopicARN},
			Tool:     evidence.ThisProgram(),
			Log:      log,
			Metrics:  metric.NewWriter(os.Stdout),
			Now:      time.Now,
		},
	}
	if settings.SecurityHub {
		h.keeper.Hub = hub.Hub{API: securityhub.NewFromConfig(aws)}
	}
	return h, nil
}

// patterns are those of the stack's rules that feed the enforcer.
func patterns() map[string]string {
	of := map[string]string{}
	for _, p := range trail.Patterns() {
		of[config.Prefix+p.Name] = p.JSON
	}
	return of
}

// handler is the verifier as Lambda calls it.
type handler struct {
	sample int
	log    *slog.Logger
	bucket store.Bucket
	keeper verifier.Keeper
}

// Invoke looks once. Lambda runs one look at a time in one environment.
func (h *handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	location, err := wiring.Location(ctx)
	if err != nil {
		return nil, err
	}
	h.bucket.Location = location
	h.keeper.Store = h.bucket
	order, err := orderOf(event, h.sample)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		// The last quarter of the time is for corrections, the end of it for
		// reports and alerts.
		left := time.Until(deadline)
		order.ProofsEnd, order.LookEnd = deadline.Add(-left/4), deadline.Add(-left/8)
	}
	return nil, h.keeper.Run(ctx, location, order)
}

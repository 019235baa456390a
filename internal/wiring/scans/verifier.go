package scans

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"fipsguard/internal/aws/bus"
	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/reported"
	"fipsguard/internal/aws/signer"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/component"
	"fipsguard/internal/config"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/scan"
	"fipsguard/internal/trail"
	"fipsguard/internal/verifier"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// VerifierOptions is what a verifier is made of, besides AWS.
type VerifierOptions struct {
	Config      aws.Config
	Scanner     *scan.Scanner
	TopicARN    string // of the alerts
	ReportedURL string // of the queue that is subscribed to it
	SigningKey  string // ARN of the KMS key
	Tool        evidence.Tool
	Log         *slog.Logger
	Metrics     *metric.Writer
	Now         func() time.Time
}

// Verifier puts a verifier together. It has no store yet: where reports are kept
// depends on the account and Region.
func Verifier(o VerifierOptions) verifier.Verifier {
	return verifier.Verifier{
		Scanner:  o.Scanner,
		Signer:   signer.Key{Config: o.Config, ARN: o.SigningKey},
		Notifier: notify.NewTopic(o.Config, o.TopicARN),
		Inbox:    reported.Queue{SQS: sqs.NewFromConfig(o.Config), URL: o.ReportedURL},
		Tool:     o.Tool, Log: o.Log, Metrics: o.Metrics, Now: o.Now,
	}
}

// Function is the verifier as Lambda runs it, by the function's environment.
// newHub makes the client of a service that collects findings, newReadBack what
// reads back the deployment: nothing but the function links their clients.
func Function[H verifier.Hub, B ReadBack](p wiring.Process, newHub func(aws.Config) H, newReadBack func(aws.Config, *s3.Client) B) (wiring.Function, error) {
	settings, err := config.ReadVerifier(p.Getenv)
	if err != nil {
		return nil, err
	}
	aws, err := wiring.AWSConfig(p)
	if err != nil {
		return nil, err
	}
	scanner := Scanner(Options{
		Config: aws, Policy: config.WithoutDocument(settings.Mode, guard.WithoutDocument), Workloads: wiring.Workloads(aws, settings.Gate, time.Now), Class: settings.Class, Exec: true, TrailLogs: settings.TrailLogs,
		Now: time.Now, Sleep: ecsapi.Sleep, Sessions: p.Sessions,
		Canary: true, WitnessSubnets: settings.WitnessSubnets, WitnessGroup: settings.WitnessGroup,
	})
	enforcer, err := arn.Parse(settings.FunctionARN)
	if err != nil {
		return nil, fmt.Errorf("ARN of the enforcer %q: %w", settings.FunctionARN, err)
	}
	scanner.Components = components{
		works: Components(aws, Guard{
			TopicARN: settings.TopicARN, ReportedARN: queueBeside(enforcer, product.Reported), QueueURLs: settings.Queues,
		}),
		deployed: newReadBack(aws, S3(aws)),
		packed:   p.Getenv(component.Packed), place: placeOf(enforcer, p.Getenv(component.Known)),
	}
	log := wiring.Logger(p.Out, settings.Enforcer)
	wiring.LogStart(log, settings.Enforcer)
	h := &handler{
		sample: settings.Sample,
		bucket: store.Bucket{Objects: S3(aws), Name: settings.EvidenceBucket},
		verifier: Verifier(VerifierOptions{
			Config: aws, Scanner: scanner, TopicARN: settings.TopicARN, ReportedURL: settings.Reported, SigningKey: settings.SigningKey,
			Tool: evidence.Tool(product.ThisBuild()), Log: log, Metrics: metric.NewWriter(p.Out), Now: time.Now,
		}),
	}
	h.requests.Log, h.verifier.AccountName = h.verifier.Log, settings.AccountName
	if settings.SecurityHub {
		h.verifier.Hubs = append(h.verifier.Hubs, newHub(aws))
	}
	if settings.SecurityBus != "" {
		h.verifier.Hubs = append(h.verifier.Hubs, bus.Bus{Events: eventbridge.NewFromConfig(aws), ARN: settings.SecurityBus})
	}
	return wiring.Legible(h), nil
}

// Deployed are the rules that feed the guard in an account, and what they feed.
func Deployed(l guard.Location) Guard {
	enforcer := arn.ARN{Partition: "aws-us-gov", Service: "lambda", Region: l.Region, AccountID: l.Account, Resource: "function:" + product.Enforcer}
	patterns, targets := rules(enforcer)
	return Guard{Patterns: patterns, Targets: targets, ReportedARN: queueBeside(enforcer, product.Reported)}
}

// rules are the patterns of the stack's rules, and the ARNs of what gets their
// events: the enforcer those about the setting, the gate's queue all others.
func rules(enforcer arn.ARN) (patterns, targets map[string]string) {
	patterns, targets = map[string]string{}, map[string]string{}
	for _, p := range trail.Patterns() {
		name := product.Prefix + p.Name
		patterns[name], targets[name] = p.JSON, queueBeside(enforcer, product.Workloads)
		if p.Name == trail.Settings {
			targets[name] = enforcer.String()
		}
	}
	return patterns, targets
}

// queueBeside is the ARN of a queue in the account and Region of a function.
func queueBeside(function arn.ARN, name string) string {
	return arn.ARN{
		Partition: function.Partition, Service: "sqs", Region: function.Region, AccountID: function.AccountID, Resource: name,
	}.String()
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
	h.verifier.Collector = wiring.InvokedARN(ctx)
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

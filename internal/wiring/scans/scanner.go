package scans

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fipsguard/internal/aws/canary"
	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/aws/history"
	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/aws/selfcheck"
	"fipsguard/internal/aws/witness"
	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Options is what a scanner is made of, besides AWS.
type Options struct {
	Config    aws.Config
	Policy    guard.Policy                     // of the account setting
	Workloads func(context.Context) guard.Held // the policy that holds for all else
	Class     guard.Class                      // by whose cycle kernel checks are renewed
	Exec      bool                             // kernels are read
	TrailLogs string                           // BUCKET or BUCKET/PREFIX with CloudTrail's log files; empty when LookupEvents has to do
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error
	Sessions  *http.Transport // to containers; nil is the network
	Canary    bool            // canaries are sent: the guard is deployed
	// WitnessSubnets are where witnesses run; none launches none.
	WitnessSubnets []string
	WitnessGroup   string // their security group
}

// logTime is what reading old log objects may take of one scan.
const logTime = 2 * time.Minute

// Sleep waits in real time, but not longer than the context lasts.
func Sleep(ctx context.Context, d time.Duration) error { return ecsapi.Sleep(ctx, d) }

// Scanner puts a scanner together.
func Scanner(o Options) *scan.Scanner {
	client := ecs.NewFromConfig(o.Config, ecsapi.ShortAttempts(ecsapi.AttemptTime), ecsapi.HalfOfBuckets(wiring.ScanShare, o.Now, o.Sleep))
	account := ecsapi.NewAccount(client, scaling.New(o.Config), o.Now)
	scanner := &scan.Scanner{
		Account: ecsapi.Inventory{Account: account, Lister: client},
		History: history.History{
			CloudTrail: cloudtrail.NewFromConfig(o.Config), Logs: logs(o), Now: o.Now, Sleep: o.Sleep,
		},
		Witness: witnesses(o, client),
		Policy:  o.Policy, Workloads: o.Workloads, Class: o.Class, Now: o.Now,
	}
	if o.Canary {
		scanner.Canary = canaries{account, canary.Log{Config: o.Config}}
	}
	if o.Exec {
		scanner.Exec = containers{&ecsexec.Client{
			ECS:         client,
			Sessions:    ecsexec.SystemsManager{Config: o.Config},
			Keys:        ecsexec.KeyService{Config: o.Config},
			Credentials: o.Config.Credentials,
			Region:      o.Config.Region,
			Now:         time.Now, // signatures are made in real time, also in a simulation
			Loopback:    onLoopback(o.Config),
			Transport:   o.Sessions,
		}}
	}
	return scanner
}

// containers runs commands where a scan asks for it.
type containers struct{ client *ecsexec.Client }

var _ scan.SessionError = (*ecsexec.RunError)(nil) // so that a scan can say why

func (c containers) Run(ctx context.Context, t guard.Task, container guard.Container, command string) (string, error) {
	return c.client.Run(ctx, ecsexec.Target{
		Cluster: t.Cluster, Task: t.ARN, Container: container.Name, RuntimeID: container.RuntimeID,
	}, command)
}

func logs(o Options) *history.Logs {
	bucket, prefix, _ := strings.Cut(o.TrailLogs, "/")
	if bucket == "" {
		return nil
	}
	if prefix == "" {
		prefix = "AWSLogs"
	}
	return &history.Logs{Objects: S3(o.Config), Bucket: bucket, Prefix: prefix, Time: logTime}
}

// S3 is a client that also finds buckets behind an endpoint on this machine,
// where no name of a bucket resolves.
func S3(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = onLoopback(config) })
}

// canaries are sent to ECS and read from the enforcer's log.
type canaries struct {
	*ecsapi.Account
	canary.Log
}

// witnesses launches witnesses as the verifier does, in its share of ECS's calls.
func witnesses(o Options, client *ecs.Client) scan.Witness {
	if len(o.WitnessSubnets) == 0 {
		return nil
	}
	return witness.Task{ECS: client, Subnets: o.WitnessSubnets, SecurityGroup: o.WitnessGroup, Now: o.Now, Sleep: o.Sleep}
}

// Guard is what has to be deployed in an account.
type Guard struct {
	Patterns    map[string]string // of events, by the names of the rules
	Targets     map[string]string // ARNs of what gets the events, by the same names
	TopicARN    string
	ReportedARN string // of the guard's queue that is subscribed to the topic
	QueueURLs   []string
}

// Components reads whether a deployed guard works.
func Components(config aws.Config, g Guard) selfcheck.Guard {
	return selfcheck.Guard{
		Trails:        cloudtrail.NewFromConfig(config),
		Subscriptions: sns.NewFromConfig(config),
		Queues:        sqs.NewFromConfig(config),
		TopicARN:      g.TopicARN,
		ReportedARN:   g.ReportedARN,
		QueueURLs:     g.QueueURLs,
		Patterns:      g.Patterns,
		Targets:       g.Targets,
		Rules:         eventbridge.NewFromConfig(config),
	}
}

// onLoopback reports whether AWS is simulated on this machine.
func onLoopback(config aws.Config) bool {
	endpoint, err := url.Parse(aws.ToString(config.BaseEndpoint))
	if err != nil {
		return false
	}
	ip := net.ParseIP(endpoint.Hostname())
	return ip != nil && ip.IsLoopback()
}

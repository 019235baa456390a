package scans

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/aws/history"
	"fipsguard/internal/aws/selfcheck"
	"fipsguard/internal/guard"
	"fipsguard/internal/verifier"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// Needs is what a verifier is made of, besides AWS.
type Needs struct {
	Config       aws.Config
	Policy       guard.Policy
	PolicyFaults []string
	Exec         bool   // containers are asked
	TrailLogs    string // BUCKET or BUCKET/PREFIX with CloudTrail's log files; empty when LookupEvents has to do
	Now          func() time.Time
	Sleep        func(context.Context, time.Duration) error
}

// logTime is what reading old log objects may take of one look.
const logTime = 2 * time.Minute

// Verifier puts a verifier together.
func Verifier(n Needs) *verifier.Verifier {
	client := ecs.NewFromConfig(n.Config, ecsapi.HalfOfBuckets(n.Now, n.Sleep))
	account := ecsapi.NewAccount(client, applicationautoscaling.NewFromConfig(n.Config), n.Now)
	v := &verifier.Verifier{
		Account: ecsapi.Inventory{Account: account, Lister: client},
		History: history.History{
			CloudTrail: cloudtrail.NewFromConfig(n.Config), Logs: logs(n), Now: n.Now, Sleep: n.Sleep,
		},
		Policy: n.Policy, PolicyFaults: n.PolicyFaults, Now: n.Now,
	}
	if n.Exec {
		v.Exec = &ecsexec.Client{
			ECS:         client,
			Sessions:    ecsexec.SystemsManager{Client: ssm.NewFromConfig(n.Config)},
			Keys:        ecsexec.KeyService{Client: kms.NewFromConfig(n.Config)},
			Credentials: n.Config.Credentials,
			Region:      n.Config.Region,
			Now:         time.Now, // signatures are made in real time, also in a simulation
			Loopback:    onLoopback(n.Config),
		}
	}
	return v
}

func logs(n Needs) *history.Logs {
	bucket, prefix, _ := strings.Cut(n.TrailLogs, "/")
	if bucket == "" {
		return nil
	}
	if prefix == "" {
		prefix = "AWSLogs"
	}
	return &history.Logs{Objects: S3(n.Config), Bucket: bucket, Prefix: prefix, Time: logTime}
}

// S3 is a client that also finds buckets behind an endpoint on this machine,
// where no name of a bucket resolves.
func S3(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = onLoopback(config) })
}

// Guard is what has to be deployed in an account.
type Guard struct {
	Patterns    map[string]string // of events, by the names of the rules
	FunctionARN string
	TopicARN    string
	QueueURLs   []string
}

// Parts looks at the guard itself.
func Parts(config aws.Config, g Guard) selfcheck.Guard {
	return selfcheck.Guard{
		Trails:        cloudtrail.NewFromConfig(config),
		Rules:         eventbridge.NewFromConfig(config),
		Subscriptions: sns.NewFromConfig(config),
		Queues:        sqs.NewFromConfig(config),
		Patterns:      g.Patterns,
		FunctionARN:   g.FunctionARN,
		TopicARN:      g.TopicARN,
		QueueURLs:     g.QueueURLs,
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

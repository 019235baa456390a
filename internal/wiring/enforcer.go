package wiring

import (
	"context"
	"log/slog"
	"os"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/config"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// EnforcerOptions is what an enforcer is made of, besides AWS.
type EnforcerOptions struct {
	Config       aws.Config
	TopicARN     string // of the alerts
	Policy       guard.Policy
	PolicyFaults []string // why the policy document was refused, when Policy is not its
	Log          *slog.Logger
	Metrics      *metric.Writer
	Now          func() time.Time
	Sleep        func(context.Context, time.Duration) error
}

// Enforcer puts an enforcer together.
func Enforcer(o EnforcerOptions) *enforcer.Enforcer {
	return &enforcer.Enforcer{
		Account: ecsapi.NewAccount(
			ecs.NewFromConfig(o.Config, ecsapi.HalfOfBuckets(o.Now, o.Sleep)),
			applicationautoscaling.NewFromConfig(o.Config),
			o.Now,
		),
		Notifier:     notify.Topic{SNS: sns.NewFromConfig(o.Config), ARN: o.TopicARN},
		Policy:       o.Policy,
		PolicyFaults: o.PolicyFaults,
		Log:          o.Log,
		Metrics:      o.Metrics,
		Now:          o.Now,
	}
}

// EnforcerFunction is the enforcer as Lambda runs it, by the function's
// environment.
func EnforcerFunction(getenv func(string) string) (lambda.Handler, error) {
	settings, err := config.ReadEnforcer(getenv)
	if err != nil {
		return nil, err
	}
	aws, err := AWSConfig(getenv)
	if err != nil {
		return nil, err
	}
	policy, faults := Policy(settings, time.Now())
	return Legible(enforcerHandler{simulated: isSimulated(getenv("AWS_ENDPOINT_URL")), enforcer: Enforcer(EnforcerOptions{
		Config: aws, TopicARN: settings.TopicARN, Policy: policy, PolicyFaults: faults,
		Log: Logger(settings), Metrics: metric.NewWriter(os.Stdout), Now: time.Now, Sleep: ecsapi.Sleep,
	})}), nil
}

// enforcerHandler gets the event's bytes as they came, so that what is not JSON
// is reported as such.
type enforcerHandler struct {
	enforcer  *enforcer.Enforcer
	simulated bool // AWS is on loopback
}

func (h enforcerHandler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	location, err := Location(ctx)
	if err != nil {
		return nil, err
	}
	if request, ok := deployment(event); ok {
		return nil, deploy(ctx, h.enforcer, location, request, h.simulated)
	}
	return nil, h.enforcer.Respond(ctx, location, event)
}

// Package readback reads back what the guard's template deployed, and reports
// each difference from the component list as a guard.Component. It only reads.
// What a component is compared by is said in the package component; here, one
// file a service reads it in CloudFormation's words.
package readback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
)

// Account reads one account in one Region.
type Account struct {
	Alarms     *cloudwatch.Client
	Buckets    *s3.Client
	Functions  *lambda.Client
	Images     signedcall.JSON
	Keys       *kms.Client
	Logs       *cloudwatchlogs.Client
	Parameters signedcall.JSON
	Queues     *sqs.Client
	Roles      *iam.Client
	Rules      *eventbridge.Client
	Tasks      *ecs.Client
	Topics     *sns.Client
}

// New reads with a configuration.
func New(config aws.Config, buckets *s3.Client) Account {
	return Account{
		Alarms: cloudwatch.NewFromConfig(config), Buckets: buckets, Functions: lambda.NewFromConfig(config), Keys: kms.NewFromConfig(config),
		Logs: cloudwatchlogs.NewFromConfig(config), Queues: sqs.NewFromConfig(config), Roles: iam.NewFromConfig(config),
		Rules: eventbridge.NewFromConfig(config), Tasks: ecs.NewFromConfig(config), Images: signedcall.Registry(config), Parameters: signedcall.SystemsManager(config),
		Topics: sns.NewFromConfig(config),
	}
}

// patience bounds the reading of one component: a service that is out of reach,
// as from a VPC without its endpoint, may not use up the scan's time.
const patience = 5 * time.Second

// Observe compares every component with what was meant. One that could not be
// read says so; it is never taken for fine.
func (a Account) Observe(ctx context.Context, all []component.Meant) []guard.Component {
	var components []guard.Component
	for _, meant := range all {
		components = append(components, a.observe(ctx, meant))
	}
	return components
}

func (a Account) observe(ctx context.Context, meant component.Meant) guard.Component {
	seen := guard.Component{Rule: guard.GuardComponents, Name: meant.Words}
	if meant.Type == "AWS::Events::Rule" {
		seen.Rule = guard.GuardEvents
	}
	if meant.Unknown != "" {
		seen.Unknown = meant.Unknown
		return seen
	}
	read, known := a.readers()[meant.Type]
	if !known {
		seen.Unknown = "the self-check cannot read " + meant.Type
		return seen
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	is, err := read(ctx, meant)
	switch {
	case absent(err):
		seen.Faults, seen.Absent = []string{meant.Words + " does not exist"}, true
	case err != nil:
		seen.Unknown = why(err)
	default:
		for i, difference := range meant.Differences(is) {
			if i == 0 {
				difference = meant.Words + ": " + difference
			}
			seen.Faults = append(seen.Faults, difference)
		}
		seen.Seen = meant.Words + " is as it was deployed."
	}
	return seen
}

// reader reads a component in CloudFormation's words. An error that is absent is
// about the component itself.
type reader func(context.Context, component.Meant) (map[string]any, error)

func (a Account) readers() map[string]reader {
	return map[string]reader{
		"AWS::CloudWatch::Alarm":     a.alarm,
		"AWS::CloudWatch::Dashboard": a.dashboard,
		"AWS::ECR::Repository":       a.repository,
		"AWS::ECS::Cluster":          a.cluster,
		"AWS::ECS::TaskDefinition":   a.definition,
		"AWS::Events::Rule":          a.rule,
		"AWS::IAM::ManagedPolicy":    a.policy,
		"AWS::IAM::Role":             a.role,
		"AWS::KMS::Key":              a.key,
		"AWS::Lambda::Function":      a.function,
		"AWS::Logs::LogGroup":        a.logGroup,
		"AWS::S3::Bucket":            a.bucket,
		"AWS::SNS::Topic":            a.topic,
		"AWS::SQS::Queue":            a.queue,
		"AWS::SSM::Parameter":        a.parameter,
	}
}

// errAbsent is what readers of lists return where the component is not listed.
var errAbsent = errors.New("it is not listed")

// absent reports whether AWS answered that something does not exist. Every
// service has codes of its own for it.
func absent(err error) bool {
	if errors.Is(err, errAbsent) {
		return true
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, word := range []string{"NotFound", "NoSuch", "NonExistent", "DoesNotExist"} {
		if strings.Contains(api.ErrorCode(), word) {
			return true
		}
	}
	return false
}

// answered reports whether AWS answered, though with an error.
func answered(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api)
}

// refused reports whether the guard may not make a call.
func refused(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (strings.Contains(api.ErrorCode(), "AccessDenied") || strings.Contains(api.ErrorCode(), "Authorization") || strings.Contains(api.ErrorCode(), "Unauthorized"))
}

// why is the reason why a component is unknown, as the end of a sentence.
func why(err error) string {
	call := "a call"
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		call = operation.Operation()
	} else if !answered(err) {
		return err.Error() // no call was made
	}
	return answer.Why(call, err)
}

// shape is an answer of the SDK as a document: nothing is left of what is not
// set. The SDK's names are CloudFormation's, mostly.
func shape(answer any) (map[string]any, error) {
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("read AWS's answer: %w", err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read AWS's answer: %w", err)
	}
	left, _ := set(all).(map[string]any)
	if left == nil {
		left = map[string]any{}
	}
	return left, nil
}

func set(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, item := range value {
			if item = set(item); item == nil {
				delete(value, name)
			} else {
				value[name] = item
			}
		}
		if len(value) == 0 {
			return nil
		}
		return value
	case []any:
		var list []any
		for _, item := range value {
			if item = set(item); item != nil {
				list = append(list, item)
			}
		}
		if len(list) == 0 {
			return nil
		}
		return list
	case string:
		if value == "" {
			return nil
		}
	}
	return value
}

// document is a text of AWS that is JSON, or the text itself. IAM's are escaped
// as in a URL.
func document(text *string) any {
	raw := aws.ToString(text)
	if strings.HasPrefix(raw, "%") {
		if plain, err := url.QueryUnescape(raw); err == nil {
			raw = plain
		}
	}
	if raw == "" {
		return nil
	}
	var value any
	if json.Unmarshal([]byte(raw), &value) != nil {
		return raw
	}
	return value
}

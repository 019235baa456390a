package readback

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"fipsguard/infra/template"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// answering answers every call alike.
type answering func(*http.Request) (*http.Response, error)

func (a answering) Do(r *http.Request) (*http.Response, error) { return a(r) }

func refusing(r *http.Request) (*http.Response, error) {
	header, body := http.Header{"X-Amzn-Errortype": {"AccessDeniedException"}}, `{"__type":"AccessDeniedException","message":"no"}`
	switch {
	case r.Header.Get("Smithy-Protocol") != "":
		header.Set("Smithy-Protocol", "rpc-v2-cbor")
		body = "\xa1\x66__type\x75AccessDeniedException"
	case strings.Contains(r.URL.Host, "s3"):
		body = "<Error><Code>AccessDenied</Code></Error>"
	case strings.Contains(r.URL.Host, "iam"), strings.Contains(r.URL.Host, "sns"):
		body = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
	}
	return &http.Response{StatusCode: http.StatusForbidden, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestWhatCannotBeReadIsUnknown: never fine, and it says which call AWS refused or
// did not answer.
func TestWhatCannotBeReadIsUnknown(t *testing.T) {
	list := *into[component.List](t, json.RawMessage(template.Components()))
	place := component.Place{Partition: "aws-us-gov", Account: motoAccount, Region: motoRegion, Known: map[string]string{}}
	for _, name := range list.Unknown() {
		place.Known[name] = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/ab/0a1b"
	}
	place.Known["LogGroups"] = "create"
	all := list.At(place)
	for want, do := range map[string]answering{
		"Unknown because AWS answered %s with AccessDenied": refusing,
		"Unknown because AWS did not answer %s":             func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") },
	} {
		config := aws.Config{
			Region: motoRegion, HTTPClient: do, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("id", "a-secret-long-enough-for-a-key-of-HMAC-in-FIPS-mode", ""),
		}
		calls := map[string]string{
			"AWS::CloudWatch::Alarm": "DescribeAlarms", "AWS::CloudWatch::Dashboard": "GetDashboard", "AWS::Events::Rule": "DescribeRule",
			"AWS::IAM::ManagedPolicy": "GetPolicy", "AWS::IAM::Role": "GetRole", "AWS::KMS::Key": "DescribeKey", "AWS::Lambda::Function": "GetFunctionConfiguration",
			"AWS::ECR::Repository": "DescribeRepositories", "AWS::ECS::Cluster": "DescribeClusters", "AWS::ECS::TaskDefinition": "ListTaskDefinitions",
			"AWS::SSM::Parameter": "DescribeParameters", "AWS::Logs::LogGroup": "DescribeLogGroups", "AWS::S3::Bucket": "GetBucketVersioning", "AWS::SNS::Topic": "GetTopicAttributes", "AWS::SQS::Queue": "GetQueueAttributes",
		}
		for i, seen := range New(config, s3.NewFromConfig(config)).Observe(t.Context(), all) {
			f := guard.Check(seen)[0]
			if says := fmt.Sprintf(want, calls[all[i].Type]); f.Verdict != guard.InsufficientData || !strings.HasPrefix(f.Reason, says) {
				t.Errorf("%s is %s: %s; want %q", all[i].Words, f.Verdict, f.Reason, says)
			}
		}
	}
	for _, seen := range (Account{}).Observe(t.Context(), []component.Meant{{Words: "queue q", Unknown: "the value of K.Arn is not known"}, {Words: "thing", Type: "AWS::New::Thing"}}) {
		if f := guard.Check(seen)[0]; f.Verdict != guard.InsufficientData {
			t.Errorf("%s is %s: %s", seen.Name, f.Verdict, f.Reason)
		}
	}
}

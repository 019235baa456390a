package wiring

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"testing"

	"fipsguard/internal/alert"
	"fipsguard/internal/aws/notify"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestAWSEnvironment(t *testing.T) {
	lambda := func(more map[string]string) func(string) string {
		return func(name string) string {
			switch name {
			case "AWS_REGION":
				return "us-gov-west-1"
			case "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN":
				return name
			}
			return more[name]
		}
	}
	for name, c := range map[string]struct {
		environment    map[string]string
		ecsURL, snsURL string
		fips           bool
		complaint      string
	}{
		"Lambda's own":          {},
		"FIPS endpoints":        {environment: map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, fips: true},
		"no FIPS endpoints":     {environment: map[string]string{"AWS_USE_FIPS_ENDPOINT": "FALSE"}},
		"a bad value":           {environment: map[string]string{"AWS_USE_FIPS_ENDPOINT": "maybe"}, complaint: `AWS_USE_FIPS_ENDPOINT is "maybe"`},
		"one endpoint":          {environment: map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, ecsURL: "http://127.0.0.1:1", snsURL: "http://127.0.0.1:1"},
		"an endpoint a service": {environment: map[string]string{"AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:2"}, snsURL: "http://127.0.0.1:2"},
	} {
		t.Run(name, func(t *testing.T) {
			var published *http.Request
			client := clientFunc(func(r *http.Request) (*http.Response, error) {
				published = r
				return nil, errors.New("nothing is sent")
			})
			config, err := AWSConfig(Process{Getenv: lambda(c.environment), Client: client})
			if c.complaint != "" {
				if err == nil || !strings.Contains(err.Error(), c.complaint) {
					t.Errorf("says %v, want %q", err, c.complaint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			config.RetryMaxAttempts = 1
			if err := notify.NewTopic(config, "topic").Publish(t.Context(), alert.Message{}); err == nil || published == nil {
				t.Fatalf("no alert was sent: %v", err)
			}
			ofECS := ecs.NewFromConfig(config).Options()
			if snsURL := cmp.Or(c.snsURL, "https://sns.us-gov-west-1.amazonaws.com"); aws.ToString(ofECS.BaseEndpoint) != c.ecsURL || published.URL.String() != snsURL+"/" {
				t.Errorf("ECS is at %q, SNS at %s", aws.ToString(ofECS.BaseEndpoint), published.URL)
			}
			if agent := published.UserAgent(); ofECS.AppID != "fipsguard" || agent != "fipsguard app/fipsguard" {
				t.Errorf("calls are marked as %q and %q", ofECS.AppID, agent)
			}
			if got := ofECS.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled; got != c.fips {
				t.Errorf("FIPS endpoints: %t, want %t", got, c.fips)
			}
			credentials, err := ofECS.Credentials.Retrieve(t.Context())
			if err != nil || credentials.SessionToken != "AWS_SESSION_TOKEN" {
				t.Errorf("credentials %v, error %v", credentials.Source, err)
			}
		})
	}
	if _, err := AWSConfig(Process{Getenv: func(string) string { return "" }}); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("an empty environment: %v", err)
	}
}

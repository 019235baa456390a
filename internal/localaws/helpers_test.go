package localaws

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const west, east = "us-gov-west-1", "us-gov-east-1"

// maxBody is the most that a request may bring beside an object.
const maxBody = 1 << 20

// noon is when the tests' accounts begin, and stay until they are advanced.
func noon() time.Time { return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) }

// start starts an account whose clock stands still, and closes it after the
// test.
func start(t *testing.T, o Options) *Account {
	t.Helper()
	if o.Now == nil {
		o.Now = noon
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{time.Millisecond, time.Millisecond}
	}
	a := New(o)
	if err := a.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close the account: %v", err)
		}
	})
	return a
}

// config is what an SDK client of a principal needs. It makes one attempt, so
// that failures show.
func config(a *Account, p Principal, region string) aws.Config {
	c := a.Config(p, region)
	c.RetryMaxAttempts, c.HTTPClient = 1, plainBodies{awshttp.NewBuildableClient()}
	return c
}

// plainBodies hides that a request's body can write itself. Once the answer is
// there, the SDK closes the body, and one that then is asked to write itself
// answers with io.EOF (smithy-go 1.28.9, safeReadCloser): net/http takes that
// for a failure and cuts the connection off, in the middle of a long answer.
// It needs an answer as fast as on loopback, and a retry hides it.
type plainBodies struct{ *awshttp.BuildableClient }

func (c plainBodies) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body = struct{ io.ReadCloser }{req.Body}
	}
	return c.BuildableClient.Do(req)
}

func ecsOf(a *Account, p Principal, region string) *ecs.Client {
	return ecs.NewFromConfig(config(a, p, region))
}

func snsOf(a *Account, p Principal, region string) *sns.Client {
	return sns.NewFromConfig(config(a, p, region))
}

func stsOf(a *Account, p Principal, region string) *sts.Client {
	return sts.NewFromConfig(config(a, p, region))
}

// code is the error code that an SDK client found, or empty.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return "no API error: " + err.Error()
	}
	return ""
}

func drain(t *testing.T, a *Account) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.Drain(ctx); err != nil {
		t.Fatalf("drain: %v", err)
	}
}

func advance(t *testing.T, a *Account, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.Advance(ctx, d); err != nil {
		t.Fatalf("advance %s: %v", d, err)
	}
}

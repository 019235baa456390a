// Package localtest is what the tests of the simulated account's packages have
// in common.
package localtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// The account's Regions.
const West, East = "us-gov-west-1", "us-gov-east-1"

// Noon is when the tests' accounts begin, and stay until they are advanced.
func Noon() time.Time { return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) }

// Start starts an account whose clock stands still, and closes it after the
// test.
func Start(t *testing.T, o localaws.Options) *localaws.Account {
	t.Helper()
	if o.Now == nil {
		o.Now = Noon
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{time.Millisecond, time.Millisecond}
	}
	a := localaws.New(o)
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

// Config is what an SDK client of a principal needs. It makes one attempt, so
// that failures show.
func Config(a *localaws.Account, p localaws.Principal, region string) aws.Config {
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

// Do sends a request.
func (c plainBodies) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body = struct{ io.ReadCloser }{req.Body}
	}
	return c.BuildableClient.Do(req)
}

// Code is the error code that an SDK client found, or empty.
func Code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return "no API error: " + err.Error()
	}
	return ""
}

// Drain waits until all events are answered.
func Drain(t *testing.T, a *localaws.Account) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.Drain(ctx); err != nil {
		t.Fatalf("drain: %v", err)
	}
}

// Advance moves the account's time forward.
func Advance(t *testing.T, a *localaws.Account, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.Advance(ctx, d); err != nil {
		t.Fatalf("advance %s: %v", d, err)
	}
}

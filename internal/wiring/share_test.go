package wiring

import (
	"context"
	"crypto/fips140"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"golang.org/x/time/rate"
)

// throttle is ECS with the throttle bucket of one operation.
type throttle struct {
	bucket *rate.Limiter

	mu      sync.Mutex
	passed  map[string]int // by who calls
	refused map[string]int
}

// client calls ECS as somebody.
func (b *throttle) client(who string, options ...func(*ecs.Options)) *ecs.Client {
	return ecs.NewFromConfig(aws.Config{
		Region:      "us-gov-west-1",
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  caller{b, who},
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}, options...)
}

type caller struct {
	*throttle
	who string
}

func (c caller) Do(*http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer, status := `{}`, http.StatusOK
	if c.bucket.Allow() {
		c.passed[c.who]++
	} else {
		c.refused[c.who]++
		answer, status = `{"__type":"ThrottlingException"}`, http.StatusBadRequest
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(strings.NewReader(answer)),
	}, nil
}

// TestTheCustomerIsNeverThrottled: the customer uses half of a throttle bucket,
// in a burst and for good, beside the guard at full work as it is deployed: a
// scan and every execution of the gate.
func TestTheCustomerIsNeverThrottled(t *testing.T) {
	if fips140.Enforced() {
		t.Skip("the module gathers entropy in real time, which a bubble of simulated time does not have")
	}
	const minutes = 10
	for name, bucket := range map[string]struct {
		burst, perSecond float64 // docs/facts.md, sections 3 and 4
		call             func(context.Context, *ecs.Client) error
	}{
		"DeregisterTaskDefinition": {20, 1, func(ctx context.Context, c *ecs.Client) error {
			_, err := c.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String("a:1")})
			return err
		}},
		"DescribeTasks": {100, 20, func(ctx context.Context, c *ecs.Client) error {
			_, err := c.DescribeTasks(ctx, &ecs.DescribeTasksInput{Tasks: []string{"t"}})
			return err
		}},
		"UpdateService": {50, 5, func(ctx context.Context, c *ecs.Client) error {
			_, err := c.UpdateService(ctx, &ecs.UpdateServiceInput{Service: aws.String("s")})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &throttle{
					bucket: rate.NewLimiter(rate.Limit(bucket.perSecond), int(bucket.burst)),
					passed: map[string]int{}, refused: map[string]int{},
				}
				ctx, cancel := context.WithTimeout(t.Context(), minutes*time.Minute)
				defer cancel()
				var all sync.WaitGroup
				guard := func(who string, share float64) {
					client := b.client(who, ecsapi.HalfOfBuckets(share, time.Now, ecsapi.Sleep))
					all.Go(func() {
						for ctx.Err() == nil {
							_ = bucket.call(ctx, client)
						}
					})
				}
				guard("scan", ScanShare)
				for n := range product.GateExecutions {
					guard(fmt.Sprint("gate ", n), GateShare)
				}
				all.Go(func() {
					client := b.client("customer")
					for range int(bucket.burst / 2) {
						_ = bucket.call(ctx, client)
					}
					for ecsapi.Sleep(ctx, time.Duration(float64(time.Second)/(bucket.perSecond/2))) == nil {
						_ = bucket.call(ctx, client)
					}
				})
				all.Wait()
				if len(b.refused) > 0 {
					t.Errorf("ECS throttles %v", b.refused)
				}
				if want := minutes * 60 * int(bucket.perSecond) / 2; b.passed["customer"] < want-1 {
					t.Errorf("the customer made %d calls, want %d", b.passed["customer"], want)
				}
				if want := minutes * 60 * bucket.perSecond / 2; float64(b.passed["scan"]+b.passed["gate 0"]+b.passed["gate 1"]) < want*0.9 {
					t.Errorf("the guard made %v calls, far from its half, %v", b.passed, want)
				}
			})
		})
	}
}

package ecsapi

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// endpoint is ECS behind a server, and counts requests.
type endpoint struct {
	*Account
	client   *ecs.Client
	requests atomic.Int32
}

// newEndpoint answers as a test says, by the number of the request.
func newEndpoint(t *testing.T, limit time.Duration, answer func(number int32, w http.ResponseWriter, r *http.Request)) *endpoint {
	t.Helper()
	e := &endpoint{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client leaves
		answer(e.requests.Add(1), w, r)
	}))
	t.Cleanup(server.Close)
	e.client = ecs.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 8,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "a secret of forty characters, as AWS has it"}, nil
		}),
	}, ShortAttempts(limit))
	e.Account = NewAccount(e.client, nil, time.Now)
	return e
}

func hang(r *http.Request) { <-r.Context().Done() }

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_, _ = io.WriteString(w, `{"setting":{"name":"fargateFIPSMode","value":"enabled"}}`)
}

// TestAConnectionThatHangsCostsOneAttempt: the next one is on a new connection.
func TestAConnectionThatHangsCostsOneAttempt(t *testing.T) {
	const limit = 100 * time.Millisecond
	var connections [4]string // of the requests, from the first one on
	e := newEndpoint(t, limit, func(number int32, w http.ResponseWriter, r *http.Request) {
		connections[number%4] = r.RemoteAddr
		if number == 2 {
			hang(r)
			return
		}
		accept(w)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 2 { // the second call finds the connection of the first one, which now hangs
		if o := e.Apply(ctx, turnOn); o.Result != guard.Unconfirmed {
			t.Fatalf("after a connection that hung: %s, %s", o.Result, o.Detail)
		}
	}
	if e.requests.Load() != 3 || connections[2] == connections[3] {
		t.Errorf("%d requests on the connections %v; want a third one on another than the second one's", e.requests.Load(), connections)
	}
}

// TestNoConnectionOfBeforeIsUsedAgain: what hung one connection, such as a
// function that slept, hung the others, too.
func TestNoConnectionOfBeforeIsUsedAgain(t *testing.T) {
	var lock sync.Mutex
	old := map[string]bool{}
	both := make(chan bool)
	e := newEndpoint(t, 100*time.Millisecond, func(number int32, w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		hangs := number > 2 && old[r.RemoteAddr]
		old[r.RemoteAddr] = true
		lock.Unlock()
		switch {
		case hangs:
			hang(r)
			return
		case number == 1:
			<-both
		case number == 2:
			both <- true
		}
		accept(w)
	})
	var calls sync.WaitGroup
	for range 2 {
		calls.Go(func() { e.Apply(t.Context(), turnOn) })
	}
	calls.Wait()
	before := e.requests.Load()
	if o := e.Apply(t.Context(), turnOn); o.Result != guard.Unconfirmed || e.requests.Load()-before > 2 {
		t.Errorf("%s after %d attempts, want the second one on a new connection: %s", o.Result, e.requests.Load()-before, o.Detail)
	}
}

// TestThreeThrottlesCostTenSecondsAtMost, whatever the SDK's dice say; so do
// three answers of the kind 5xx.
func TestThreeThrottlesCostTenSecondsAtMost(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"throttled":    {400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`},
		"server error": {500, `{"__type":"ServerException","message":"Service unavailable"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, AttemptTime, func(number int32, w http.ResponseWriter, _ *http.Request) {
				if number <= 3 {
					w.Header().Set("Content-Type", "application/x-amz-json-1.1")
					w.WriteHeader(answer.status)
					_, _ = io.WriteString(w, answer.body)
					return
				}
				accept(w)
			})
			start := time.Now()
			if o := e.Apply(t.Context(), turnOn); o.Result != guard.Unconfirmed || time.Since(start) > 7*time.Second {
				t.Errorf("%s after %s: %s", o.Result, time.Since(start), o.Detail)
			}
		})
	}
}

// TestWithLittleTimeLeftOneAttemptIsMade.
func TestWithLittleTimeLeftOneAttemptIsMade(t *testing.T) {
	e := newEndpoint(t, AttemptTime, func(_ int32, w http.ResponseWriter, _ *http.Request) { accept(w) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if o := e.Apply(ctx, turnOn); o.Result != guard.Unconfirmed {
		t.Errorf("with a second left: %s, %s", o.Result, o.Detail)
	}
}

// TestACallThatHangsForEverIsGivenUpWithItsTime, and not earlier.
func TestACallThatHangsForEverIsGivenUpWithItsTime(t *testing.T) {
	e := newEndpoint(t, 50*time.Millisecond, func(_ int32, _ http.ResponseWriter, r *http.Request) { hang(r) })
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	if o := e.Apply(ctx, turnOn); o.Result != guard.Failed || ctx.Err() == nil {
		t.Errorf("a call that always hangs: %s, %s; its time is over: %v", o.Result, o.Detail, ctx.Err())
	}
}

// TestAWriteThatNothingShowedToBeNeededIsMarked, where CloudTrail records it:
// the rule that asks for a scan leaves it out.
func TestAWriteThatNothingShowedToBeNeededIsMarked(t *testing.T) {
	var agents []string
	e := newEndpoint(t, AttemptTime, func(_ int32, w http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
		accept(w)
	})
	unseen := turnOn
	unseen.Unseen = true
	e.Apply(t.Context(), unseen)
	e.Apply(t.Context(), turnOn)
	if len(agents) != 2 || !strings.Contains(agents[0], "app/"+product.Unseen) || strings.Contains(agents[1], product.Unseen) {
		t.Errorf("the user agents are %q; want the first one marked", agents)
	}
}

// TestASessionIsNotOpenedTwice: a slow answer to ExecuteCommand is waited for,
// because every attempt may open a session.
func TestASessionIsNotOpenedTwice(t *testing.T) {
	e := newEndpoint(t, 50*time.Millisecond, func(_ int32, w http.ResponseWriter, _ *http.Request) {
		time.Sleep(200 * time.Millisecond)
		accept(w)
	})
	_, err := e.client.ExecuteCommand(t.Context(), &ecs.ExecuteCommandInput{Command: aws.String("cat"), Task: aws.String("task"), Interactive: true})
	if err != nil || e.requests.Load() != 1 {
		t.Errorf("%d sessions were opened, error %v", e.requests.Load(), err)
	}
}

// TestAStormLeavesTheSettingItsRetries: what calls about workloads spent of the
// client's retries is not the setting's.
func TestAStormLeavesTheSettingItsRetries(t *testing.T) {
	var calm atomic.Bool
	var throttled atomic.Int32
	e := newEndpoint(t, AttemptTime, func(_ int32, w http.ResponseWriter, _ *http.Request) {
		if calm.Load() && throttled.Add(1) > 1 {
			accept(w)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"__type":"ThrottlingException","message":"Rate exceeded"}`)
	})
	var storm sync.WaitGroup
	for range 200 { // more than the client's retries are enough for
		storm.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, _ = e.client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("web:1")})
		})
	}
	storm.Wait()
	calm.Store(true)
	if o := e.Apply(t.Context(), turnOn); o.Result != guard.Unconfirmed {
		t.Errorf("after a storm one throttle ends the repair: %s", o.Detail)
	}
}

package localaws

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const settingPattern = `{
	"source": ["aws.ecs"], "detail-type": ["AWS API Call via CloudTrail"],
	"detail": {"eventName": [{"prefix": "PutAccount"}], "errorCode": [{"exists": false}]}
}`

// recorder is a function that keeps the values of the settings in its events,
// and fails as told.
type recorder struct {
	mu     sync.Mutex
	values []string
	fail   func(attempt int) error
}

func (r *recorder) invoke(_ context.Context, data []byte) error {
	var e struct {
		Detail struct {
			RequestParameters struct{ Value string }
		}
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values = append(r.values, e.Detail.RequestParameters.Value)
	if r.fail == nil {
		return nil
	}
	return r.fail(len(r.values))
}

func (r *recorder) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.values)
}

func attach(t *testing.T, a *Account, region string, invoke func(context.Context, []byte) error) {
	t.Helper()
	if err := a.Attach(Rule{Name: "settings", Region: region, Pattern: settingPattern, Invoke: invoke}); err != nil {
		t.Fatal(err)
	}
}

func TestRulesOfTheRegionGetMatchingEvents(t *testing.T) {
	a := start(t, Options{Concurrency: 1})
	all := Everyone()
	var here, there recorder
	attach(t, a, west, here.invoke)
	attach(t, a, east, there.invoke)
	admin := ecsOf(a, all.Admin, west)
	if err := putDefault(t, admin, "enabled"); err != nil {
		t.Fatal(err)
	}
	if err := putOwn(t, admin, "disabled", ""); err != nil {
		t.Fatal(err)
	}
	if err := putOwn(t, admin, "off", all.Application.ARN); err == nil {
		t.Fatal("another's override was set")
	}
	if err := deleteSetting(t, admin, ""); err != nil {
		t.Fatal(err)
	}
	drain(t, a)
	if diff := cmp.Diff([]string{"enabled", "disabled"}, here.got()); diff != "" {
		t.Errorf("events that match and did not fail, in order (-want +got):\n%s", diff)
	}
	if got := there.got(); len(got) != 0 {
		t.Errorf("a rule of another Region got %v", got)
	}
	if got := len(a.Events()); got != 4 {
		t.Errorf("EventBridge got %d events, want one for each write", got)
	}
	var envelope map[string]any
	if err := json.Unmarshal(a.Events()[0], &envelope); err != nil {
		t.Fatal(err)
	}
	if id, _ := envelope["id"].(string); len(id) != 36 {
		t.Errorf("the envelope's id %q is no UUID", id)
	}
	delete(envelope, "id")
	delete(envelope, "detail")
	want := map[string]any{
		"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ecs", "account": AccountID,
		"time": "2026-11-02T12:00:00Z", "region": west, "resources": []any{},
	}
	if diff := cmp.Diff(want, envelope); diff != "" {
		t.Errorf("envelope (-want +got):\n%s", diff)
	}
}

func TestFailedInvocationsAreRetriedTwiceThenDead(t *testing.T) {
	cases := []struct {
		failures, attempts, dead int
	}{{0, 1, 0}, {2, 3, 0}, {3, 3, 1}}
	for _, c := range cases {
		a := start(t, Options{})
		r := &recorder{fail: func(attempt int) error {
			if attempt <= c.failures {
				return errors.New("not repaired")
			}
			return nil
		}}
		attach(t, a, west, r.invoke)
		if err := putDefault(t, ecsOf(a, Everyone().Admin, west), "enabled"); err != nil {
			t.Fatal(err)
		}
		drain(t, a)
		if got := len(r.got()); got != c.attempts {
			t.Errorf("a function that fails %d times was invoked %d times, want %d", c.failures, got, c.attempts)
		}
		dead := a.DeadLetters()
		if len(dead) != c.dead {
			t.Errorf("a function that fails %d times leaves %d dead letters, want %d", c.failures, len(dead), c.dead)
		}
		for _, d := range dead {
			if d.Rule != "settings" || d.Attempts != 3 || d.Err.Error() != "not repaired" || !strings.Contains(string(d.Event), "PutAccountSettingDefault") {
				t.Errorf("dead letter %+v", d)
			}
		}
	}
}

func TestFaultsOnEvents(t *testing.T) {
	cases := []struct {
		effect Effect
		want   []string
	}{
		{LoseEvent, []string{"off", "on"}},
		{DuplicateEvent, []string{"disabled", "disabled", "off", "on"}},
		{ReorderEvent, []string{"off", "disabled", "on"}},
		{DelayEvent, []string{"disabled", "off", "on"}},
	}
	for _, c := range cases {
		a := start(t, Options{Concurrency: 1})
		var r recorder
		attach(t, a, west, r.invoke)
		a.Inject(Fault{Operation: "PutAccountSettingDefault", Times: 1, Effect: c.effect, Latency: time.Millisecond})
		for _, value := range []string{"disabled", "off", "on"} {
			if err := putDefault(t, ecsOf(a, Everyone().Admin, west), value); err != nil {
				t.Fatalf("%s: the call failed: %v", c.effect, err)
			}
		}
		drain(t, a)
		if diff := cmp.Diff(c.want, r.got()); diff != "" {
			t.Errorf("%s: delivered (-want +got):\n%s", c.effect, diff)
		}
	}
}

func TestHeldEventIsDeliveredOnDrain(t *testing.T) {
	a := start(t, Options{})
	var r recorder
	attach(t, a, west, r.invoke)
	a.Inject(Fault{Effect: ReorderEvent})
	if err := putDefault(t, ecsOf(a, Everyone().Admin, west), "disabled"); err != nil {
		t.Fatal(err)
	}
	drain(t, a)
	if diff := cmp.Diff([]string{"disabled"}, r.got()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

// TestDrainWaitsForWhatAnswersCause: a function that repairs causes an event
// of its own.
func TestDrainWaitsForWhatAnswersCause(t *testing.T) {
	a := start(t, Options{})
	guard := ecsOf(a, Everyone().Guard, west)
	var mu sync.Mutex
	invoked := 0
	attach(t, a, west, func(_ context.Context, data []byte) error {
		mu.Lock()
		invoked++
		mu.Unlock()
		if strings.Contains(string(data), `"disabled"`) {
			return putDefault(t, guard, "enabled")
		}
		return nil
	})
	if err := putDefault(t, ecsOf(a, Everyone().Admin, west), "disabled"); err != nil {
		t.Fatal(err)
	}
	drain(t, a)
	if invoked != 2 {
		t.Errorf("after Drain the function was invoked %d times, want for the violation and for the repair", invoked)
	}
	if got := listed(t, guard, true); !strings.HasPrefix(got, "enabled") {
		t.Errorf("after Drain the setting is %s", got)
	}
}

func TestCloseEndsInvocations(t *testing.T) {
	a := start(t, Options{})
	began := make(chan struct{})
	attach(t, a, west, func(ctx context.Context, _ []byte) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})
	if err := putDefault(t, ecsOf(a, Everyone().Admin, west), "disabled"); err != nil {
		t.Fatal(err)
	}
	<-began
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Drain(t.Context()); err == nil {
		t.Error("Drain says that all was delivered, but the account was closed before")
	}
}

func TestRulesRefused(t *testing.T) {
	a := New(Options{})
	for name, r := range map[string]Rule{
		"a Region that the account is not in": {Region: "us-east-1", Pattern: settingPattern},
		"a pattern that is not JSON":          {Region: west, Pattern: `{`},
		"a pattern without lists":             {Region: west, Pattern: `{"source":"aws.ecs"}`},
	} {
		if err := a.Attach(r); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestManyCallersAtOnce is for the race detector, and counts that nothing is
// lost.
func TestManyCallersAtOnce(t *testing.T) {
	observed := 0
	a := start(t, Options{Observe: func(h Happening) {
		if h.Delivery != nil {
			observed++
		}
	}})
	var r recorder
	attach(t, a, west, r.invoke)
	var wg sync.WaitGroup
	for _, p := range []Principal{Everyone().Admin, Everyone().Application, Everyone().Terraform} {
		wg.Go(func() {
			client := ecsOf(a, p, west)
			for range 20 {
				if err := putDefault(t, client, "enabled"); err != nil {
					t.Errorf("%s: %v", p.CallerARN(), err)
				}
				listed(t, client, true)
				a.Inject(Fault{Operation: "nothing", Times: 1, Effect: Throttle})()
				a.Calls()
				a.Records()
			}
		})
	}
	wg.Wait()
	drain(t, a)
	if got := len(r.got()); got != 60 {
		t.Errorf("%d events were delivered, want 60", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if observed != 60 {
		t.Errorf("%d deliveries were observed, want 60", observed)
	}
}

package eventbridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func TestRulesOfTheRegionGetMatchingEvents(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Concurrency: 1})
	all := localaws.Everyone()
	var here, there localtest.Recorder
	localtest.Attach(t, a, localtest.West, here.Invoke)
	localtest.Attach(t, a, localtest.East, there.Invoke)
	admin := localtest.ECS(a, all.Admin, localtest.West)
	if err := localtest.PutDefault(t, admin, "enabled"); err != nil {
		t.Fatal(err)
	}
	if err := localtest.PutOwn(t, admin, "disabled", ""); err != nil {
		t.Fatal(err)
	}
	if err := localtest.PutOwn(t, admin, "off", all.Application.ARN); err == nil {
		t.Fatal("another's override was set")
	}
	if err := localtest.DeleteSetting(t, admin, ""); err != nil {
		t.Fatal(err)
	}
	localtest.Drain(t, a)
	if diff := cmp.Diff([]string{"enabled", "disabled"}, here.Got()); diff != "" {
		t.Errorf("events that match and did not fail, in order (-want +got):\n%s", diff)
	}
	if got := there.Got(); len(got) != 0 {
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
		"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ecs", "account": localaws.AccountID,
		"time": "2026-11-02T12:00:00Z", "region": localtest.West, "resources": []any{},
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
		a := localtest.Start(t, localaws.Options{})
		r := &localtest.Recorder{Fail: func(attempt int) error {
			if attempt <= c.failures {
				return errors.New("not repaired")
			}
			return nil
		}}
		localtest.Attach(t, a, localtest.West, r.Invoke)
		if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "enabled"); err != nil {
			t.Fatal(err)
		}
		localtest.Drain(t, a)
		if got := len(r.Got()); got != c.attempts {
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
		effect localaws.Effect
		want   []string
	}{
		{localaws.LoseEvent, []string{"off", "on"}},
		{localaws.DuplicateEvent, []string{"disabled", "disabled", "off", "on"}},
		{localaws.ReorderEvent, []string{"off", "disabled", "on"}},
		{localaws.DelayEvent, []string{"disabled", "off", "on"}},
	}
	for _, c := range cases {
		a := localtest.Start(t, localaws.Options{Concurrency: 1})
		var r localtest.Recorder
		localtest.Attach(t, a, localtest.West, r.Invoke)
		a.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Times: 1, Effect: c.effect, Latency: time.Millisecond})
		for _, value := range []string{"disabled", "off", "on"} {
			if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), value); err != nil {
				t.Fatalf("%s: the call failed: %v", c.effect, err)
			}
		}
		localtest.Drain(t, a)
		if diff := cmp.Diff(c.want, r.Got()); diff != "" {
			t.Errorf("%s: delivered (-want +got):\n%s", c.effect, diff)
		}
	}
}

func TestHeldEventIsDeliveredOnDrain(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	var r localtest.Recorder
	localtest.Attach(t, a, localtest.West, r.Invoke)
	a.Inject(localaws.Fault{Effect: localaws.ReorderEvent})
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "disabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Drain(t, a)
	if diff := cmp.Diff([]string{"disabled"}, r.Got()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

// TestDrainWaitsForWhatAnswersCause: a function that repairs causes an event
// of its own.
func TestDrainWaitsForWhatAnswersCause(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	guard := localtest.ECS(a, localaws.Everyone().Guard, localtest.West)
	var mu sync.Mutex
	invoked := 0
	localtest.Attach(t, a, localtest.West, func(_ context.Context, data []byte) error {
		mu.Lock()
		invoked++
		mu.Unlock()
		if strings.Contains(string(data), `"disabled"`) {
			return localtest.PutDefault(t, guard, "enabled")
		}
		return nil
	})
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "disabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Drain(t, a)
	if invoked != 2 {
		t.Errorf("after Drain the function was invoked %d times, want for the violation and for the repair", invoked)
	}
	if got := localtest.Listed(t, guard, true); !strings.HasPrefix(got, "enabled") {
		t.Errorf("after Drain the setting is %s", got)
	}
}

func TestCloseEndsInvocations(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	began := make(chan struct{})
	localtest.Attach(t, a, localtest.West, func(ctx context.Context, _ []byte) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "disabled"); err != nil {
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
	a := localaws.New(localaws.Options{})
	for name, r := range map[string]localaws.Rule{
		"a Region that the account is not in": {Region: "us-east-1", Pattern: localtest.SettingPattern},
		"a pattern that is not JSON":          {Region: localtest.West, Pattern: `{`},
		"a pattern without lists":             {Region: localtest.West, Pattern: `{"source":"aws.ecs"}`},
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
	a := localtest.Start(t, localaws.Options{Observe: func(h localaws.Activity) {
		if h.Delivery != nil {
			observed++
		}
	}})
	var r localtest.Recorder
	localtest.Attach(t, a, localtest.West, r.Invoke)
	var wg sync.WaitGroup
	for _, p := range []localaws.Principal{localaws.Everyone().Admin, localaws.Everyone().Application, localaws.Everyone().Terraform} {
		wg.Go(func() {
			client := localtest.ECS(a, p, localtest.West)
			for range 20 {
				if err := localtest.PutDefault(t, client, "enabled"); err != nil {
					t.Errorf("%s: %v", p.CallerARN(), err)
				}
				localtest.Listed(t, client, true)
				a.Inject(localaws.Fault{Operation: "nothing", Times: 1, Effect: localaws.Throttle})()
				a.Calls()
				a.Records()
			}
		})
	}
	wg.Wait()
	localtest.Drain(t, a)
	if got := len(r.Got()); got != 60 {
		t.Errorf("%d events were delivered, want 60", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if observed != 60 {
		t.Errorf("%d deliveries were observed, want 60", observed)
	}
}

// TestAnExcludedWildcard excludes what it matches, and what has no such member.
func TestAnExcludedWildcard(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Concurrency: 1})
	var got []string
	err := a.Attach(localaws.Rule{
		Name: "not-the-cli", Region: localtest.West,
		Pattern: `{"detail":{"eventName":["PutAccountSettingDefault"],"userAgent":[{"anything-but":{"wildcard":"*app/cli*"}}],"requestParameters":{"name":[{"anything-but":{"wildcard":"task*"}}]}}}`,
		Invoke: func(_ context.Context, event []byte) error {
			var e struct {
				Detail struct {
					UserAgent         string
					RequestParameters struct{ Value string }
				}
			}
			err := json.Unmarshal(event, &e)
			got = append(got, e.Detail.RequestParameters.Value)
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	for _, c := range []struct{ app, name, value string }{
		{"", "fargateFIPSMode", "enabled"}, {"cli", "fargateFIPSMode", "disabled"}, {"client", "fargateFIPSMode", "off"}, {"other", "fargateFIPSMode", "on"}, {"", "taskLongArnFormat", "enabled"},
	} {
		_, err := client.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: types.SettingName(c.name), Value: &c.value}, func(o *ecs.Options) { o.AppID = c.app })
		if err != nil {
			t.Fatal(err)
		}
	}
	localtest.Drain(t, a)
	if diff := cmp.Diff([]string{"enabled", "on"}, got); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

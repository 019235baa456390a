package localtest

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"fipsguard/internal/localaws"
)

// SettingPattern matches the calls that set a setting and did not fail.
const SettingPattern = `{
	"source": ["aws.ecs"], "detail-type": ["AWS API Call via CloudTrail"],
	"detail": {"eventName": [{"prefix": "PutAccount"}], "errorCode": [{"exists": false}]}
}`

// Attach adds a rule "settings" to a Region.
func Attach(t *testing.T, a *localaws.Account, region string, invoke func(context.Context, []byte) error) {
	t.Helper()
	if err := a.Attach(localaws.Rule{Name: "settings", Region: region, Pattern: SettingPattern, Invoke: invoke}); err != nil {
		t.Fatal(err)
	}
}

// Ignore is a function that does nothing.
func Ignore(context.Context, []byte) error { return nil }

// Recorder is a function that keeps the values of the settings in its events,
// and fails when Fail says so.
type Recorder struct {
	Fail func(attempt int) error

	mu     sync.Mutex
	values []string
}

// Invoke takes an event.
func (r *Recorder) Invoke(_ context.Context, data []byte) error {
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
	if r.Fail == nil {
		return nil
	}
	return r.Fail(len(r.values))
}

// Got are the values so far.
func (r *Recorder) Got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.values)
}

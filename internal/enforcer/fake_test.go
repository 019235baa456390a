package enforcer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/metric"
)

var (
	location = guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}
	now      = time.Date(2026, 11, 2, 10, 15, 32, 0, time.UTC)
)

// accountWith is an empty one whose FIPS mode is as it is said to be.
func accountWith(mode guard.Mode, faults map[string]guardtest.Fault) *guardtest.Account {
	a := guardtest.New(now)
	a.Default = mode
	maps.Copy(a.Faults, faults)
	return a
}

// joined is longer than alerts that say the same are joined: what does not go
// out after it was reported before.
const joined = 16 * time.Minute

var errBroken = errors.New("connection reset")

// inbox is where alerts arrive.
type inbox struct {
	mu     sync.Mutex
	alerts []received
	broken bool
}

// received is an alert as a machine reads it.
type received struct {
	whole    string // all that was sent
	Status   guard.Verdict
	Severity guard.Severity
	Event    struct{ Actor struct{ Name string } }
	Findings []struct {
		Rule     guard.RuleID
		Severity guard.Severity
	}
	Outcomes []struct{ Result guard.Result }
	Joined   struct{ Count int }
}

func (i *inbox) Publish(_ context.Context, m alert.Message) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.broken {
		return errBroken
	}
	in := received{whole: fmt.Sprint(m.Subject, m.Text, string(m.JSON), m.Attributes)}
	if err := json.Unmarshal(m.JSON, &in); err != nil {
		return err
	}
	i.alerts = append(i.alerts, in)
	return nil
}

// newGuard is an enforcer on a fake account, with what it logs and counts.
func newGuard(account *guardtest.Account) (*Enforcer, *inbox, *bytes.Buffer) {
	in, out := &inbox{}, &bytes.Buffer{}
	e := &Enforcer{
		Account:  account,
		Notifier: in,
		Policy:   guard.DefaultPolicy(),
		Log:      slog.New(slog.NewJSONHandler(out, nil)),
		Metrics:  metric.NewWriter(out),
		Now:      account.Now,
	}
	e.Workloads = func(context.Context) guard.Held { return guard.Held{Policy: e.Policy, Version: 1} }
	return e, in, out
}

// refuse has the policy document refused.
func refuse(e *Enforcer) {
	e.Workloads = func(context.Context) guard.Held {
		return guard.Held{Policy: e.Policy, Faults: []string{"line 1, column 2: unknown key \"modes\""}}
	}
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../trail/testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// happened moves an event to another time, by which it is another one.
func happened(event []byte, at time.Time) []byte {
	event = bytes.ReplaceAll(event, []byte("2026-11-02T10:15:30Z"), []byte(at.UTC().Format(time.RFC3339)))
	return bytes.ReplaceAll(event, []byte("00000000-0000-4000-8000-000000000001"), fmt.Appendf(nil, "00000000-0000-4000-8000-%012d", at.Unix()))
}

package enforcer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
)

const (
	accountID = "111122223333"
	region    = "us-gov-west-1"
)

var location = guard.Location{Account: accountID, Region: region}

// fakeAccount is one account as a few maps: decisions are tested against it,
// the wire against the local account.
type fakeAccount struct {
	mu          sync.Mutex
	def         guard.Mode
	overrides   map[string]guard.Mode
	definitions map[string]guard.TaskDefinition
	tasks       map[string]guard.Task
	services    map[string]guard.Service
	refuse      bool  // AWS refuses every write
	broken      bool  // AWS answers no write, and makes none
	blind       error // AWS answers no read
	calls       []string
}

var errBroken = errors.New("connection reset")

func (f *fakeAccount) Apply(_ context.Context, action guard.Remediation) guard.Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, action.Call.API())
	outcome := guard.Outcome{Remediation: action, Result: guard.Done, Detail: "done"}
	switch {
	case f.refuse:
		outcome.Result, outcome.Detail = guard.RefusedByAWS, "AWS answered AccessDeniedException"
		return outcome
	case f.broken:
		outcome.Result, outcome.Detail = guard.Failed, errBroken.Error()
		return outcome
	}
	switch call := action.Call.(type) {
	case guard.PutAccountSettingDefault:
		f.def = guard.ParseMode(call.Value)
		outcome.Result = guard.Unconfirmed
	case guard.PutAccountSetting:
		f.overrides[call.PrincipalARN] = guard.ParseMode(call.Value)
	case guard.DeregisterTaskDefinition:
		d := f.definitions[call.TaskDefinition]
		d.Inactive = true
		f.definitions[call.TaskDefinition] = d
	case guard.StopTask:
		t := f.tasks[call.Task]
		t.DesiredStatus = "STOPPED"
		f.tasks[call.Task] = t
	case guard.RollBackService:
		s := f.services[call.Service]
		s.Definition = f.definitions[call.TaskDefinition]
		f.services[call.Service] = s
	case guard.ScaleServiceToZero:
		s := f.services[call.Service]
		s.DesiredCount = 0
		f.services[call.Service] = s
	}
	return outcome
}

func (f *fakeAccount) ObserveSetting(_ context.Context, account, region string) ([]guard.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "ecs:ListAccountSettings")
	s := guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount, Mode: f.def}
	if f.blind != nil {
		s.Mode, s.Unknown = guard.ModeUnknown, "ECS did not answer"
	}
	return []guard.State{s}, f.blind
}

func (f *fakeAccount) ObserveTaskDefinition(_ context.Context, d guard.TaskDefinition) (guard.TaskDefinition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "ecs:DescribeTaskDefinition")
	if f.blind != nil {
		return d, f.blind
	}
	for _, arn := range slices.Backward(slices.Sorted(maps.Keys(f.definitions))) {
		known := f.definitions[arn]
		if arn == d.ARN || d.ARN == "" && known.Family == d.Family && !known.Inactive {
			return known, nil
		}
	}
	return d, fmt.Errorf("no task definition %s", d.Subject())
}

func (f *fakeAccount) WithDefinition(_ context.Context, t guard.Task) (guard.Task, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blind != nil {
		return t, f.blind
	}
	t.Platform = f.definitions[t.Definition].Platform
	return t, nil
}

func (f *fakeAccount) ObserveTask(ctx context.Context, t guard.Task) (guard.Task, error) {
	f.mu.Lock()
	f.calls = append(f.calls, "ecs:DescribeTasks")
	observed, ok := f.tasks[t.ARN]
	blind := f.blind
	f.mu.Unlock()
	if blind != nil || !ok {
		return t, errors.Join(blind, fmt.Errorf("no task %s", t.ARN))
	}
	return f.WithDefinition(ctx, observed)
}

func (f *fakeAccount) ObserveService(_ context.Context, s guard.Service) ([]guard.Service, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "ecs:DescribeServices")
	if f.blind != nil {
		return []guard.Service{s}, f.blind
	}
	for _, known := range f.services {
		if known.ARN == s.ARN || known.Name == s.Name && s.ARN == "" {
			return []guard.Service{known}, nil
		}
	}
	return nil, nil
}

func (f *fakeAccount) ObserveRemedy(_ context.Context, s guard.Service, remedy guard.ServiceRemedy) (guard.Service, error) {
	if remedy != guard.RollBack {
		return s, nil
	}
	for arn, d := range f.definitions {
		if guard.Worst(guard.Check(d)) == guard.Compliant && !d.Inactive {
			s.Replacement = arn
		}
	}
	return s, nil
}

// inbox is where alerts arrive.
type inbox struct {
	mu      sync.Mutex
	reports []guard.Report
	broken  bool
}

func (i *inbox) Notify(_ context.Context, r guard.Report, _ time.Time) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.broken {
		return false, errBroken
	}
	i.reports = append(i.reports, r)
	return true, nil
}

// newGuard is an enforcer on a fake account, with what it logs and counts.
func newGuard(account *fakeAccount) (*Enforcer, *inbox, *bytes.Buffer) {
	if account.overrides == nil {
		account.overrides = map[string]guard.Mode{}
	}
	in, out := &inbox{}, &bytes.Buffer{}
	return &Enforcer{
		Account:  account,
		Notifier: in,
		Policy:   guard.DefaultPolicy(),
		Log:      slog.New(slog.NewJSONHandler(out, nil)),
		Metrics:  metric.NewWriter(out),
		Now:      func() time.Time { return time.Date(2026, 11, 2, 10, 15, 32, 0, time.UTC) },
	}, in, out
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../trail/testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

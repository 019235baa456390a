package enforcer

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"sync"
	"testing"
	"time"

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

var errBroken = errors.New("connection reset")

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
func newGuard(account *guardtest.Account) (*Enforcer, *inbox, *bytes.Buffer) {
	in, out := &inbox{}, &bytes.Buffer{}
	return &Enforcer{
		Account:  account,
		Notifier: in,
		Policy:   guard.DefaultPolicy(),
		Log:      slog.New(slog.NewJSONHandler(out, nil)),
		Metrics:  metric.NewWriter(out),
		Now:      account.Now,
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

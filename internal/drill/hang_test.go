package drill_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
)

// silent is an account without workloads. Once FIPS mode is off, nothing that is
// read of it answers.
type silent struct {
	drill.Account
	off, on time.Time // when the drill turned FIPS mode off and on
}

// hang answers until FIPS mode is off, and again when it is on.
func (s *silent) hang(ctx context.Context) error {
	if s.off.IsZero() || !s.on.IsZero() {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *silent) Modes(ctx context.Context) (guard.Mode, *guard.Mode, error) {
	return guard.ModeOn, nil, s.hang(ctx)
}

func (s *silent) PutDefault(_ context.Context, value string) error {
	switch {
	case value == "disabled":
		s.off = time.Now()
	case !s.off.IsZero():
		s.on = time.Now()
	}
	return nil
}

func (s *silent) Alerts(ctx context.Context) ([]drill.Alert, error) { return nil, s.hang(ctx) }
func (s *silent) Filtered(context.Context) (int, error)             { return 0, nil }
func (s *silent) Clusters(context.Context) ([]string, error)        { return nil, nil }
func (s *silent) Waiting(context.Context) (int, int, error)         { return 0, 0, nil }
func (s *silent) PutOwn(context.Context, string) error              { return errors.New("refused") }
func (s *silent) Revisions(context.Context, string, string) ([]string, error) {
	return nil, nil
}

func (s *silent) Register(context.Context, string, string) (string, error) {
	return "", errors.New("refused")
}

// Components hang whenever FIPS mode is off.
func (s *silent) Components(ctx context.Context) []guard.Component {
	if s.hang(ctx) != nil {
		return nil
	}
	return []guard.Component{{Rule: guard.GuardEvents, Name: "EventBridge rule fipsguard-settings"}}
}

func (s *silent) Recorded(ctx context.Context, _ time.Time) ([]drill.Record, error) {
	return nil, s.hang(ctx)
}

func (s *silent) Canaries(context.Context, time.Time) ([]guard.Canary, string) {
	return nil, "it is not asked"
}

// TestOffForAMinuteWhateverHangs: no reading keeps FIPS mode off for longer than
// the drill said, neither one of the effect nor one of what is broken.
func TestOffForAMinuteWhateverHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := &silent{}
		d := drill.Drill{
			Account: account, Options: drill.Options{Exposure: true}, Now: time.Now, Progress: func(string) {},
			Sleep: func(_ context.Context, d time.Duration) error { time.Sleep(d); return nil },
		}
		out, err := d.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last := out.Steps[len(out.Steps)-1]
		if last.ID != drill.DefaultStep || last.Result != drill.Missing || len(out.Errors) == 0 {
			t.Errorf("step %s: %s, errors %v", last.ID, last.Result, out.Errors)
		}
		if off := account.on.Sub(account.off); account.off.IsZero() || off <= 0 || off > time.Minute {
			t.Errorf("FIPS mode was off for %s", off)
		}
	})
}

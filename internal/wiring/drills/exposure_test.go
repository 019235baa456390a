package drills_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation"
	"fipsguard/internal/trail"
)

// turnedOff is how often the drill turned the account default off.
func turnedOff(a *simulation.Account) int {
	n := 0
	for _, c := range a.AWS.Calls() {
		if c.Principal.AccessKeyID == a.People.Drill.AccessKeyID && strings.HasSuffix(c.Operation, ":PutAccountSettingDefault") && strings.Contains(string(c.Parameters), "disabled") {
			n++
		}
	}
	return n
}

// deaf takes the guard's ears: the rule of the setting, and the check of each
// minute.
func deaf(t *testing.T, a *simulation.Account) {
	t.Helper()
	for _, rule := range []string{product.Prefix + trail.Settings, product.Prefix + "check-setting"} {
		if err := a.AWS.DisableRule(simulation.Region, rule); err != nil {
			t.Fatal(err)
		}
	}
}

func stepOf(t *testing.T, out drill.Outcome, id drill.StepID) drill.StepResult {
	t.Helper()
	for _, s := range out.Steps {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("there is no step %s", id)
	return drill.StepResult{}
}

// TestOffForAMinuteAtMost: a guard that does nothing about it leaves FIPS mode off
// for no longer than the drill said.
func TestOffForAMinuteAtMost(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	deaf(t, a)
	a.AWS.Deny(a.People.Drill, "cloudtrail:LookupEvents") // for which a drill waits before it cleans up
	began := a.AWS.Now()
	out := run(t, a, drill.Options{Exposure: true})
	s := stepOf(t, out, drill.DefaultStep)
	if s.Result != drill.Missing || len(s.Broken) == 0 || !a.Shown().FIPS || turnedOff(a) != 1 {
		t.Errorf("%s, broken %q, FIPS mode is on: %t, turned off %d times", s.Result, s.Broken, a.Shown().FIPS, turnedOff(a))
	}
	var off, on time.Time
	for _, c := range a.AWS.Calls() {
		switch {
		case c.Time.Before(began) || !strings.HasSuffix(c.Operation, ":PutAccountSettingDefault"):
		case strings.Contains(string(c.Parameters), "disabled"):
			off = c.Time
		case !off.IsZero() && on.IsZero():
			on = c.Time
		}
	}
	if off.IsZero() || on.Sub(off) > 65*time.Second {
		t.Errorf("FIPS mode was off for %s", on.Sub(off))
	}
}

// TestInterruptedWhileOff: Ctrl-C turns FIPS mode on and cleans up.
func TestInterruptedWhileOff(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	before := state(t, a)
	deaf(t, a)
	d, err := prepared(t, a, &network{}, drill.Options{Exposure: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	d.Sleep = func(ctx context.Context, pause time.Duration) error {
		if !a.Shown().FIPS {
			interrupt()
		}
		return a.AWS.Advance(context.WithoutCancel(ctx), pause)
	}
	out, err := d.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if s := stepOf(t, out, drill.DefaultStep); s.Result != drill.Interrupted || turnedOff(a) != 1 || len(out.Left) > 0 {
		t.Errorf("%s (%s), turned off %d times, left %q", s.Result, s.Why, turnedOff(a), out.Left)
	}
	forget(t, a)
	if after := state(t, a); after != before {
		t.Errorf("the account is not as it was, but\n%s", after)
	}
}

// TestInterruptedAtOnce: after Ctrl-C no further step is taken, or said to be.
func TestInterruptedAtOnce(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	d, err := prepared(t, a, &network{}, all())
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	d.Sleep = func(context.Context, time.Duration) error {
		interrupt()
		return ctx.Err()
	}
	d.Progress = func(what string) {
		if _, _, step := strings.Cut(what, ": "); step && ctx.Err() != nil {
			t.Errorf("after Ctrl-C it says %q", what)
		}
	}
	out, err := d.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range out.Steps {
		if s.Result != drill.Interrupted || s.ID != drill.DefinitionStep && !s.Violated.IsZero() {
			t.Errorf("%s: %s, violated at %s", s.ID, s.Result, s.Violated)
		}
	}
}

// TestNeverOff: the account default stays on where something runs or is about to,
// and where the guard would not turn it on again.
func TestNeverOff(t *testing.T) {
	audited := guard.DefaultPolicy()
	audited.Modes[guard.FIPSModeDefault] = guard.Audit
	for name, c := range map[string]struct {
		policy guard.Policy
		does   []string
		why    string
	}{
		"a task runs":           {guard.DefaultPolicy(), []string{"The pipeline registers the task definition web.", "The pipeline runs a task of web.", "Five minutes pass."}, "Fargate task"},
		"a task is starting":    {guard.DefaultPolicy(), []string{"The pipeline registers the task definition web.", "The pipeline runs a task of web."}, "Fargate task"},
		"a service wants tasks": {guard.DefaultPolicy(), []string{"The pipeline registers the task definition web.", "The pipeline creates the service web with two tasks and ECS Exec."}, "of cluster default"},
		"the guard only audits": {audited, []string{"The administrator turns the account default on."}, "could not turn FIPS mode on again"},
	} {
		t.Run(name, func(t *testing.T) {
			a := deployed(t, c.policy)
			if err := a.Do(t.Context(), c.does...); err != nil {
				t.Fatal(err)
			}
			s := stepOf(t, run(t, a, drill.Options{Exposure: true}), drill.DefaultStep)
			if s.Result != drill.NotRun || !strings.Contains(s.Why, c.why) || turnedOff(a) != 0 {
				t.Errorf("%s: %s; turned off %d times", s.Result, s.Why, turnedOff(a))
			}
		})
	}
}

// TestRefusedDrills: nothing is changed where a drill would say nothing.
func TestRefusedDrills(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*testing.T, *simulation.Account)
		why    string
	}{
		"the guard is not deployed": {func(t *testing.T, a *simulation.Account) {
			t.Helper()
			for _, p := range trail.Patterns() {
				if err := a.AWS.DeleteRule(simulation.Region, product.Prefix+p.Name); err != nil {
					t.Fatal(err)
				}
			}
		}, "the guard is not deployed"},
		"FIPS mode is off": {func(t *testing.T, a *simulation.Account) {
			t.Helper()
			deaf(t, a)
			if err := a.Do(t.Context(), "The administrator turns the account default off."); err != nil {
				t.Fatal(err)
			}
		}, "FIPS mode is not on"},
		"a drill ran a moment ago": {func(t *testing.T, a *simulation.Account) {
			t.Helper()
			run(t, a, drill.Options{})
		}, "a drill ran less than 15 minutes ago"},
	} {
		t.Run(name, func(t *testing.T) {
			a := deployed(t, guard.DefaultPolicy())
			c.before(t, a)
			before := len(a.AWS.Records())
			d, err := prepared(t, a, &network{}, all())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("the drill ends with %v", err)
			}
			for _, r := range a.AWS.Records()[before:] {
				if !r.ReadOnly {
					t.Errorf("it called %s", r.EventName)
				}
			}
		})
	}
}

// TestAuditedGuard: what policy leaves to people counts as seen.
func TestAuditedGuard(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy().Audited())
	if err := a.Do(t.Context(), "The administrator turns the account default on."); err != nil {
		t.Fatal(err)
	}
	out := run(t, a, drill.Options{Launch: true, Cluster: "default", Subnets: []string{"subnet-0a"}})
	for _, s := range out.Steps {
		if want := map[bool]drill.Result{true: drill.NotRun, false: drill.HandedOver}[s.ID == drill.CanaryStep]; s.Result != want {
			t.Errorf("%s: %s (%s), want %s", s.ID, s.Result, s.Why, want)
		}
	}
}

// TestCleanTurnsFIPSModeOn, whatever the guard does, also where the role's own
// override hides the account default.
func TestCleanTurnsFIPSModeOn(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		a := deployed(t, guard.DefaultPolicy())
		before := state(t, a)
		deaf(t, a)
		d, err := prepared(t, a, &network{}, all())
		if err != nil {
			t.Fatal(err)
		}
		if hidden {
			err = d.Account.PutOwn(t.Context(), "disabled")
		}
		if err := errors.Join(err, d.Account.PutDefault(t.Context(), "disabled")); err != nil {
			t.Fatal(err)
		}
		cleaned := d.Clean(t.Context(), true)
		if after := state(t, a); after != before || len(cleaned.Left) > 0 {
			t.Errorf("behind an override: %t, left %q:\n%s", hidden, cleaned.Left, after)
		}
	}
}

// TestCleanSaysOnlyWhatItRead of FIPS mode, where it may not turn it on.
func TestCleanSaysOnlyWhatItRead(t *testing.T) {
	for denied, want := range map[string]string{
		"":                        "turn on FIPS mode, WHICH IS OFF: AccessDeniedException",
		"ecs:ListAccountSettings": "turn on FIPS mode, WHICH MAY BE OFF and could not be read: AccessDeniedException",
	} {
		a := deployed(t, guard.DefaultPolicy())
		deaf(t, a)
		d, err := prepared(t, a, &network{}, all())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Account.PutDefault(t.Context(), "disabled"); err != nil {
			t.Fatal(err)
		}
		a.AWS.Deny(a.People.Drill, "ecs:PutAccountSettingDefault", denied)
		if left := strings.Join(d.Clean(t.Context(), true).Left, "\n"); !strings.Contains(left, want) {
			t.Errorf("what is left is\n%s\nwant %q", left, want)
		}
	}
}

// TestATaskThatRuns is one that the guard did not stop.
func TestATaskThatRuns(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	a.AWS.Deny(a.People.Guard, "ecs:StopTask")
	before := state(t, a)
	o := drill.Options{Launch: true, Cluster: "default", Subnets: []string{"subnet-0a"}}
	out := run(t, a, o)
	s := stepOf(t, out, drill.OldLaunchStep)
	if s.Result != drill.Missing || s.Why != "the task reached RUNNING" || len(s.Broken) == 0 || !strings.HasPrefix(s.Broken[0], "permission: the guard received the event and called ecs:StopTask") {
		t.Errorf("%s, %s, broken %q", s.Result, s.Why, s.Broken)
	}
	forget(t, a)
	if after := state(t, a); after != before {
		t.Errorf("the account is not as it was, but\n%s", after)
	}
}

// TestCallsOutsideThePlan are not made.
func TestCallsOutsideThePlan(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	d, err := prepared(t, a, &network{}, drill.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Account.PutDefault(t.Context(), "disabled"); err == nil || !strings.Contains(err.Error(), "ecs:PutAccountSettingDefault is not in the drill's plan") || turnedOff(a) != 0 {
		t.Errorf("turned off %d times, error %v", turnedOff(a), err)
	}
}

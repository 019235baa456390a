package enforcer

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

// TestALateEventReportsWhatWasObserved: it makes no write and no latency where
// FIPS mode is on, and says since when it is known to be.
func TestALateEventReportsWhatWasObserved(t *testing.T) {
	const late = 8 * time.Minute
	for _, c := range []struct {
		name   string
		before func(*testing.T, *Enforcer, *guardtest.Account) // after the event happened, before it comes
		onBy   string
	}{
		{"nothing was read in between", func(*testing.T, *Enforcer, *guardtest.Account) {}, "2026-11-02T10:23:32Z"},
		{"the minute's reading saw it on", func(t *testing.T, e *Enforcer, a *guardtest.Account) {
			for range 3 {
				a.Clock = a.Clock.Add(time.Minute)
				if err := e.EveryMinute(t.Context(), location); err != nil {
					t.Error(err)
				}
			}
		}, "2026-11-02T10:16:32Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			account := accountWith(guard.ModeOn, nil)
			e, in, out := newGuard(account)
			c.before(t, e, account)
			account.Clock = now.Add(late)
			if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
				t.Fatal(err)
			}
			if writes := account.Writes(); len(writes) > 0 {
				t.Errorf("FIPS mode is on, and yet the calls %v were made", writes)
			}
			if len(in.alerts) != 1 {
				t.Fatalf("%d alerts, want one: who turned it off was not told", len(in.alerts))
			}
			text := in.alerts[0].whole
			for _, want := range []string{"jane.doe", "FIPS mode was turned off; it is on again", "was on when it was read at " + c.onBy, "When it was turned on again is not known"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in the alert:\n%s", want, text)
				}
			}
			for _, unwanted := range []string{"back on", "put-account-setting-default"} {
				if strings.Contains(text, unwanted) {
					t.Errorf("the alert claims or asks for %q, which nobody observed:\n%s", unwanted, text)
				}
			}
			if strings.Contains(out.String(), "RemediationLatency") {
				t.Errorf("a latency is measured, though this guard changed nothing:\n%s", out)
			}
		})
	}
}

// TestAScanTellsOfWhatIsLongOver: it reports each off period once, and may have
// reported this one already. What is off now is reported, though not with the
// event of before.
func TestAScanTellsOfWhatIsLongOver(t *testing.T) {
	account := accountWith(guard.ModeOn, nil)
	e, in, out := newGuard(account)
	account.Clock = now.Add(time.Minute)
	if err := e.EveryMinute(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []guard.Mode{guard.ModeOn, guard.ModeOff} {
		account.Clock, account.Default = now.Add(6*time.Hour), mode
		if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
			t.Fatal(err)
		}
		if mode == guard.ModeOn && (len(in.alerts) > 0 || !strings.Contains(out.String(), "jane.doe")) {
			t.Errorf("%d alerts, want none, and the event in the log:\n%s", len(in.alerts), out)
		}
		e.past = past{onSince: now.Add(time.Minute), onUntil: now.Add(time.Minute)} // the event is answered for the first time again
	}
	if len(in.alerts) != 1 || in.alerts[0].Event.Actor.Name != "fipsguard" || account.Default != guard.ModeOn {
		t.Errorf("the default is %s after the alerts %+v; want one, of nobody", account.Default, in.alerts)
	}
}

// TestALateEventOfAnOffPeriodThatIsOver: FIPS mode was on in between, so that
// who turned it off then is not said to have turned it off now.
func TestALateEventOfAnOffPeriodThatIsOver(t *testing.T) {
	account := accountWith(guard.ModeOn, nil)
	e, in, out := newGuard(account)
	account.Clock = now.Add(time.Minute)
	if err := e.EveryMinute(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	account.Clock, account.Default = now.Add(8*time.Minute), guard.ModeOff
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	if account.Default != guard.ModeOn || len(in.alerts) != 2 {
		t.Fatalf("the default is %s after %d alerts, want it on after one for each off period", account.Default, len(in.alerts))
	}
	if actor := in.alerts[1].Event.Actor.Name; actor != "fipsguard" || len(in.alerts[0].Outcomes) > 0 || len(in.alerts[1].Outcomes) != 1 {
		t.Errorf("the second off period is told of %q, with the outcomes %v; the first one with %v", actor, in.alerts[1].Outcomes, in.alerts[0].Outcomes)
	}
	if strings.Contains(out.String(), "RemediationLatency") {
		t.Errorf("the latency is measured from the event of another off period:\n%s", out)
	}
}

// TestTheTimeOfARecordIsInWholeSeconds: what was read as on within the second of
// the record may have been before it.
func TestTheTimeOfARecordIsInWholeSeconds(t *testing.T) {
	account := accountWith(guard.ModeOn, nil)
	account.Clock = now.Add(-2*time.Second + 500*time.Millisecond) // the record's second
	e, in, _ := newGuard(account)
	if err := e.EveryMinute(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	account.Clock, account.Default = now.Add(3*time.Minute), guard.ModeOff
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	if len(in.alerts) != 1 || !strings.Contains(in.alerts[0].whole, "jane.doe") || len(in.alerts[0].Outcomes) != 1 {
		t.Errorf("the alerts are %+v; want one, of who turned it off and of the fix", in.alerts)
	}
}

// TestWithLittleTimeLeftOneAttemptIsMade, however it comes in.
func TestWithLittleTimeLeftOneAttemptIsMade(t *testing.T) {
	for _, en := range entries(t) {
		account := workloads(arm)
		account.Default = guard.ModeOff
		e, _, _ := newGuard(account)
		e.Now = time.Now
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if err := en.enter(ctx, e); err != nil || !en.fixed(account) {
			t.Errorf("%s, with four seconds left: error %v, fixed %t", en.name, err, en.fixed(account))
		}
	}
}

// TestALateEventOfWhatIsStillOff: it is fixed, and its own.
func TestALateEventOfWhatIsStillOff(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, out := newGuard(account)
	account.Clock = now.Add(time.Hour)
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{list, put, list}, account.APIs()); diff != "" {
		t.Errorf("other calls were made (-want +got):\n%s", diff)
	}
	if len(in.alerts) != 1 || in.alerts[0].Event.Actor.Name != "role Admin, session jane.doe" || !strings.Contains(out.String(), "RemediationLatency") {
		t.Errorf("the alerts are %+v", in.alerts)
	}
}

// TestAHundredCopiesOfAnEvent are one write and one alert.
func TestAHundredCopiesOfAnEvent(t *testing.T) {
	for _, event := range []string{"setting-default-off", "setting-deleted-by-root", "setting-override-off"} {
		t.Run(event, func(t *testing.T) {
			account := accountWith(guard.ModeOff, nil)
			if event == "setting-override-off" {
				account.Default = guard.ModeOn
			}
			e, in, _ := newGuard(account)
			for range 100 {
				if err := e.Respond(t.Context(), location, recorded(t, event)); err != nil {
					t.Fatal(err)
				}
				account.Clock = account.Clock.Add(time.Minute)
			}
			if writes := account.Writes(); len(writes) != 1 || len(in.alerts) != 1 {
				t.Errorf("100 copies are %d writes and %d alerts, want one each", len(writes), len(in.alerts))
			}
		})
	}
}

// TestACopyThatFindsItOffAgain fixes it, and blames nobody.
func TestACopyThatFindsItOffAgain(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, _ := newGuard(account)
	for range 2 {
		account.Default = guard.ModeOff
		if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
			t.Fatal(err)
		}
		account.Clock = account.Clock.Add(time.Minute)
	}
	if account.Default != guard.ModeOn || len(in.alerts) != 2 || in.alerts[1].Event.Actor.Name != "fipsguard" {
		t.Errorf("the default is %s, the alerts are %+v", account.Default, in.alerts)
	}
}

// TestAnEventThatFailedIsTriedAgain, reading first, and keeps its story.
func TestAnEventThatFailedIsTriedAgain(t *testing.T) {
	account := accountWith(guard.ModeOff, map[string]guardtest.Fault{put: guardtest.Down})
	e, in, _ := newGuard(account)
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err == nil {
		t.Fatal("a repair that failed is no error")
	}
	delete(account.Faults, put)
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{put, list, list, put, list}, account.APIs()); diff != "" {
		t.Errorf("other calls were made (-want +got):\n%s", diff)
	}
	if len(in.alerts) != 2 || in.alerts[1].Event.Actor.Name != "role Admin, session jane.doe" || in.alerts[1].Outcomes[0].Result != guard.Done {
		t.Errorf("the alerts are %+v", in.alerts)
	}
}

// TestTwoLateActorsAreBothNamed, also where FIPS mode is on by then.
func TestTwoLateActorsAreBothNamed(t *testing.T) {
	account := accountWith(guard.ModeOn, nil)
	e, in, _ := newGuard(account)
	account.Clock = now.Add(8 * time.Minute)
	jane := recorded(t, "setting-default-off")
	joe := bytes.ReplaceAll(happened(jane, now.Add(time.Minute)), []byte("jane.doe"), []byte("joe.bloggs"))
	for _, event := range [][]byte{jane, joe} {
		if err := e.Respond(t.Context(), location, event); err != nil {
			t.Fatal(err)
		}
	}
	if len(in.alerts) != 2 || !strings.Contains(in.alerts[1].whole, "joe.bloggs") {
		t.Errorf("the second actor is in none of %d alerts", len(in.alerts))
	}
}

// minutes lets the schedule come, and counts the errors that Lambda sees.
func minutes(t *testing.T, e *Enforcer, account *guardtest.Account, n int) (failed int) {
	t.Helper()
	for range n {
		if e.EveryMinute(t.Context(), location) != nil {
			failed++
		}
		account.Clock = account.Clock.Add(time.Minute)
	}
	return failed
}

func TestEveryMinute(t *testing.T) {
	down := map[string]guardtest.Fault{list: guardtest.Down}
	for _, c := range []struct {
		name    string
		account *guardtest.Account
		policy  guard.Policy
		calls   map[string]int // in twenty minutes
		alerts  int
		failed  int
		mode    guard.Mode
	}{
		{name: "on", account: accountWith(guard.ModeOn, nil), calls: map[string]int{list: 20}, mode: guard.ModeOn},
		{name: "off", account: accountWith(guard.ModeOff, nil), calls: map[string]int{list: 21, put: 1}, alerts: 1, mode: guard.ModeOn},
		{name: "off, and the policy only audits", account: accountWith(guard.ModeOff, nil), policy: guard.DefaultPolicy().Audited(),
			calls: map[string]int{list: 20}, alerts: 1, mode: guard.ModeOff},
		{name: "off, and AWS refuses", account: accountWith(guard.ModeOff, map[string]guardtest.Fault{put: guardtest.Refused}),
			calls: map[string]int{list: 40, put: 20}, alerts: 1, failed: 1, mode: guard.ModeOff},
		{name: "off, and no answer", account: accountWith(guard.ModeOff, map[string]guardtest.Fault{put: guardtest.Down}),
			calls: map[string]int{list: 40, put: 20}, alerts: 1, failed: 2, mode: guard.ModeOff},
		// A write goes out in the first minute and in the eleventh.
		{name: "off, and it cannot be read", account: accountWith(guard.ModeOff, down), calls: map[string]int{list: 22, put: 2}, alerts: 1, failed: 2, mode: guard.ModeOn},
		{name: "on, and it cannot be read", account: accountWith(guard.ModeOn, down), calls: map[string]int{list: 22, put: 2}, alerts: 1, failed: 2, mode: guard.ModeOn},
		{name: "it cannot be read, and the policy only audits", account: accountWith(guard.ModeOff, down), policy: guard.DefaultPolicy().Audited(),
			calls: map[string]int{list: 20}, alerts: 1, failed: 2, mode: guard.ModeOff},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, in, _ := newGuard(c.account)
			if c.policy.Modes != nil {
				e.Policy = c.policy
			}
			failed := minutes(t, e, c.account, 20)
			calls := map[string]int{}
			for _, api := range c.account.APIs() {
				calls[api]++
			}
			if diff := cmp.Diff(c.calls, calls); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			if len(in.alerts) != c.alerts || failed != c.failed || c.account.Default != c.mode {
				t.Errorf("%d alerts, %d errors, the default is %s; want %d, %d and %s", len(in.alerts), failed, c.account.Default, c.alerts, c.failed, c.mode)
			}
		})
	}
}

// TestTheNextOffPeriodIsReported: what stays off is one, what is off again is
// another.
func TestTheNextOffPeriodIsReported(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, _ := newGuard(account)
	e.Policy = guard.DefaultPolicy().Audited()
	for _, account.Default = range []guard.Mode{guard.ModeOff, guard.ModeOn, guard.ModeOff} {
		minutes(t, e, account, 20)
	}
	if len(in.alerts) != 2 {
		t.Errorf("two off periods are %d alerts", len(in.alerts))
	}
}

// TestTheMinuteDoesNotRepeatAnEvent: what an event's alert left off, the minute
// does not report again.
func TestTheMinuteDoesNotRepeatAnEvent(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, _ := newGuard(account)
	e.Policy = guard.DefaultPolicy().Audited()
	if err := e.Respond(t.Context(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	minutes(t, e, account, 20)
	if len(in.alerts) != 1 {
		t.Errorf("one off period is %d alerts", len(in.alerts))
	}
}

// TestNoMinuteIsADeadLetter: Lambda invokes the function again one and three
// minutes after a check that failed, and gives it up when all three fail. What
// is at fault for hours would be a dead letter each minute.
func TestNoMinuteIsADeadLetter(t *testing.T) {
	for name, faults := range map[string]map[string]guardtest.Fault{
		"it cannot be read": {list: guardtest.Down}, "AWS refuses": {put: guardtest.Refused}, "nothing is answered": {list: guardtest.Down, put: guardtest.Down},
	} {
		account := accountWith(guard.ModeOff, faults)
		e, in, _ := newGuard(account)
		in.broken = true
		attempts := map[int][]bool{} // of the check of a minute: whether it failed
		for now := range 120 {
			for _, of := range []int{now, now - 1, now - 3} {
				if of == now || len(attempts[of]) > 0 && attempts[of][len(attempts[of])-1] {
					attempts[of] = append(attempts[of], e.EveryMinute(t.Context(), location) != nil)
				}
			}
			account.Clock = account.Clock.Add(time.Minute)
		}
		failed := 0
		for minute, all := range attempts {
			failed += len(all) - 1
			if len(all) == 3 && all[2] {
				t.Errorf("%s: the check of minute %d is a dead letter", name, minute)
			}
		}
		if failed == 0 {
			t.Errorf("%s: Lambda saw no error", name)
		}
	}
}

// TestAnAlertThatDidNotGoOutIsTriedEachMinute.
func TestAnAlertThatDidNotGoOutIsTriedEachMinute(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, _ := newGuard(account)
	e.Policy = guard.DefaultPolicy().Audited()
	in.broken = true
	failed := minutes(t, e, account, 2)
	in.broken = false
	minutes(t, e, account, 2)
	if failed != 1 || len(in.alerts) != 1 {
		t.Errorf("%d errors, %d alerts; want one alert as soon as it can go out", failed, len(in.alerts))
	}
}

// TestWhatIsWrittenUnseenIsMarked, is no remediation, and asks for no scan.
func TestWhatIsWrittenUnseenIsMarked(t *testing.T) {
	account := &blind{Account: accountWith(guard.ModeOn, nil)}
	e, in, out := newGuard(account.Account)
	e.Account = account
	if err := e.EveryMinute(t.Context(), location); err != nil {
		t.Error(err)
	}
	if len(account.applied) != 1 || !account.applied[0].Unseen {
		t.Errorf("the calls %+v were made; want one, marked", account.applied)
	}
	if len(in.alerts) > 0 || strings.Contains(out.String(), `"Remediations":1`) || strings.Contains(out.String(), "RemediationLatency") {
		t.Errorf("nothing is known to have been off, and yet: %d alerts\n%s", len(in.alerts), out)
	}
}

// blind does not answer the first reading, and notes what is applied.
type blind struct {
	*guardtest.Account
	read    bool
	applied []guard.Remediation
}

func (b *blind) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	if !b.read {
		b.read = true
		return []guard.State{guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount}}, errBroken
	}
	return b.Account.ObserveSetting(ctx, account, region)
}

func (b *blind) Apply(ctx context.Context, r guard.Remediation) guard.Outcome {
	b.applied = append(b.applied, r)
	return b.Account.Apply(ctx, r)
}

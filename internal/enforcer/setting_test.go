package enforcer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

const put, list, override = "ecs:PutAccountSettingDefault", "ecs:ListAccountSettings", "ecs:PutAccountSetting"

func TestSettingEvents(t *testing.T) {
	const app = "arn:aws-us-gov:iam::111122223333:role/app/checkout"
	cases := []struct {
		event   string
		account *guardtest.Account
		policy  guard.Policy
		calls   []string
		results []guard.Result
		status  guard.Verdict // of the alert; NOT_APPLICABLE means that there is none
		fails   bool
	}{
		{event: "setting-default-off", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-default-off-by-guard-role", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-deleted-by-root", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-off-without-identity", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.InsufficientData},
		{event: "setting-off-by-federated-user", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.InsufficientData},
		{event: "setting-deleted-by-nobody-named", account: accountWith(guard.ModeOff, nil), calls: []string{put, list}, results: []guard.Result{guard.Done}, status: guard.InsufficientData},
		{event: "setting-on-by-federated-user", account: accountWith(guard.ModeOn, nil), calls: []string{list}, status: guard.NotApplicable},
		{event: "setting-on-by-federated-user", account: accountWith(guard.ModeOff, nil), calls: []string{list, put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-override-off", account: accountWith(guard.ModeOn, nil), calls: []string{override, list}, results: []guard.Result{guard.Answered}, status: guard.NonCompliant},
		{event: "setting-override-off", account: accountWith(guard.ModeOn, map[string]guardtest.Fault{guardtest.EveryWrite: guardtest.Refused}), calls: []string{override, list}, results: []guard.Result{guard.RefusedByAWS}, status: guard.NonCompliant},
		{event: "setting-override-off", account: accountWith(guard.ModeOff, nil), calls: []string{override, list, put, list}, results: []guard.Result{guard.Answered, guard.Done}, status: guard.NonCompliant},
		{event: "setting-deleted-override", account: accountWith(guard.ModeOn, nil), calls: []string{list}, status: guard.NotApplicable},
		{event: "setting-deleted-override", account: accountWith(guard.ModeOff, nil), calls: []string{list, put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-deleted-override", account: accountWith(guard.ModeUnknown, map[string]guardtest.Fault{guardtest.EveryRead: guardtest.Down}), calls: []string{list, put, list}, results: []guard.Result{guard.Unconfirmed}, status: guard.InsufficientData, fails: true},
		{event: "setting-members-omitted", account: accountWith(guard.ModeOff, nil), calls: []string{list, put, list}, results: []guard.Result{guard.Done}, status: guard.NonCompliant},
		{event: "setting-default-on-by-guard", account: accountWith(guard.ModeOn, nil), status: guard.NotApplicable},
		{event: "setting-override-on", account: accountWith(guard.ModeOn, nil), status: guard.NotApplicable},
		{event: "setting-call-denied", account: accountWith(guard.ModeOff, nil), status: guard.NotApplicable},
		{event: "setting-default-off", account: accountWith(guard.ModeOff, map[string]guardtest.Fault{guardtest.EveryWrite: guardtest.Down}), calls: []string{put, list}, results: []guard.Result{guard.Failed}, status: guard.NonCompliant, fails: true},
		{event: "setting-default-off", account: accountWith(guard.ModeOff, map[string]guardtest.Fault{guardtest.EveryRead: guardtest.Down}), calls: []string{put, list}, results: []guard.Result{guard.Unconfirmed}, status: guard.NonCompliant, fails: true},
		{event: "setting-default-off", account: accountWith(guard.ModeOff, map[string]guardtest.Fault{guardtest.EveryWrite: guardtest.Refused}), calls: []string{put, list}, results: []guard.Result{guard.RefusedByAWS}, status: guard.NonCompliant, fails: true},
		{event: "setting-default-off", account: accountWith(guard.ModeOff, nil), policy: guard.DefaultPolicy().Audited(), calls: []string{list}, results: []guard.Result{guard.RefusedByPolicy}, status: guard.NonCompliant},
	}
	for i := range cases {
		c := &cases[i]
		t.Run(c.event, func(t *testing.T) {
			e, in, _ := newGuard(c.account)
			if c.policy.Modes != nil {
				e.Policy = c.policy
			}
			err := e.Respond(context.Background(), location, recorded(t, c.event))
			if (err != nil) != c.fails {
				t.Errorf("the handler returns %v, want an error: %t", err, c.fails)
			}
			if diff := cmp.Diff(c.calls, c.account.APIs()); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			if c.status == guard.NotApplicable {
				if len(in.alerts) != 0 {
					t.Errorf("people were told %v", in.alerts)
				}
				return
			}
			if len(in.alerts) != 1 {
				t.Fatalf("%d alerts", len(in.alerts))
			}
			var results []guard.Result
			for _, o := range in.alerts[0].Outcomes {
				results = append(results, o.Result)
			}
			if diff := cmp.Diff(c.results, results); diff != "" {
				t.Errorf("the outcomes are others (-want +got):\n%s", diff)
			}
			if got := in.alerts[0].Status; got != c.status {
				t.Errorf("the alert says %s, want %s", got, c.status)
			}
			if len(c.results) > 0 && c.results[0].Accepted() && (c.account.Default != guard.ModeOn || c.account.Overrides[app] == guard.ModeOff) {
				t.Errorf("FIPS mode is not back on: default %d, overrides %v", c.account.Default, c.account.Overrides)
			}
		})
	}
}

// TestTheSameEventTwice is invariant 2.
func TestTheSameEventTwice(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, _, _ := newGuard(account)
	for range 2 {
		if err := e.Respond(context.Background(), location, recorded(t, "setting-default-off")); err != nil {
			t.Fatal(err)
		}
	}
	if account.Default != guard.ModeOn {
		t.Error("FIPS mode is not on")
	}
}

func TestAFailedAlertDoesNotHideARepair(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, out := newGuard(account)
	in.broken = true
	err := e.Respond(context.Background(), location, recorded(t, "setting-default-off"))
	if !errors.Is(err, errBroken) {
		t.Errorf("the failed alert is not returned: %v", err)
	}
	if account.Default != guard.ModeOn || !strings.Contains(out.String(), `"result":"DONE"`) {
		t.Errorf("the repair is undone or hidden: %s", out)
	}
}

// TestWhatFailedToGoOutIsToldNextTime: what could not be published was not
// told, so that the event's next delivery tells it, once.
func TestWhatFailedToGoOutIsToldNextTime(t *testing.T) {
	for _, event := range []string{"setting-default-off", "definition-arm64", "change-standalone-arm64-running", "service-created-latest"} {
		t.Run(event, func(t *testing.T) {
			account := workloads(arm, task(13, "family:web", "RUNNING", "1.4.0"))
			e, in, _ := newGuard(account)
			refuse(e)
			for _, in.broken = range []bool{true, true, false} {
				if err := e.Respond(context.Background(), location, recorded(t, event)); (err != nil) != in.broken {
					t.Errorf("alerts cannot go out: %t, and yet the error is %v", in.broken, err)
				}
			}
			told := map[guard.RuleID]int{}
			for _, r := range in.alerts {
				told[r.Findings[0].Rule]++
			}
			want := 2
			if event == "setting-default-off" {
				want = 1 // it is fixed before a policy is read
			}
			if len(in.alerts) != want || len(told) != want || told[guard.GuardPolicy] != want-1 {
				t.Errorf("once alerts go out again people heard of %v, want the refused policy, where it was read, and the event, once each", told)
			}
		})
	}
}

// TestEveryoneWhoTurnsItOffIsNamed: the second person within 15 minutes gets an
// alert of their own, the same one again is counted.
func TestEveryoneWhoTurnsItOffIsNamed(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, _ := newGuard(account)
	jane := recorded(t, "setting-default-off")
	joe := bytes.ReplaceAll(jane, []byte("jane.doe"), []byte("joe.bloggs"))
	turnOff := func(events ...[]byte) {
		t.Helper()
		for _, event := range events {
			account.Clock, account.Default = account.Clock.Add(time.Second), guard.ModeOff
			if err := e.Respond(context.Background(), location, happened(event, account.Clock)); err != nil {
				t.Fatal(err)
			}
		}
	}
	turnOff(jane, joe, jane, joe, jane)
	account.Clock = account.Clock.Add(joined)
	turnOff(jane)
	var got []string
	for _, a := range in.alerts {
		got = append(got, fmt.Sprintf("%s +%d", a.Event.Actor.Name, a.Joined.Count))
	}
	want := []string{"role Admin, session jane.doe +0", "role Admin, session joe.bloggs +0", "role Admin, session jane.doe +2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alerts name others (-want +got):\n%s", diff)
	}
}

func TestEventsFromElsewhereAreNotPutRightHere(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, _, _ := newGuard(account)
	for _, elsewhere := range []guard.Location{{Account: "999999999999", Region: guardtest.Region}, {Account: guardtest.AccountID, Region: "us-gov-east-1"}, {}} {
		if err := e.Respond(context.Background(), elsewhere, recorded(t, "setting-default-off")); err == nil {
			t.Errorf("a guard in %v answers an event of %v", elsewhere, location)
		}
	}
	if len(account.APIs()) != 0 {
		t.Errorf("calls were made: %v", account.APIs())
	}
}

// TestARefusedPolicyIsToldOnce, with an event that it is for; another fault is
// told, too. The setting is fixed without reading a policy.
func TestARefusedPolicyIsToldOnce(t *testing.T) {
	account := workloads(arm)
	account.Default = guard.ModeOff
	e, in, _ := newGuard(account)
	fault, read := "one fault", 0
	e.Workloads = func(context.Context) guard.Held {
		read++
		return guard.Held{Policy: guard.DefaultPolicy().OnlySettings(), Faults: []string{fault}}
	}
	if err := e.Respond(context.Background(), location, recorded(t, "setting-default-off")); err != nil || read != 0 || account.Default != guard.ModeOn {
		t.Errorf("error %v; the policy was read %d times, mode is %d", err, read, account.Default)
	}
	for _, fault = range []string{"one fault", "one fault", "another"} {
		if err := e.Respond(context.Background(), location, recorded(t, "definition-arm64")); err != nil {
			t.Fatal(err)
		}
		account.Clock = account.Clock.Add(joined)
	}
	var told int
	for _, r := range in.alerts {
		if r.Findings[0].Rule == guard.GuardPolicy && r.Severity == guard.Critical {
			told++
		}
	}
	if told != 2 || slices.Contains(account.APIs(), deregister) {
		t.Errorf("two faults were told %d times, and the calls are %v", told, account.APIs())
	}
}

func TestMetricsAndLogLines(t *testing.T) {
	e, _, out := newGuard(accountWith(guard.ModeOff, nil))
	if err := e.Respond(context.Background(), location, recorded(t, "setting-default-off")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"Findings":1`, `"Remediations":1`, `"RemediationFailures":0`, `"Namespace":"fipsguard"`, `"Rule":"fips-mode-default"`,
		`"msg":"finding","eventID":"00000000-0000-4000-8000-000000000001"`, `"actor":"role Admin, session jane.doe"`,
		`"msg":"outcome"`, `"result":"DONE"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in:\n%s", want, out)
		}
	}
}

func TestALookWithoutAnEventTurnsFIPSModeOn(t *testing.T) {
	account := accountWith(guard.ModeOff, nil)
	e, in, out := newGuard(account)
	for range 2 {
		if err := e.CheckSetting(context.Background(), location, "fipsguard deployed"); err != nil {
			t.Fatal(err)
		}
	}
	if account.Default != guard.ModeOn || len(in.alerts) != 1 {
		t.Errorf("mode is %d, %d alerts", account.Default, len(in.alerts))
	}
	if diff := cmp.Diff([]string{list, put, list, list}, account.APIs()); diff != "" {
		t.Errorf("other calls were made (-want +got):\n%s", diff)
	}

	if got := strings.Count(out.String(), `"Looks":1`); got != 2 {
		t.Errorf("two looks are counted as %d:\n%s", got, out)
	}

	blind := accountWith(guard.ModeUnknown, map[string]guardtest.Fault{guardtest.EveryRead: guardtest.Down})
	e, in, out = newGuard(blind)
	if err := e.CheckSetting(context.Background(), location, "scheduled look"); err == nil || len(in.alerts) != 1 || strings.Contains(out.String(), "Looks") {
		t.Errorf("a look that AWS does not answer: error %v, %d alerts, log:\n%s", err, len(in.alerts), out)
	}

	audited := accountWith(guard.ModeOff, nil)
	e, _, _ = newGuard(audited)
	e.Policy = guard.DefaultPolicy().Audited()
	if err := e.CheckSetting(context.Background(), location, "fipsguard deployed"); err != nil || audited.Default != guard.ModeOff {
		t.Errorf("in audit mode the look changed the account: mode %d, error %v", audited.Default, err)
	}
}

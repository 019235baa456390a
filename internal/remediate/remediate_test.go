package remediate

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

const (
	put, override, list = "ecs:PutAccountSettingDefault", "ecs:PutAccountSetting", "ecs:ListAccountSettings"

	app = "arn:aws-us-gov:iam::111122223333:role/app/checkout"
)

var (
	now      = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	location = guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}
)

func setting(scope guard.Scope, principal string, mode guard.Mode) guard.Setting {
	return guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: scope, Principal: principal, Mode: mode}
}

// TestASettingIsFixedUntilNothingElseShows: what the first reading shows is
// fixed, too, but no call is made twice.
func TestASettingIsFixedUntilNothingElseShows(t *testing.T) {
	off := setting(guard.ScopeAccount, "", guard.ModeOff)
	overrideOff := setting(guard.ScopePrincipal, app, guard.ModeOff)
	deleted := setting(guard.ScopePrincipal, app, guard.ModeUnknown)
	deleted.Deleted = true
	for _, c := range []struct {
		name     string
		found    guard.Setting
		is       guard.Mode // the account default, in truth
		faults   map[string]guardtest.Fault
		policy   guard.Policy
		calls    []string
		results  []guard.Result
		unread   bool
		remains  guard.Mode
		readBack guard.Verdict // of the account default, by the first reading
	}{
		{name: "the default is off", found: off, is: guard.ModeOff,
			calls: []string{put, list}, results: []guard.Result{guard.Done}, remains: guard.ModeOn, readBack: guard.Compliant},
		{name: "an override is off, and the default too", found: overrideOff, is: guard.ModeOff,
			calls: []string{override, list, put, list}, results: []guard.Result{guard.Answered, guard.Done}, remains: guard.ModeOn, readBack: guard.NonCompliant},
		{name: "behind a deleted override the default was off all along", found: deleted, is: guard.ModeOff,
			calls: []string{list, put, list}, results: []guard.Result{guard.Done}, remains: guard.ModeOn, readBack: guard.NonCompliant},
		{name: "AWS refuses", found: off, is: guard.ModeOff, faults: map[string]guardtest.Fault{put: guardtest.Refused},
			calls: []string{put, list}, results: []guard.Result{guard.RefusedByAWS}, remains: guard.ModeOff, readBack: guard.NonCompliant},
		{name: "the call gets no answer, and yet it is on", found: off, is: guard.ModeOn, faults: map[string]guardtest.Fault{put: guardtest.Down},
			calls: []string{put, list}, results: []guard.Result{guard.Done}, remains: guard.ModeOn, readBack: guard.Compliant},
		{name: "it cannot be read back", found: off, is: guard.ModeOff, faults: map[string]guardtest.Fault{list: guardtest.Down},
			calls: []string{put, list}, results: []guard.Result{guard.Unconfirmed}, unread: true, remains: guard.ModeOn, readBack: guard.InsufficientData},
		{name: "the policy only audits", found: off, is: guard.ModeOff, policy: guard.DefaultPolicy().Audited(),
			calls: []string{list}, results: []guard.Result{guard.RefusedByPolicy}, remains: guard.ModeOff, readBack: guard.NonCompliant},
	} {
		t.Run(c.name, func(t *testing.T) {
			account := guardtest.New(now)
			account.Default, account.Faults = c.is, c.faults
			l := Loop{Account: account, Policy: c.policy, Now: account.Now}
			if l.Policy.Modes == nil {
				l.Policy = guard.DefaultPolicy()
			}
			got := l.FixSetting(t.Context(), Occasion{Location: location, Recorded: guard.Check(c.found), Fresh: true})
			if diff := cmp.Diff(c.calls, account.APIs()); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			var results []guard.Result
			for _, o := range got.Outcomes {
				results = append(results, o.Result)
			}
			if diff := cmp.Diff(c.results, results); diff != "" {
				t.Errorf("the outcomes are others (-want +got):\n%s", diff)
			}
			if account.Default != c.remains || got.First()[0].Verdict != c.readBack || (got.Err != nil) != c.unread {
				t.Errorf("the default is %s, was read as %s, error %v", account.Default, got.First()[0].Verdict, got.Err)
			}
			if want := c.remains; !c.unread && got.Default.Mode != want {
				t.Errorf("the last reading says %s, want %s", got.Default.Mode, want)
			}
		})
	}
}

// TestWhatIsAboutToBeDoneIsAnnouncedFirst, and nothing that policy refuses.
func TestWhatIsAboutToBeDoneIsAnnouncedFirst(t *testing.T) {
	account := guardtest.New(now)
	var announced []guard.Remediation
	l := Loop{Account: account, Policy: guard.DefaultPolicy(), Now: account.Now,
		Announce: func(_ context.Context, _ []guard.Finding, remediations []guard.Remediation) {
			if len(account.Calls()) > 0 {
				t.Errorf("announced after the calls %v", account.APIs())
			}
			announced = append(announced, remediations...)
		}}
	definition := guard.TaskDefinition{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:1", Fargate: guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "ARM64"}}
	other := definition
	other.ARN += "0"
	l.Policy.Exemptions = []guard.Exemption{{Resource: other.ARN, Expires: now.Add(time.Hour)}}
	outcomes := l.Fix(t.Context(), guard.CheckAll([]guard.State{definition, other}))
	if len(announced) != 1 || announced[0].Subject != definition.ARN {
		t.Errorf("announced %+v, want the one revision that is not exempt", announced)
	}
	if len(outcomes) != 2 || len(account.Writes()) != 1 {
		t.Errorf("outcomes %+v after %v; want both revisions' and one call", outcomes, account.Writes())
	}
	l.Policy = l.Policy.Audited()
	announced = nil
	if l.Fix(t.Context(), guard.Check(definition)); len(announced) > 0 {
		t.Errorf("in audit mode %+v was announced", announced)
	}
}

// TestUnrepaired: whatever policy allowed and is not known to hold is an error;
// only what AWS refused is not worth repeating.
func TestUnrepaired(t *testing.T) {
	for result, want := range map[guard.Result]struct{ unrepaired, worthRepeating bool }{
		guard.Failed:          {true, true},
		guard.Unconfirmed:     {true, true},
		guard.RefusedByAWS:    {true, false},
		guard.RefusedByPolicy: {false, false},
		guard.Answered:        {false, false},
		guard.Done:            {false, false},
	} {
		report := guard.Report{Outcomes: []guard.Outcome{{
			Remediation: guard.Remediation{Subject: "the subject", Call: guard.PutAccountSettingDefault{}}, Result: result, Detail: "the detail",
		}}}
		err := Unrepaired(report.Unrepaired())
		if (err != nil) != want.unrepaired {
			t.Errorf("%s: the error is %v", result, err)
		}
		if err != nil && !strings.Contains(err.Error(), put+" for the subject: "+result.String()+": the detail") {
			t.Errorf("%s: the error %q does not say what is not fixed", result, err)
		}
		if got := Unrepaired(WorthRepeating(report.Unrepaired())); (got != nil) != want.worthRepeating {
			t.Errorf("%s: a repetition helps: %v", result, got)
		}
	}
}

// TestWhatAReadingLeavesOfAnEvent: an event that is late or repeated is read
// first, and what is on already is not written. A reading that does not answer
// within two seconds is no reason not to write.
func TestWhatAReadingLeavesOfAnEvent(t *testing.T) {
	off := setting(guard.ScopeAccount, "", guard.ModeOff)
	overrideOff := setting(guard.ScopePrincipal, app, guard.ModeOff)
	for _, c := range []struct {
		name     string
		recorded []guard.State
		careful  bool
		is       guard.Mode
		read     guardtest.Fault
		policy   guard.Policy
		calls    []string
		unseen   bool // the write is marked as one that was not seen to be needed
	}{
		{name: "it is on by now", recorded: []guard.State{off}, is: guard.ModeOn, calls: []string{list}},
		{name: "it is off", recorded: []guard.State{off}, is: guard.ModeOff, calls: []string{list, put, list}},
		{name: "no event, on", is: guard.ModeOn, calls: []string{list}},
		{name: "no event, off", is: guard.ModeOff, calls: []string{list, put, list}},
		{name: "an override, which no reading shows", recorded: []guard.State{overrideOff}, is: guard.ModeOn, calls: []string{list, override, list}},
		{name: "the reading is down", is: guard.ModeOff, read: guardtest.Down, calls: []string{list, put, list}, unseen: true},
		{name: "the reading hangs", is: guard.ModeOff, read: guardtest.Hangs, calls: []string{list, put, list}, unseen: true},
		{name: "the reading is refused", recorded: []guard.State{off}, is: guard.ModeOff, read: guardtest.Refused, calls: []string{list, put, list}, unseen: true},
		{name: "the reading is garbage", is: guard.ModeOff, read: guardtest.Garbage, calls: []string{list, put, list}, unseen: true},
		{name: "the reading is down, and a write was made just before", careful: true, is: guard.ModeOff, read: guardtest.Down, calls: []string{list}},
		{name: "the reading is down, and the policy only audits", policy: guard.DefaultPolicy().Audited(), is: guard.ModeOff, read: guardtest.Down, calls: []string{list}},
		{name: "off, and the policy only audits", policy: guard.DefaultPolicy().Audited(), is: guard.ModeOff, calls: []string{list}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := guardtest.New(now)
				account.Default, account.Faults[list] = c.is, c.read
				l := Loop{Account: account, Policy: c.policy, Now: account.Now}
				if l.Policy.Modes == nil {
					l.Policy = guard.DefaultPolicy()
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				got := l.FixSetting(ctx, Occasion{Location: location, Recorded: guard.CheckAll(c.recorded), Careful: c.careful})
				if diff := cmp.Diff(c.calls, account.APIs()); diff != "" {
					t.Errorf("other calls were made (-want +got):\n%s", diff)
				}
				if slices.Contains(c.calls, put) && account.Default != guard.ModeOn {
					t.Error("FIPS mode is not on")
				}
				if took := time.Since(start); took > firstRead+readBack {
					t.Errorf("it takes %s", took)
				}
				for _, o := range got.Outcomes {
					if o.Remediation.Unseen != c.unseen && o.Result != guard.RefusedByPolicy {
						t.Errorf("%s is marked as unseen: %t, want %t", o.Remediation.Call.API(), o.Remediation.Unseen, c.unseen)
					}
					if c.unseen && o.Result != guard.Unconfirmed {
						t.Errorf("a write that nobody could read back is %s", o.Result)
					}
				}
			})
		})
	}
}

// TestThereIsAlwaysTimeForOneAttempt: a reading takes half of what is left at
// most.
func TestThereIsAlwaysTimeForOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := guardtest.New(now)
		account.Default, account.Faults[list] = guard.ModeOff, guardtest.Hangs
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l := Loop{Account: account, Policy: guard.DefaultPolicy(), Now: account.Now}
		if l.FixSetting(ctx, Occasion{Location: location}); account.Default != guard.ModeOn {
			t.Error("with a second left, a reading that hangs keeps FIPS mode off")
		}
	})
}

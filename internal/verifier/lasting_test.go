package verifier

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// left is the enforcer's alert that FIPS mode is off and what became of its fix,
// for an event, or without one for what it read.
func left(eventID string, at time.Time, result guard.Result) alert.Message {
	s := guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	cause := guard.Cause{EventID: eventID, EventName: "checked every minute", Time: at, Account: s.Account, Region: s.Region}
	policy := guard.DefaultPolicy()
	findings := guard.Check(s)
	var outcomes []guard.Outcome
	for _, r := range guard.Plan(findings, policy) {
		outcomes = append(outcomes, guard.Outcome{Remediation: r, Result: result, At: at})
	}
	return alert.Render(guard.Report{Cause: cause, Findings: findings, Outcomes: outcomes})
}

// TestAnOffPeriodThatLastsIsReportedOnce, by the enforcer or by a scan, and its
// name once, by whoever knows it first. Scans run at each whole hour, and policy
// only audits.
func TestAnOffPeriodThatLastsIsReportedOnce(t *testing.T) {
	const (
		found = "[CRITICAL] FIPS mode was turned off; not fixed (policy)"
		named = "[WARNING] It is known now who turned FIPS mode off"
		over  = "[INFO] One finding is resolved"
	)
	off := by("role Admin, session jane.doe", guardtest.Put("off", minute(30), guard.ModeOff))
	on := by("user joe", guardtest.Put("on", minute(150), guard.ModeOn))
	withEvent, withoutEvent := left("off", minute(30), guard.RefusedByPolicy), left("", minute(31), guard.RefusedByPolicy)
	type hour struct {
		mode    guard.Mode
		records []guard.Event
		alert   alert.Message
		want    string // what the scan at its end tells
		deaf    bool   // it cannot read what the enforcer told
	}
	for name, hours := range map[string][]hour{
		"the enforcer told, with the name": {
			{guard.ModeOff, []guard.Event{off}, withEvent, "", false}, {mode: guard.ModeOff}, {guard.ModeOn, []guard.Event{on}, alert.Message{}, over, false},
		},
		"the minute told, and the name follows": {
			{guard.ModeOff, []guard.Event{off}, withoutEvent, named, false}, {mode: guard.ModeOff}, {guard.ModeOn, []guard.Event{on}, alert.Message{}, over, false},
		},
		"the minute told, and the name follows hours later": {
			{guard.ModeOff, nil, withoutEvent, "", false}, {mode: guard.ModeOff}, {guard.ModeOff, []guard.Event{off}, alert.Message{}, named, false}, {mode: guard.ModeOff},
		},
		"the minute told just now, and its event may still come": {
			{guard.ModeOff, []guard.Event{by("role Admin, session jane.doe", guardtest.Put("off", minute(55), guard.ModeOff))}, left("", minute(56), guard.RefusedByPolicy), "", false},
			{mode: guard.ModeOff, want: named}, {mode: guard.ModeOff},
		},
		"someone else turned it off as well, who is named when it is over": {
			{guard.ModeOff, []guard.Event{off, by("user ci", guardtest.Put("off as well", minute(40), guard.ModeOff))}, withEvent, "", false},
			{mode: guard.ModeOff}, {guard.ModeOn, []guard.Event{on}, alert.Message{}, "[CRITICAL] FIPS mode was off for a time", false},
		},
		"the minute told, and the name is in a queue that does not answer": {
			{guard.ModeOff, nil, withoutEvent, "", false}, {guard.ModeOff, []guard.Event{off}, withEvent, "", true}, {mode: guard.ModeOff},
		},
		"the minute told, and nobody ever knows the name": {
			{guard.ModeOff, nil, withoutEvent, "", false}, {mode: guard.ModeOff}, {mode: guard.ModeOn, want: over},
		},
		"AWS refused": {
			{guard.ModeOff, []guard.Event{off}, left("off", minute(30), guard.RefusedByAWS), "", false}, {mode: guard.ModeOff},
		},
		"nobody told": {
			{guard.ModeOff, []guard.Event{off}, alert.Message{}, found, false}, {mode: guard.ModeOff}, {guard.ModeOn, []guard.Event{on}, alert.Message{}, over, false},
		},
		"the enforcer told that it is on again": {
			{guard.ModeOff, []guard.Event{off}, left("off", minute(30), guard.Done), found, false}, {mode: guard.ModeOff},
		},
		"the enforcer could not tell whether it is on again": {
			{guard.ModeOff, []guard.Event{off}, left("off", minute(30), guard.Unconfirmed), found, false}, {mode: guard.ModeOff},
		},
		"the fix failed": {
			{guard.ModeOff, []guard.Event{off}, left("off", minute(30), guard.Failed), found, false}, {mode: guard.ModeOff},
		},
		"another one began since": {
			{guard.ModeOff, []guard.Event{
				off, by("user joe", guardtest.Put("on", minute(40), guard.ModeOn)), by("user ci", guardtest.Put("off again", minute(45), guard.ModeOff)),
			}, withEvent, found, false}, {mode: guard.ModeOff},
		},
		"another one began since, and nothing records it": {
			{guard.ModeOff, nil, withoutEvent, "", false}, {mode: guard.ModeOn, want: over}, {mode: guard.ModeOff, want: "[CRITICAL] FIPS mode was found off; not fixed (policy)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			v := o.verifier(w)
			v.Scanner.Policy = guard.DefaultPolicy().Audited()
			if _, err := run(t, v, Request{}); err != nil {
				t.Fatal(err)
			}
			for n, h := range hours {
				w.Default, w.Events = h.mode, append(w.Events, h.records...)
				if h.alert.JSON != nil {
					o.publish(h.alert)
				}
				o.inbox = nil
				if clear(o.broken); h.deaf {
					o.broken["receive"] = errors.New("no answer")
				}
				w.Clock = minute(60 * (n + 1))
				if _, err := run(t, v, Request{}); err != nil != h.deaf {
					t.Fatalf("hour %d: error %v", n+1, err)
				}
				var want []string
				if h.want != "" {
					want = []string{h.want}
				}
				if got := o.subjects(); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("hour %d: people heard %q, want %q", n+1, got, want)
				}
			}
		})
	}
}

// TestWhatIsNotedTwiceIsNotedOnce: a message that could not be deleted comes
// again, after its setting was on.
func TestWhatIsNotedTwiceIsNotedOnce(t *testing.T) {
	message := notesOf(left("", minute(31), guard.RefusedByPolicy).JSON)
	ended := reported{Sightings: []sighting{message.Sightings[0]}}
	ended.Sightings[0].Left = false
	if got := ended.with(message); len(got.Sightings) != 1 || got.Sightings[0].Left {
		t.Errorf("noted is %+v", got.Sightings)
	}
}

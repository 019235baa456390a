package verifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// theGuard is who turns FIPS mode back on.
const theGuard = "role fipsguard-enforcer-us-gov-west-1, session fipsguard-enforcer"

func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// enforced is the enforcer's alert that FIPS mode was off, for an event, or
// without one for what it read.
func enforced(eventID string, at time.Time, principal string) alert.Message {
	s := guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	if principal != "" {
		s.Scope, s.Principal = guard.ScopePrincipal, principal
	}
	cause := guard.Cause{EventID: eventID, EventName: "checked every minute", Time: at, Account: s.Account, Region: s.Region}
	return alert.Render(guard.Report{Cause: cause, Findings: guard.Check(s)})
}

// TestEveryOffPeriodIsReportedOnceWhoeverSawItFirst: by the enforcer with its
// event, by the minute's reading without one, or by a scan that has it from
// CloudTrail's history, with the name as soon as that is known.
func TestEveryOffPeriodIsReportedOnceWhoeverSawItFirst(t *testing.T) {
	jane, ci := "role Admin, session jane.doe", "user terraform-ci"
	off := by(jane, guardtest.Put("off", minute(30), guard.ModeOff))
	again := by(ci, guardtest.Put("again", minute(31), guard.ModeOff))
	fixed := by(theGuard, guardtest.Put("fixed", minute(32), guard.ModeOn))
	ended := by(ci, guardtest.Put("ended", minute(32), guard.ModeOn))
	late := by(theGuard, guardtest.Put("fixed", minute(55), guard.ModeOn))
	role := "arn:aws-us-gov:iam::111122223333:role/checkout"
	of := func(principal string, e guard.Event) guard.Event {
		s := e.States[0].(guard.Setting)
		s.Scope, s.Principal = guard.ScopePrincipal, principal
		e.States = []guard.State{s}
		return e
	}
	inTheSameSecond := []guard.Event{
		off, by(theGuard, guardtest.Put("fixed 1", minute(30), guard.ModeOn)),
		by(ci, guardtest.Put("off 2", minute(30).Add(2*time.Second), guard.ModeOff)), by(theGuard, guardtest.Put("fixed 2", minute(30).Add(3*time.Second), guard.ModeOn)),
	}
	for name, c := range map[string]struct {
		events  []guard.Event
		alerts  []alert.Message // of the enforcer
		says    []string        // by the scans' one alert about it; none means no alert
		unasked bool            // it is not the next scan that says so, but the one after it
	}{
		"its event":                              {[]guard.Event{off, fixed}, []alert.Message{enforced("off", minute(30), "")}, nil, false},
		"its event, twice":                       {[]guard.Event{off, fixed}, []alert.Message{enforced("off", minute(30), ""), enforced("off", minute(30), "")}, nil, false},
		"the enforcer, which died before SNS":    {[]guard.Event{off, fixed}, nil, []string{"FIPS mode was off for a time", "Who:    " + jane, "Ended with PutAccountSettingDefault by " + theGuard}, false},
		"nobody, and someone ended it":           {[]guard.Event{off, ended}, nil, []string{"FIPS mode was off for a time", jane, "[CRITICAL]"}, false},
		"the minute":                             {[]guard.Event{off, fixed}, []alert.Message{enforced("", minute(32), "")}, []string{"It is known now who turned FIPS mode off", "Who:    " + jane, "It was reported at 2026-11-02T10:32:00Z", "[WARNING]"}, false},
		"the minute, a second before its time":   {[]guard.Event{off, fixed}, []alert.Message{enforced("", minute(30).Add(-time.Second), "")}, []string{"It is known now who turned FIPS mode off"}, false},
		"the minute, of another time":            {[]guard.Event{off, fixed}, []alert.Message{enforced("", minute(34), "")}, []string{"FIPS mode was off for a time"}, false},
		"the minute, and then its event":         {[]guard.Event{off, fixed}, []alert.Message{enforced("", minute(31), ""), enforced("off", minute(30), "")}, nil, false},
		"its event, but not the second person's": {[]guard.Event{off, again, fixed}, []alert.Message{enforced("off", minute(30), "")}, []string{"FIPS mode was off for a time", "by " + ci + " (event again)"}, false},
		"both people's events":                   {[]guard.Event{off, again, fixed}, []alert.Message{enforced("off", minute(30), ""), enforced("again", minute(31), "")}, nil, false},
		"the event of the period before":         {inTheSameSecond, []alert.Message{enforced("off", minute(30), "")}, []string{"FIPS mode was off for a time", "(event off 2)"}, false},
		"nobody yet: its event may still come":   {[]guard.Event{off, late}, nil, []string{"FIPS mode was off for a time"}, true},
		"an override's event":                    {[]guard.Event{of(role, off), of(role, ended)}, []alert.Message{enforced("off", minute(30), role)}, nil, false},
		"an override, of somebody else":          {[]guard.Event{of(role, off), of(role, ended)}, []alert.Message{enforced("", minute(31), "")}, []string{"role/checkout was off"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			if _, err := run(t, o.verifier(w), Request{}); err != nil { // from now on it is noted
				t.Fatal(err)
			}
			w.Events = c.events
			for _, m := range c.alerts {
				o.publish(m)
			}
			o.inbox = nil
			first := 0
			for n := range 3 {
				w.Clock = w.Clock.Add(time.Hour)
				if _, err := run(t, o.verifier(w), Request{}); err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					first = len(o.inbox)
				}
			}
			if want := min(len(c.says), 1); len(o.inbox) != want || c.unasked && first > 0 {
				t.Fatalf("people were told %q, the next scan told %d, want %d alerts", o.subjects(), first, want)
			}
			for _, text := range c.says {
				if m := o.inbox[0]; !strings.Contains(m.Subject+m.Text, text) {
					t.Errorf("the alert does not say %q:\n%s\n%s", text, m.Subject, m.Text)
				}
			}
			if len(o.queue) > 0 && len(c.says) == 0 {
				t.Errorf("%d messages were left in the queue", len(o.queue))
			}
		})
	}
}

// TestAnEventOnItsWayIsWaitedFor: a scan right after the minute's repair has the
// record, and the event's own alert names the person, too. If it never comes, the
// next scan has the name.
func TestAnEventOnItsWayIsWaitedFor(t *testing.T) {
	for _, comes := range []bool{true, false} {
		w, o := guardtest.NewWorld(start), newOutside(t)
		if _, err := run(t, o.verifier(w), Request{}); err != nil {
			t.Fatal(err)
		}
		w.Events = []guard.Event{by("jane", guardtest.Put("off", minute(55), guard.ModeOff)), by(theGuard, guardtest.Put("fixed", minute(56), guard.ModeOn))}
		o.publish(enforced("", minute(56), ""))
		w.Clock = minute(60)
		if _, err := run(t, o.verifier(w), Request{}); err != nil {
			t.Fatal(err)
		}
		if len(o.inbox) != 1 {
			t.Errorf("people heard before the event could come: %q", o.subjects())
		}
		var want []string
		if comes {
			o.publish(enforced("off", minute(55), ""))
		} else {
			want = []string{"[WARNING] It is known now who turned FIPS mode off"}
		}
		o.inbox = nil
		for range 2 {
			w.Clock = w.Clock.Add(time.Hour)
			if _, err := run(t, o.verifier(w), Request{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.subjects(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the event comes: %t; people heard %q, want %q", comes, got, want)
		}
	}
}

// TestAScansOwnSightingIsNamedLater: it found FIPS mode off, and CloudTrail had
// no record yet.
func TestAScansOwnSightingIsNamedLater(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	w.Default = guard.ModeOff
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	w.Events = []guard.Event{by("role Admin, session jane.doe", guardtest.Put("off", start.Add(-time.Minute), guard.ModeOff)), by("role fipsguard-verifier", guardtest.Put("fixed", start, guard.ModeOn))}
	for range 2 {
		w.Clock = w.Clock.Add(time.Hour)
		if _, err := run(t, o.verifier(w), Request{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(o.subjects()); got != "[[CRITICAL] FIPS mode was found off and is back on [WARNING] It is known now who turned FIPS mode off]" {
		t.Errorf("people heard %s", got)
	}
}

// TestWithoutItsQueueAScanRepeatsNothing that the guard ended: what ended it
// reported it, most likely. It is an error, and asked again.
func TestWithoutItsQueueAScanRepeatsNothing(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	w.Events = []guard.Event{by("jane", guardtest.Put("off", minute(30), guard.ModeOff)), by(theGuard, guardtest.Put("fixed", minute(31), guard.ModeOn))}
	o.broken["receive"] = errors.New("no answer")
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, o.verifier(w), Request{}); err == nil || len(o.inbox) > 0 {
		t.Errorf("error %v, people heard %q", err, o.subjects())
	}
	clear(o.broken)
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, o.verifier(w), Request{}); err != nil || len(o.inbox) != 1 {
		t.Errorf("once the queue answers: error %v, people heard %q", err, o.subjects())
	}
}

// TestAScanThatCannotReadItsStateTakesNothingForReported, nor reports it again:
// the next one does, once.
func TestAScanThatCannotReadItsStateTakesNothingForReported(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	v := o.verifier(w)
	if _, err := run(t, v, Request{}); err != nil {
		t.Fatal(err)
	}
	w.Events = []guard.Event{
		by("jane", guardtest.Put("off", minute(30), guard.ModeOff)), by(theGuard, guardtest.Put("fixed", minute(31), guard.ModeOn)),
		by("joe", guardtest.Put("off 2", minute(35), guard.ModeOff)), by("joe", guardtest.Put("on", minute(36), guard.ModeOn)),
	}
	o.publish(enforced("off 2", minute(35), ""))
	o.inbox, o.broken["read"] = nil, errors.New("no answer")
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, v, Request{}); err == nil {
		t.Error("a state that cannot be read is no error")
	}
	clear(o.broken)
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, v, Request{}); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, m := range o.inbox {
		told += strings.Count(m.Text, "(event off)")
		if strings.Contains(m.Text, "(event off 2)") {
			t.Errorf("what the enforcer reported is reported again:\n%s", m.Text)
		}
	}
	if told != 1 {
		t.Errorf("of jane's off period people heard %d times, want once: %q", told, o.subjects())
	}
}

// TestTheSecondInWhichNotingBegan: CloudTrail does not say in which part of it an
// off period ended that nobody reported.
func TestTheSecondInWhichNotingBegan(t *testing.T) {
	w, o := guardtest.NewWorld(start.Add(200*time.Millisecond)), newOutside(t)
	if _, err := run(t, o.verifier(w), Request{}); err != nil {
		t.Fatal(err)
	}
	w.Events = []guard.Event{by("jane", guardtest.Put("off", start, guard.ModeOff)), by(theGuard, guardtest.Put("fixed", start, guard.ModeOn))}
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, o.verifier(w), Request{}); err != nil || len(o.inbox) != 1 {
		t.Errorf("error %v, people heard %q; want who turned it off", err, o.subjects())
	}
}

// TestWhatIsNotWrittenStaysInTheQueue, and what is read twice is noted once.
func TestWhatIsNotWrittenStaysInTheQueue(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	o.publish(enforced("off", minute(-30), ""))
	o.inbox = nil
	o.broken["state"] = errors.New("no answer")
	if _, err := run(t, o.verifier(w), Request{}); err == nil || len(o.queue) != 1 {
		t.Fatalf("error %v; %d messages are in the queue, want 1", err, len(o.queue))
	}
	clear(o.broken)
	o.broken["delete"] = errors.New("no answer")
	for range 2 {
		w.Clock = w.Clock.Add(time.Hour)
		if _, err := run(t, o.verifier(w), Request{}); err != nil || len(o.queue) != 1 {
			t.Fatalf("error %v; %d messages are in the queue, want 1", err, len(o.queue))
		}
	}
	var s state
	if err := json.Unmarshal(o.payload(t), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Reported.Events) != 1 || len(s.Reported.Sightings) != 1 {
		t.Errorf("noted is %+v", s.Reported)
	}
}

// TestOtherMessagesOfTheTopicAreNoNotes: alarms, what watches the guard, alerts
// of workloads and of scans, and what somebody makes up.
func TestOtherMessagesOfTheTopicAreNoNotes(t *testing.T) {
	definition := guard.TaskDefinition{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:1", Platform: guard.Platform{Architecture: "ARM64"}, Fargate: guard.Yes}
	workload := alert.Render(guard.Report{Cause: guard.Cause{EventID: "1", Time: start}, Findings: guard.Check(definition)})
	scanned := enforced("", start, "")
	scanned.JSON = []byte(strings.Replace(string(scanned.JSON), `"subject":`, `"scan":{},"subject":`, 1))
	for name, body := range map[string]string{
		"an alarm": `{"AlarmName":"fipsguard-errors","NewStateValue":"ALARM"}`, "no JSON": "The guard's rule was changed", "nothing": "",
		"a workload": string(workload.JSON), "a scan": string(scanned.JSON), "without a time": `{"schema":"fipsguard.alert/v1","event":{"eventID":"x"},"findings":[{"rule":"fips-mode-default","status":"NON_COMPLIANT"}]}`,
		"another schema": strings.Replace(string(enforced("x", start, "").JSON), "alert/v1", "alert/v2", 1), "deep": strings.Repeat("[", 100_000),
	} {
		if got := notesOf([]byte(body)); len(got.Events)+len(got.Sightings) > 0 {
			t.Errorf("%s is noted as %+v", name, got)
		}
	}
	if got := notesOf(enforced("x", start, "").JSON); len(got.Events) != 1 {
		t.Errorf("an alert about the setting is noted as %+v", got)
	}
}

// TestWhatIsNotedStaysSmall: records that never come are not waited for, and
// events that no history has any more are forgotten.
func TestWhatIsNotedStaysSmall(t *testing.T) {
	var r reported
	for n := range 2 * maxSightings {
		r = r.with(noted("", "fargateFIPSMode@111122223333/us-gov-west-1", start.Add(time.Duration(n)*time.Second), false))
	}
	if len(r.Sightings) != maxSightings || !r.Sightings[maxSightings-1].At.Equal(start.Add((2*maxSightings-1)*time.Second)) {
		t.Errorf("%d sightings are kept, want the last %d", len(r.Sightings), maxSightings)
	}
	r = r.with(reported{Events: map[string]time.Time{"old": start, "on record": start}})
	lines := []guard.Timeline{{Spans: []guard.Span{{Cause: guard.Cause{EventID: "on record"}}}}}
	r = r.prune(lines, start.Add(101*24*time.Hour))
	if _, kept := r.Events["on record"]; len(r.Sightings) != 0 || len(r.Events) != 1 || !kept {
		t.Errorf("kept are %+v", r)
	}
}

package verifier

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// TestAnOffPeriodIsReportedOnceThoughNothingAnswered: neither the bucket nor SNS
// did, and the same process goes on.
func TestAnOffPeriodIsReportedOnceThoughNothingAnswered(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	w.Tasks = []guard.Task{task("off")}
	w.Kernels[w.Tasks[0].ARN+"/main"] = "0\r\n"
	w.Events = []guard.Event{
		by("role Admin, session jane.doe", guardtest.Put("off", start.Add(-time.Hour), guard.ModeOff)),
		by("user terraform-ci", guardtest.Put("on", start.Add(-45*time.Minute), guard.ModeOn)),
	}
	v := o.verifier(w)
	for _, part := range []string{"state", "report", "publish"} {
		o.broken[part] = errors.New("no answer")
	}
	if _, err := run(t, v, Request{}); err == nil {
		t.Fatal("nothing answers, and that is no error")
	}
	clear(o.broken)
	w.Clock = w.Clock.Add(time.Hour)
	if _, err := run(t, v, Request{}); err != nil {
		t.Fatal(err)
	}
	off := 0
	for _, m := range o.inbox {
		if strings.Contains(m.Text, "until 2026-11-02T09:15:00Z: PutAccountSettingDefault by role Admin") {
			off++
		}
	}
	if off != 1 {
		t.Errorf("people heard %d times of the off period: %q", off, o.inbox)
	}
}

// by is a call that somebody made.
func by(who string, e guard.Event) guard.Event {
	e.Cause.Actor.Name = who
	return e
}

// TestAnOffPeriodIsReportedOnce: an event got lost, and FIPS mode is on again
// before the scan. Whatever verifiers follow one another, people hear of it once,
// with who and when.
func TestAnOffPeriodIsReportedOnce(t *testing.T) {
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	off := by("role Admin, session jane.doe", guardtest.Put("off", at(-60), guard.ModeOff))
	again := by("user terraform-ci", guardtest.Put("again", at(-50), guard.ModeOff))
	on := by("user terraform-ci", guardtest.Put("on", at(-15), guard.ModeOn))
	fixed := by("role fipsguard-enforcer, session fipsguard-enforcer", guardtest.Put("on", at(-15), guard.ModeOn))
	override := by("role checkout, session 1", guardtest.Put("override", at(-60), guard.ModeOff))
	override.States = []guard.State{guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/checkout", Mode: guard.ModeOff}}
	overrideOn := override
	overrideOn.Cause.EventID, overrideOn.Cause.Time = "override on", at(-30)
	overrideOn.States = []guard.State{guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/checkout", Mode: guard.ModeOn}}
	for name, c := range map[string]struct {
		events []guard.Event
		says   []string // by the one alert; none means no alert
	}{
		"off for 45 minutes":       {[]guard.Event{off, on}, []string{"FIPS mode was off for a time", "Who:    role Admin, session jane.doe", "over before this scan", "from 2026-11-02T09:00:00Z until 2026-11-02T09:45:00Z", "terraform-ci"}},
		"two people turned it off": {[]guard.Event{off, again, on}, []string{"jane.doe", "PutAccountSettingDefault by user terraform-ci (event again)"}},
		"an override":              {[]guard.Event{override, overrideOn}, []string{"role/checkout", "until 2026-11-02T09:30:00Z"}},
		"the guard ended it":       {[]guard.Event{off, fixed}, nil},
		"the end is not on record": {[]guard.Event{off}, []string{"jane.doe", "No record says who ended that."}},
		"it was on all the time":   {[]guard.Event{on}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			w.Events = c.events
			for n := range 4 {
				o.broken = map[string]error{}
				if n == 0 {
					o.broken["publish"] = errors.New("connection reset")
				}
				if _, err := run(t, o.verifier(w), Request{}); err != nil && n > 0 {
					t.Fatal(err)
				}
				w.Clock = w.Clock.Add(time.Hour)
			}
			if want := min(len(c.says), 1); len(o.inbox) != want {
				t.Fatalf("people were told %q, want %d alerts", o.subjects(), want)
			}
			for _, text := range c.says {
				if m := o.inbox[0]; !strings.Contains(m.Subject+m.Text, text) {
					t.Errorf("the alert does not say %q:\n%s\n%s", text, m.Subject, m.Text)
				}
			}
		})
	}
}

// TestEveryoneIsNamedHoweverMuchThereIsToTell: an alert has room for ten findings
// and a thousand characters of each. What is told only once is in it, or waits for
// the next scan.
func TestEveryoneIsNamedHoweverMuchThereIsToTell(t *testing.T) {
	person := func(n int) string { return fmt.Sprintf("role Admin, session person-%03d", n) }
	turned := func(n int, at time.Time, mode guard.Mode) guard.Event {
		return by(person(n), guardtest.Put(fmt.Sprintf("%s-%03d", mode, n), at, mode))
	}
	together := func(n int) []guard.Event {
		return []guard.Event{
			turned(n, start.Add(time.Duration(n-120)*time.Minute), guard.ModeOff),
			by("user terraform-ci", guardtest.Put("on", start.Add(-50*time.Minute), guard.ModeOn)),
		}
	}
	for name, c := range map[string]struct {
		people, tasks, scans int
		event                func(n int) []guard.Event
	}{
		"twelve kernels without FIPS mode besides": {people: 1, tasks: 12, scans: 1, event: func(n int) []guard.Event {
			return []guard.Event{turned(n, start.Add(-time.Hour), guard.ModeOff), turned(n, start.Add(-50*time.Minute), guard.ModeOn)}
		}},
		"27 people in one off period":    {people: 27, scans: 1, event: together},
		"sixty people in one off period": {people: 60, scans: 3, event: together},
		"twenty-five off periods": {people: 25, scans: 3, event: func(n int) []guard.Event {
			at := start.Add(time.Duration(4*n-180) * time.Minute)
			return []guard.Event{turned(n, at, guard.ModeOff), turned(n, at.Add(time.Minute), guard.ModeOn)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			for n := range c.people {
				w.Events = append(w.Events, c.event(n)...)
			}
			for n := range c.tasks {
				w.Tasks = append(w.Tasks, task(fmt.Sprintf("%02d", n)))
				w.Kernels[w.Tasks[n].ARN+"/main"] = "0\r\n"
			}
			for range c.scans + 1 {
				if _, err := run(t, o.verifier(w), Request{}); err != nil {
					t.Fatal(err)
				}
				w.Clock = w.Clock.Add(time.Hour)
			}
			for n := range c.people {
				times := 0
				for _, m := range o.inbox {
					if strings.Contains(m.Text, fmt.Sprintf("%s (event off-%03d)", person(n), n)) {
						times++
					}
				}
				if times != 1 {
					t.Errorf("person %d is named in %d alerts of %d", n, times, len(o.inbox))
				}
			}
			if len(o.inbox) > c.scans {
				t.Errorf("people were told %d times, want %d: %q", len(o.inbox), c.scans, o.subjects())
			}
		})
	}
}

// TestWhoFindsNoRoomIsNamedByTheNextScan, of an off period that lasts as well, and
// that it was seen is kept once.
func TestWhoFindsNoRoomIsNamedByTheNextScan(t *testing.T) {
	line := guard.Timeline{}
	for n := range 60 {
		at := start.Add(time.Duration(n) * time.Minute)
		line.Spans = append(line.Spans, guard.Span{From: at, Until: at.Add(time.Minute), Mode: guard.ModeOff, Cause: guard.Cause{
			EventID: fmt.Sprintf("event-%02d", n), EventName: "PutAccountSettingDefault", Time: at, Actor: guard.Actor{Name: fmt.Sprintf("person %02d", n)},
		}})
	}
	report := guard.Report{Cause: guard.Cause{Account: guardtest.AccountID, Region: guardtest.Region}, Timelines: []guard.Timeline{line}}
	people := noted("", guard.OffPeriods(report.Timelines, guardtest.AccountID, guardtest.Region)[0].Subject(), start.Add(time.Minute), true)
	named := map[string]int{}
	for range 6 {
		var told []guard.Finding
		told, people = people.compare(report, start.Add(2*time.Hour), false)
		for _, f := range told {
			for _, c := range f.State.(guard.OffPeriod).By {
				named[c.Actor.Name]++
			}
		}
		if len(people.Sightings) != 1 {
			t.Fatalf("the sightings are %+v", people.Sightings)
		}
	}
	for n := range 60 {
		if times := named[fmt.Sprintf("person %02d", n)]; times != 1 {
			t.Errorf("person %d is named %d times", n, times)
		}
	}
}

// TestAReportedOffPeriodIsNotForgotten by a scan that could not read the state, nor
// by one that saw nothing of the past.
func TestAReportedOffPeriodIsNotForgotten(t *testing.T) {
	for name, blind := range map[string]func(*guardtest.World, *outside, int){
		"the state could not be read when it was reported": func(_ *guardtest.World, o *outside, scan int) {
			if scan == 0 {
				o.broken["read"] = errors.New("connection reset")
			}
		},
		"a scan believes no memory and gets no history": func(w *guardtest.World, o *outside, scan int) {
			if scan == 1 {
				w.Faults["cloudtrail:LookupEvents"] = guardtest.Down
				delete(o.reports, o.order[0]+".json")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := guardtest.NewWorld(start), newOutside(t)
			w.Events = []guard.Event{guardtest.Put("off", start.Add(-time.Hour), guard.ModeOff), guardtest.Put("on", start.Add(-time.Minute), guard.ModeOn)}
			v := o.verifier(w)
			for n := range 4 {
				o.broken, w.Faults = map[string]error{}, map[string]guardtest.Fault{}
				blind(w, o, n)
				_, _ = run(t, v, Request{}) // the error is about what is at fault
				w.Clock = w.Clock.Add(time.Hour)
			}
			told := 0
			for _, m := range o.inbox {
				if strings.Contains(m.Subject, "was off for a time") {
					told++
				}
			}
			if told != 1 {
				t.Errorf("the off period was reported %d times: %q", told, o.subjects())
			}
		})
	}
}

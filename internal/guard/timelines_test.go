package guard

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var timelineStart = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// hour is a time after the start of the timelines below.
func hour(h float64) time.Time {
	return timelineStart.Add(time.Duration(h * float64(time.Hour)))
}

func changed(id string, at time.Time, mode Mode, principal string) Event {
	s := Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeAccount, Mode: mode}
	if principal != "" {
		s.Scope, s.Principal = ScopePrincipal, principal
	}
	return Event{Cause: Cause{EventID: id, EventName: "Put", Time: at}, States: []State{s}}
}

func defaultIs(mode Mode) Setting {
	return Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeAccount, Mode: mode}
}

// draw writes timelines as hours and modes: "0 unknown 2 off(a) 3".
func draw(lines []Timeline) string {
	var b strings.Builder
	for _, line := range lines {
		if line.Principal != "" {
			fmt.Fprintf(&b, "; %s:", line.Principal)
		}
		for i, s := range line.Spans {
			if i > 0 && !line.Spans[i-1].Until.Equal(s.From) {
				b.WriteString(" GAP")
			}
			fmt.Fprintf(&b, " %g %s", s.From.Sub(timelineStart).Hours(), s.Mode)
			if s.Cause.EventID != "" {
				fmt.Fprintf(&b, "(%s)", s.Cause.EventID)
			}
		}
		fmt.Fprintf(&b, " %g", line.Spans[len(line.Spans)-1].Until.Sub(timelineStart).Hours())
	}
	return strings.TrimSpace(b.String())
}

func TestTimelines(t *testing.T) {
	off := changed("off", hour(2), ModeOff, "")
	on := changed("on", hour(3), ModeOn, "")
	deleted := changed("gone", hour(4), ModeUnknown, "")
	deleted.States = []State{Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeAccount, Deleted: true}}
	elsewhere := changed("east", hour(1), ModeOff, "")
	elsewhere.States = []State{Setting{Account: "111122223333", Region: "us-gov-east-1", Scope: ScopeAccount, Mode: ModeOff}}
	whose := changed("whose", hour(5), ModeOn, "")
	whose.States = []State{Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeUnknown, Mode: ModeOn}}
	whoseOff, whoseGone := whose, whose
	whoseOff.States = []State{Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeUnknown, Mode: ModeOff}}
	whoseGone.States = []State{Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopeUnknown, Deleted: true}}
	quick := changed("quick", hour(2), ModeOn, "")

	for _, c := range []struct {
		name     string
		events   []Event
		observed Mode
		want     string
	}{
		{"no change on record: as it is now, all along", nil, ModeOn, "0 on 10"},
		{"nothing recorded, nothing observed", nil, ModeUnknown, "0 unknown 10"},
		{"off and on again", []Event{off, on}, ModeOn, "0 unknown 2 off(off) 3 on(on) 10"},
		{"newest first and twice, as CloudTrail may tell it", []Event{on, off, off, on}, ModeOn, "0 unknown 2 off(off) 3 on(on) 10"},
		{"repaired within the second", []Event{quick, off}, ModeOn, "0 unknown 2 off(off) 2 on(quick) 10"},
		{"the record of turning it on is late", []Event{off}, ModeOn, "0 unknown 2 unknown(off) 10"},
		{"the record of turning it off is missing", []Event{on}, ModeOff, "0 unknown 3 unknown(on) 10"},
		{"deleted means off", []Event{on, deleted}, ModeOff, "0 unknown 3 on(on) 4 off(gone) 10"},
		{"another Region's change is none", []Event{elsewhere}, ModeOn, "0 on 10"},
		{"turned on by nobody knows whom is not the account's on", []Event{off, whose}, ModeUnknown, "0 unknown 2 off(off) 5 unknown(whose) 10"},
		{"turned off by nobody knows whom may be another's off", []Event{on, whoseOff}, ModeUnknown, "0 unknown 3 on(on) 5 unknown(whose) 10"},
		{"deleted by nobody knows whom may be another's value", []Event{on, whoseGone}, ModeUnknown, "0 unknown 3 on(on) 5 unknown(whose) 10"},
		{"overrides have timelines of their own", []Event{changed("o1", hour(1), ModeOff, "role/app"), changed("o2", hour(2), ModeOn, "role/app")}, ModeOn,
			"0 on 10; role/app: 0 unknown 1 off(o1) 2 on(o2) 10"},
		{"before what was looked at", []Event{changed("old", hour(-1), ModeOff, ""), on}, ModeOn, "0 unknown 3 on(on) 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := draw(Timelines(c.events, nil, defaultIs(c.observed), hour(0), hour(10)))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimelinesRememberWhatAnEarlierLookSaw: CloudTrail forgets after 90 days,
// and a look's own observation is on no record.
func TestTimelinesRememberWhatAnEarlierLookSaw(t *testing.T) {
	quiet := Timelines(nil, nil, defaultIs(ModeOn), hour(0), hour(5))
	off := changed("off", hour(6), ModeOff, "")
	on := changed("on", hour(7), ModeOn, "")

	if got, want := draw(Timelines([]Event{off, on}, quiet, defaultIs(ModeOn), hour(1), hour(8))), "0 on 6 off(off) 7 on(on) 8"; got != want {
		t.Errorf("what was on before: got %s, want %s", got, want)
	}
	earlier := Timelines([]Event{off, on}, nil, defaultIs(ModeOn), hour(0), hour(8))
	if got, want := draw(Timelines(nil, earlier, defaultIs(ModeOn), hour(7.5), hour(20))), "0 unknown 6 off(off) 7 on(on) 20"; got != want {
		t.Errorf("records that CloudTrail has forgotten: got %s, want %s", got, want)
	}
	surprised := Timelines(nil, quiet, defaultIs(ModeOff), hour(1), hour(8))
	if got, want := draw(surprised), "0 on 5 unknown 8"; got != want {
		t.Errorf("found off without a record: got %s, want %s", got, want)
	}
	repaired := changed("repair", hour(8), ModeOn, "")
	if got, want := draw(Timelines([]Event{repaired}, surprised, defaultIs(ModeOn), hour(1), hour(9))), "0 on 5 unknown 8 on(repair) 9"; got != want {
		t.Errorf("the doubt stays after the repair: got %s, want %s", got, want)
	}
	late := Timelines([]Event{off}, nil, defaultIs(ModeOn), hour(0), hour(8))
	if got, want := draw(Timelines([]Event{off, on}, late, defaultIs(ModeOn), hour(0), hour(9))), "0 unknown 6 off(off) 7 on(on) 9"; got != want {
		t.Errorf("the late record settles the doubt: got %s, want %s", got, want)
	}
}

func TestOpenOverrides(t *testing.T) {
	lines := Timelines([]Event{
		changed("a", hour(1), ModeOff, "role/open"),
		changed("b", hour(1), ModeOff, "role/closed"), changed("c", hour(2), ModeOn, "role/closed"),
	}, nil, defaultIs(ModeOff), hour(0), hour(10))
	open := OpenOverrides(lines, "111122223333", "us-gov-west-1")
	if len(open) != 1 || open[0].Principal != "role/open" || Worst(Check(open[0])) != NonCompliant {
		t.Errorf("open overrides are %+v; want role/open's, as a violation", open)
	}
}

// TestWhoEndedAnOffPeriod: whoever turned it on. A call after which nobody knows
// what the setting was has not ended anything, but for one that deleted an override.
func TestWhoEndedAnOffPeriod(t *testing.T) {
	off := changed("off", hour(2), ModeOff, "")
	role := "arn:aws-us-gov:iam::111122223333:role/checkout"
	override, deleted := changed("override", hour(2), ModeOff, role), changed("gone", hour(3), ModeUnknown, role)
	deleted.States = []State{Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopePrincipal, Principal: role, Deleted: true}}
	for name, c := range map[string]struct {
		events []Event
		ended  string
	}{
		"it was turned on": {[]Event{off, changed("on", hour(3), ModeOn, "")}, "on"},
		"turned off again, and on without any record":   {[]Event{off, changed("again", hour(3), ModeOff, "")}, ""},
		"an override that was deleted":                  {[]Event{override, deleted}, "gone"},
		"an override that was turned on":                {[]Event{override, changed("on", hour(3), ModeOn, role)}, "on"},
		"a call of which the record does not say whose": {[]Event{off, changed("whose", hour(3), ModeUnknown, "")}, ""},
	} {
		periods := OffPeriods(Timelines(c.events, nil, defaultIs(ModeOn), timelineStart, hour(4)), "111122223333", "us-gov-west-1")
		if len(periods) != 1 || periods[0].Ended.EventID != c.ended {
			t.Errorf("%s: the off periods are %+v, want one that %q ended", name, periods, c.ended)
		}
	}
}

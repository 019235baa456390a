package guard

import (
	"strings"
	"testing"
	"time"
)

func TestCanaries(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 7, 3, 0, time.UTC)
	hours := func(list ...float64) []time.Time {
		var times []time.Time
		for _, h := range list {
			times = append(times, now.Add(-time.Duration(h*float64(time.Hour))))
		}
		return times
	}
	heard := func(latency time.Duration, list ...float64) []Canary {
		var all []Canary
		for _, at := range hours(list...) {
			all = append(all, Canary{Sent: at.Truncate(time.Second), Latency: latency})
		}
		return all
	}
	for name, c := range map[string]struct {
		canaries Canaries
		due      bool
		verdict  Verdict
		says     string
	}{
		"just deployed":             {Canaries{Sent: hours(0)}, false, InsufficientData, "No canary"},
		"the first is on its way":   {Canaries{Sent: hours(1, 0)}, false, InsufficientData, "No canary"},
		"the first never came":      {Canaries{Sent: hours(2, 1, 0)}, true, NonCompliant, "none of the 3 canaries sent since 2026-11-26T10:07:03Z"},
		"the last one came":         {Canaries{Sent: hours(2, 1, 0), Received: append(heard(40*time.Second, 2), heard(8*time.Second, 1)...)}, true, Compliant, "after 8 s. Received in the last day: 2, after 8 s in the median and 40 s at worst"},
		"the one before it came":    {Canaries{Sent: hours(3, 2, 1, 0), Received: heard(time.Second, 3, 2)}, true, Compliant, "Received in the last day: 2"},
		"two are missing":           {Canaries{Sent: hours(3, 2, 1, 0), Received: heard(time.Second, 3)}, true, NonCompliant, "the last one it received was sent at 2026-11-26T09:07:03Z"},
		"sent again after a pause":  {Canaries{Sent: hours(9, 1, 0), Received: heard(time.Second, 9)}, true, Compliant, "Received in the last day: 1"},
		"a lost one, then received": {Canaries{Sent: hours(4, 3, 2, 1, 0), Received: heard(time.Second, 1)}, true, Compliant, "after 1 s"},
		"the log does not answer":   {Canaries{Sent: hours(4), Unknown: "AWS did not answer FilterLogEvents"}, true, InsufficientData, "because AWS did not answer FilterLogEvents"},
		"a link is known to be broken": {Canaries{Sent: hours(2), Broken: []string{"rule fipsguard-settings is disabled"}}, true, NonCompliant,
			"The broken link may be: rule fipsguard-settings is disabled."},
	} {
		c.canaries.Now = now
		f := Check(c.canaries)[0]
		if c.canaries.Due() != c.due || f.Verdict != c.verdict || !strings.Contains(f.Reason, c.says) {
			t.Errorf("%s: due %t, %s: %s", name, c.canaries.Due(), f.Verdict, f.Reason)
		}
		if seen := SeenAt([]Finding{f}, Seen{})[0].Seen; f.Verdict == Compliant && (seen.How != Received || !seen.At.Before(now)) {
			t.Errorf("%s: it was seen by %q at %s", name, seen.How, seen.At)
		}
	}
}

// TestCanariesMakeNoHistory: an account's timeline does not grow by a span every
// hour, but a canary that turned FIPS mode on is on record.
func TestCanariesMakeNoHistory(t *testing.T) {
	start := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	event := func(id string, hour int, mode Mode, canary bool) Event {
		return Event{
			Cause:  Cause{EventID: id, EventName: "PutAccountSettingDefault", Time: start.Add(time.Duration(hour) * time.Hour), Canary: canary},
			States: []State{Setting{Account: "1", Region: "r", Scope: ScopeAccount, Mode: mode}},
		}
	}
	lines := Timelines([]Event{
		event("on", 1, ModeOn, false), event("c1", 2, ModeOn, true), event("c2", 3, ModeOn, true),
		event("off", 4, ModeOff, false), event("c3", 5, ModeOn, true), event("c4", 6, ModeOn, true),
	}, nil, Setting{Account: "1", Region: "r", Scope: ScopeAccount, Mode: ModeOn}, start, start.Add(10*time.Hour))
	var ids []string
	for _, s := range lines[0].Spans {
		ids = append(ids, s.Cause.EventID)
	}
	if got := strings.Join(ids, " "); got != " on off c3" {
		t.Errorf("the spans begin with %q", got)
	}
}

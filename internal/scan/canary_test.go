package scan

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// sky is where canaries fly.
type sky struct {
	sent     int
	refused  bool
	received []guard.Canary
	unknown  string
}

func (s *sky) SendCanary(context.Context) error {
	if s.refused {
		return errors.New("denied")
	}
	s.sent++
	return nil
}

func (s *sky) Received(context.Context, time.Time) ([]guard.Canary, string) {
	return s.received, s.unknown
}

// received is a scanner whose last canary came.
func received(s *Scanner) {
	s.Canary = &sky{received: []guard.Canary{{Sent: start.Add(-time.Hour), Latency: 8 * time.Second}}}
}

// TestWhenACanaryIsSent: by the hourly scan, and only where it changes nothing and
// the guard would make the call anyway.
func TestWhenACanaryIsSent(t *testing.T) {
	on := func(*guardtest.World) {}
	off := guard.DefaultPolicy()
	off.Modes[guard.FIPSModeDefault] = guard.Off
	for name, c := range map[string]struct {
		policy  guard.Policy
		hourly  bool
		world   func(*guardtest.World)
		refused bool
		want    int
	}{
		"the hourly scan":             {guard.DefaultPolicy(), true, on, false, 1},
		"a scan after a fix":          {guard.DefaultPolicy(), false, on, false, 0},
		"audit mode":                  {guard.DefaultPolicy().Audited(), true, on, false, 0},
		"the rule is off":             {off, true, on, false, 0},
		"FIPS mode was off":           {guard.DefaultPolicy(), true, func(w *guardtest.World) { w.Default = guard.ModeOff }, false, 0},
		"the setting cannot be read":  {guard.DefaultPolicy(), true, func(w *guardtest.World) { w.Faults[listSettings] = guardtest.Down }, false, 0},
		"AWS does not take the write": {guard.DefaultPolicy(), true, on, true, 0},
	} {
		w := guardtest.NewWorld(start)
		c.world(w)
		s, canaries := scanner(w, c.policy), &sky{refused: c.refused}
		s.Canary = canaries
		old := start.Add(-25 * time.Hour)
		result, err := s.Scan(t.Context(), location, Request{Canary: c.hourly, Known: Known{Canaries: []time.Time{old}}})
		if err != nil {
			t.Fatal(err)
		}
		if canaries.sent != c.want || len(result.Known.Canaries) != c.want {
			t.Errorf("%s: %d canaries were sent, %v are remembered; want %d", name, canaries.sent, result.Known.Canaries, c.want)
		}
	}
}

// TestWhatBecameOfCanaries: what is not due is not examined, what came takes the
// doubt about the trail away, and what did not come says what may be broken.
func TestWhatBecameOfCanaries(t *testing.T) {
	hoursAgo := func(hours ...time.Duration) []time.Time {
		var all []time.Time
		for _, h := range hours {
			all = append(all, start.Add(-h*time.Hour))
		}
		return all
	}
	blind := guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Unknown: "AWS answered GetEventSelectors with AccessDeniedException"}
	for name, c := range map[string]struct {
		sent    []time.Time
		sky     sky
		guard   []guard.Component
		canary  string // what the report says
		trail   guard.Verdict
		because string
	}{
		"the first one is on its way": {hoursAgo(0), sky{}, []guard.Component{blind}, "", guard.InsufficientData, "GetEventSelectors"},
		"it came": {
			hoursAgo(1), sky{received: []guard.Canary{{Sent: start.Add(-time.Hour), Latency: 8 * time.Second}}}, []guard.Component{blind},
			"COMPLIANT: The enforcer received the canary of 2026-11-02T09:00:00Z after 8 s.", guard.Compliant, "the canary of 2026-11-02T09:00:00Z came through it",
		},
		"it came long ago": {
			hoursAgo(5), sky{received: []guard.Canary{{Sent: start.Add(-5 * time.Hour)}}}, []guard.Component{blind}, "COMPLIANT", guard.InsufficientData, "GetEventSelectors",
		},
		"a trail that is off stays off": {
			hoursAgo(1), sky{received: []guard.Canary{{Sent: start.Add(-time.Hour)}}}, []guard.Component{{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail t is not logging"}}},
			"COMPLIANT", guard.NonCompliant, "not logging",
		},
		"none came, and the rule is off": {
			hoursAgo(2, 1), sky{}, []guard.Component{
				blind, {Rule: guard.GuardEvents, Name: "EventBridge rule fipsguard-settings", Faults: []string{"rule fipsguard-settings is disabled"}},
				{Rule: guard.GuardEvents, Name: "EventBridge rule fipsguard-tasks", Faults: []string{"rule fipsguard-tasks is disabled"}},
				{Rule: guard.GuardComponents, Name: "function fipsguard-enforcer", Faults: []string{"function fipsguard-enforcer: Permissions is missing"}},
				{Rule: guard.GuardComponents, Name: "function fipsguard-gate", Faults: []string{"function fipsguard-gate does not exist"}},
				{Rule: guard.GuardEvents, Name: "EventBridge rule fipsguard-security-settings", Faults: []string{"rule fipsguard-security-settings is disabled"}},
			},
			"NON_COMPLIANT: The enforcer received none of the 2 canaries sent since 2026-11-02T08:00:00Z. The broken link may be: rule fipsguard-settings is disabled; function fipsguard-enforcer: Permissions is missing.", guard.InsufficientData, "GetEventSelectors",
		},
		"the log cannot be read": {hoursAgo(1), sky{unknown: "AWS did not answer FilterLogEvents"}, []guard.Component{blind}, "INSUFFICIENT_DATA", guard.InsufficientData, "GetEventSelectors"},
	} {
		w := guardtest.NewWorld(start)
		w.Guard = c.guard
		s := scanner(w, guard.DefaultPolicy())
		s.Canary = &c.sky
		result, err := s.Scan(t.Context(), location, Request{Known: Known{Canaries: c.sent}})
		if err != nil {
			t.Fatal(err)
		}
		canary := verdicts(result.Report, guard.GuardCanary)[guardtest.Region]
		if !strings.HasPrefix(canary, c.canary) || c.canary == "" && canary != "" {
			t.Errorf("%s: %s", name, canary)
		}
		if trail := verdicts(result.Report, guard.GuardTrail)["CloudTrail"]; !strings.HasPrefix(trail, c.trail.String()+": ") || !strings.Contains(trail, c.because) {
			t.Errorf("%s: the trail is %s", name, trail)
		}
	}
}

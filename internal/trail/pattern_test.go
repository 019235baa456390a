package trail

import (
	"bytes"
	"testing"

	"fipsguard/internal/guard"
	"quamina.net/go/quamina"
)

// matcher is the patterns as EventBridge matches them.
func matcher(t *testing.T) func(event []byte) bool {
	t.Helper()
	q, err := quamina.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Patterns() {
		if err := q.AddPattern(p.Name, p.JSON); err != nil {
			t.Fatalf("pattern %s: %v", p.Name, err)
		}
	}
	return func(event []byte) bool {
		matches, err := q.MatchesForEvent(event)
		if err != nil {
			t.Fatalf("match: %v", err)
		}
		return len(matches) > 0
	}
}

// TestPatternsMissNothing: what is not delivered is not guarded, so every
// event that can hold a violation has to pass.
func TestPatternsMissNothing(t *testing.T) {
	passes := matcher(t)
	for name, data := range events(t) {
		event, err := Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		verdict := guard.Worst(guard.CheckAll(event.States))
		needed := verdict == guard.NonCompliant || verdict == guard.InsufficientData
		if !bytes.Contains(data, []byte(`"detail-type"`)) {
			continue // EventBridge delivers no bare records
		}
		if needed && !passes(data) {
			t.Errorf("%s is %s, and no rule lets it through", name, verdict)
		}
	}
}

// TestPatternsLetLittleElseThrough: what can never be a violation does not
// wake the enforcer.
func TestPatternsLetLittleElseThrough(t *testing.T) {
	passes := matcher(t)
	for _, name := range []string{"setting-call-denied", "other-service-twin", "other-event-type", "ecs-call-not-guarded",
		"definition-linux-x86", "definition-platform-left-out", "definition-failed", "change-stopped", "change-ec2-task"} {
		if passes(events(t)[name]) {
			t.Errorf("%s wakes the enforcer", name)
		}
	}
}

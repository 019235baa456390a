package metric

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// TestProofsAreCounted: each proof in one metric, in CloudWatch's format, and
// zero where there is none, so that a graph falls back.
func TestProofsAreCounted(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	task := guard.Task{ARN: "task", Created: at}
	off := []guard.Timeline{{Spans: []guard.Span{{From: at.Add(-time.Hour), Until: at.Add(time.Hour), Mode: guard.ModeOff}}}}
	r := guard.Report{Findings: guard.CheckAll([]guard.State{
		guard.KernelCheck{Task: task, Answer: "1", At: at}, guard.KernelCheck{Task: task, Answer: "1", At: at},
		guard.KernelCheck{Task: task, Answer: "?", At: at}, guard.KernelCheck{Task: task},
		guard.ExposureOf(task, off, false),
	})}
	var out bytes.Buffer
	NewWriter(&out).EmitProofs(r, at)
	var line struct {
		TasksProven, TasksRefuted, TasksUnverifiable, TasksNotAttempted, TasksExposed *int

		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace string
				Metrics   []struct{ Name, Unit string }
			}
		} `json:"_aws"`
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		got  *int
		want int
	}{
		"proven": {line.TasksProven, 2}, "refuted": {line.TasksRefuted, 0}, "unverifiable": {line.TasksUnverifiable, 1},
		"not attempted": {line.TasksNotAttempted, 1}, "exposed": {line.TasksExposed, 1},
	} {
		if c.got == nil || *c.got != c.want {
			t.Errorf("%s tasks: %v, want %d", name, c.got, c.want)
		}
	}
	if m := line.AWS.CloudWatchMetrics; len(m) != 1 || m[0].Namespace != product.Name || len(m[0].Metrics) != 5 || line.AWS.Timestamp != at.UnixMilli() {
		t.Errorf("the directive is %+v", line.AWS)
	}
}

// TestLatencyIsOfWhatThisGuardChanged, and from an event on.
func TestLatencyIsOfWhatThisGuardChanged(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	event := guard.Cause{EventID: "1", Time: at.Add(-6 * time.Hour)}
	put := guard.Remediation{Rule: guard.FIPSModeDefault, Call: guard.PutAccountSettingDefault{Name: guard.SettingName, Value: "enabled"}}
	unseen := put
	unseen.Unseen = true
	on := guard.Setting{Scope: guard.ScopeAccount, Mode: guard.ModeOn}
	for name, c := range map[string]struct {
		cause   guard.Cause
		outcome guard.Outcome
		want    bool
	}{
		"an event's":                               {event, guard.Confirm(guard.Outcome{Remediation: put, Result: guard.Unconfirmed, At: at}, on), true},
		"without an event":                         {guard.Cause{Time: at}, guard.Confirm(guard.Outcome{Remediation: put, Result: guard.Unconfirmed, At: at}, on), false},
		"on, though the call failed":               {event, guard.Confirm(guard.Outcome{Remediation: put, Result: guard.Failed, At: at}, on), false},
		"a write that nothing showed to be needed": {event, guard.Confirm(guard.Outcome{Remediation: unseen, Result: guard.Unconfirmed, At: at}, on), false},
	} {
		var out bytes.Buffer
		NewWriter(&out).Emit(guard.Report{Cause: c.cause, Outcomes: []guard.Outcome{c.outcome}}, at)
		if got := bytes.Contains(out.Bytes(), []byte(product.RemediationLatency)); got != c.want {
			t.Errorf("%s: a latency is measured: %t, want %t", name, got, c.want)
		}
	}
}

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

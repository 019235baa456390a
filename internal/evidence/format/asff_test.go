package format_test

import (
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
)

func TestSecurityFindings(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	task := func(name string) guard.Task {
		return guard.Task{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Fargate: guard.Yes, LastStatus: "RUNNING", Created: at.Add(-time.Hour)}
	}
	setting := guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	states := []guard.State{
		setting, task("of an unknown platform"),
		guard.KernelCheck{Task: task("proven"), Container: "main", Answer: "1\r\n", At: at},
		guard.KernelCheck{Task: task("refuted"), Container: "main", Answer: "0\r\n", At: at},
		guard.KernelCheck{Task: task("silent"), At: at, Unknown: strings.Repeat("ECS Exec is off for the task, and ", 50)},
		guard.KernelCheck{Task: task("waits for its turn")},
		guard.KernelCheck{Task: task("stale"), Unknown: "its last proof is older than a week"},
		guard.KernelCheck{Task: task("<script>alert(1)</script>\x00" + strings.Repeat("x", 600)), Container: "<b>", Answer: "</pre>\x1b[2J\u202e", At: at},
		guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail main is not logging"}},
		guard.Component{Rule: guard.GuardAlerts, Name: "topic", Unknown: "AWS answered ListSubscriptionsByTopic with AccessDenied"},
	}
	r := guard.Report{Cause: guard.Cause{Account: "111122223333", Region: "us-gov-west-1"}, Findings: guard.CheckAll(states)}
	for _, a := range guard.Plan(guard.Check(setting), guard.DefaultPolicy()) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: a, Result: guard.Done, At: at})
	}
	d := evidence.New(evidence.About{Started: at, Finished: at.Add(time.Minute)}, r)
	ids := map[string]bool{}
	rules := map[string]int{}
	for _, f := range format.SecurityFindings(d) {
		id := f.ID
		if ids[id] {
			t.Errorf("%s is there twice", id)
		}
		ids[id] = true
		rules[strings.TrimPrefix(f.GeneratorID, format.GeneratorPrefix)]++
		if len([]rune(f.Title)) > 256 || len([]rune(f.Description)) > 1024 || len(f.Resources) == 0 || f.Resources[0].ID == "" || len([]rune(f.Resources[0].ID)) > 512 {
			t.Errorf("finding out of bounds: %+v", f)
		}
		if f.Compliance.Status == "PASSED" || f.RecordState != "ACTIVE" {
			t.Errorf("%s is %s, %s", id, f.RecordState, f.Compliance.Status)
		}
		if strings.ContainsAny(f.Title+f.Description+f.Resources[0].ID, "\x00\x1b\u202e") {
			t.Errorf("a foreign text came through: %q", f.Description)
		}
	}
	if n := rules[string(guard.FIPSModeDefault)]; n != 0 {
		t.Error("what the scan fixed is a finding")
	}
	want := d.Kernels.Off + d.Kernels.CouldNotBeChecked + 1 // the stale one
	if n := rules[string(guard.TaskKernelProof)]; n != want || d.Kernels.NotCheckedYet < 2 {
		t.Errorf("%d findings about kernels, want %d: tasks that are not checked yet (%d) are none", n, want, d.Kernels.NotCheckedYet)
	}
	later := evidence.New(evidence.About{Started: d.Started.Add(time.Hour), Finished: d.Finished.Add(time.Hour)}, r)
	for _, f := range format.SecurityFindings(later) {
		if !ids[f.ID] {
			t.Errorf("%s has another ID in the next scan", f.ID)
		}
	}
}

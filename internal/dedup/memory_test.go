package dedup

import (
	"fmt"
	"testing"

	"fipsguard/internal/guard"
)

func TestAProcessReportsAWorkloadOnce(t *testing.T) {
	again, later, running, second := service, service, task, task
	later.Deployment = "ecs-svc/2"
	running.LastStatus = "RUNNING"
	second.ARN += "4"
	reports := []struct {
		name   string
		report guard.Report
		fresh  bool
	}{
		{"a service", report("CreateService", service, guard.RefusedByPolicy), true},
		{"the same event again", report("CreateService", again, guard.RefusedByPolicy), false},
		{"another deployment of it", report("UpdateService", later, guard.RefusedByPolicy), true},
		{"a task", report("ECS Task State Change", task, guard.RefusedByPolicy), true},
		{"its next state, another rule", report("ECS Task State Change", running, guard.RefusedByPolicy), false},
		{"another task of the same service, which the joiner counts", report("ECS Task State Change", second, guard.RefusedByPolicy), true},
		{"a task that could not be stopped", report("ECS Task State Change", task, guard.Failed), true},
		{"a setting", turnedOff(), true},
		{"a setting, turned off again", turnedOff(), true},
	}
	var m Memory
	for _, r := range reports {
		fresh := m.New(r.report)
		if got := fresh.Noteworthy(); got != r.fresh {
			t.Errorf("%s: new %t, want %t", r.name, got, r.fresh)
		}
		m.Remember(fresh)
	}
}

// TestWhoLaunchedATaskIsReported: a task's own changes come first, without a name;
// the record of the call follows, and is not the same. After it they are.
func TestWhoLaunchedATaskIsReported(t *testing.T) {
	byECS := report("ECS Task State Change", task, guard.Done)
	byCall := report("RunTask", task, guard.Done)
	byECS.Cause.IsCall, byCall.Cause.IsCall = false, true
	for name, c := range map[string]struct {
		reports []guard.Report
		fresh   []bool
	}{
		"the change first": {[]guard.Report{byECS, byECS, byCall, byCall, byECS}, []bool{true, false, true, false, false}},
		"the call first":   {[]guard.Report{byCall, byECS, byCall}, []bool{true, false, false}},
	} {
		var m Memory
		for i, r := range c.reports {
			fresh := m.New(r)
			if got := fresh.Noteworthy(); got != c.fresh[i] {
				t.Errorf("%s: report %d is new: %t, want %t", name, i, got, c.fresh[i])
			}
			m.Remember(fresh)
		}
	}
}

// TestWhatWasNotSentIsStillNew: only Remember makes a report a reported one.
func TestWhatWasNotSentIsStillNew(t *testing.T) {
	var m Memory
	for range 2 {
		if r := m.New(definitionNumber(1)); !r.Noteworthy() {
			t.Error("a report that was not sent is taken for a reported one")
		}
	}
}

func TestAMemoryIsBounded(t *testing.T) {
	var m Memory
	for i := range 3 * maxReported {
		d := definition
		d.ARN = fmt.Sprint(i)
		m.Remember(guard.Report{Findings: guard.Check(d)})
	}
	if got := len(m.reported); got > maxReported {
		t.Errorf("%d are kept, want at most %d", got, maxReported)
	}
}

// TestTwoRulesAboutOneResourceAreBothReported: that a task's exposure was
// reported must not hide its platform.
func TestTwoRulesAboutOneResourceAreBothReported(t *testing.T) {
	violation := func(rule guard.RuleID) guard.Report {
		return guard.Report{Findings: []guard.Finding{{Rule: rule, Subject: task.ARN, Verdict: guard.NonCompliant, Severity: guard.High, State: task}}}
	}
	var m Memory
	m.Remember(violation(guard.TaskExposed))
	if r := m.New(violation(guard.TaskLaunchPlatform)); !r.Noteworthy() {
		t.Error("the task's second violation is not reported")
	}
}

package evidence_test

import (
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/guard"
)

// TestAReportSaysNoMoreThanItsClaims, in its head and in its table of tasks.
func TestAReportSaysNoMoreThanItsClaims(t *testing.T) {
	passing := 0
	for seed := range uint64(500) {
		d := evidencetest.Random(seed)
		claims := map[string]evidence.Claim{} // of kernels, by subject
		var results evidence.Results
		for _, c := range d.Claims {
			if c.Rule == guard.TaskKernelProof {
				claims[c.Subject] = c
			}
			switch c.Result {
			case evidence.Compliant:
				results.Compliant++
			case evidence.NonCompliant:
				results.NonCompliant++
				if c.Fixed {
					results.Fixed++
				}
			case evidence.InsufficientData:
				results.InsufficientData++
			case evidence.Starting:
				results.Starting++
			case evidence.NotExamined:
				results.NotExamined++
			}
			if (c.Until != nil) != c.Observed() || c.Until != nil && c.Until.Sub(*c.At) != time.Duration(d.Cycle.Days)*24*time.Hour {
				t.Errorf("seed %d: %s of %s, seen at %v, holds until %v", seed, c.Result, c.Subject, c.At, c.Until)
			}
		}
		results.NotApplicable = d.Results.NotApplicable
		if results != d.Results {
			t.Errorf("seed %d: the report counts %+v; its claims are %+v", seed, d.Results, results)
		}
		if d.Status == guard.Compliant {
			passing++
			if results.NonCompliant+results.InsufficientData+results.Starting > 0 || d.Interrupted != "" {
				t.Errorf("seed %d: the report passes with %+v, interrupted %q", seed, results, d.Interrupted)
			}
		}
		for _, task := range d.Tasks {
			c, asked := claims[task.ARN]
			on := asked && c.Result == evidence.Compliant
			if (task.Kernel.Result == evidence.KernelOn) != on || on && (*task.Kernel.At != *c.At || *task.Kernel.Until != *c.Until) {
				t.Errorf("seed %d: task %s is shown with %+v; the claim is %+v", seed, task.ARN, task.Kernel, c)
			}
			if (task.Kernel.Result == evidence.NotRunningYet) != (asked && c.Result == evidence.Starting) {
				t.Errorf("seed %d: task %s, %s, is shown as %s", seed, task.ARN, task.LastStatus, task.Kernel.Result)
			}
		}
	}
	if passing == 0 {
		t.Error("no random report passes: the test tests nothing")
	}
}

func TestAStartingTaskIsCountedAndDoesNotPass(t *testing.T) {
	d := evidencetest.Interrupted()
	if d.Kernels.Starting != 1 || d.Results.Starting != 1 || d.Status != guard.InsufficientData {
		t.Errorf("kernels %+v, results %+v, status %s", d.Kernels, d.Results, d.Status)
	}
}

func TestOnlyWhatWasReadBackIsFixed(t *testing.T) {
	setting := guard.Setting{Account: evidencetest.Account, Region: evidencetest.Region, Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	for result, fixed := range map[guard.Result]bool{guard.Done: true, guard.Answered: false, guard.Unconfirmed: false, guard.Failed: false, guard.RefusedByAWS: false, guard.RefusedByPolicy: false} {
		r := guard.Report{Findings: guard.Check(setting)}
		for _, remediation := range guard.Plan(r.Findings, guard.DefaultPolicy()) {
			r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: remediation, Result: result})
		}
		if c := evidence.New(evidence.About{}, r).Claims[0]; c.Fixed != fixed || c.Open() == fixed {
			t.Errorf("%s: fixed is %t, open %t", result, c.Fixed, c.Open())
		}
	}
}

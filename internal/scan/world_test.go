package scan

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

const listSettings, listTasks = "ecs:ListAccountSettings", "ecs:ListTasks"

var (
	location = guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}
	start    = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
)

func task(name string, containers ...string) guard.Task {
	return guardtest.RunningTask(name, start.Add(-time.Hour), containers...)
}

// failed is an error of a session that says more.
type failed struct {
	reason  string
	mayPass bool
}

func (f failed) Error() string  { return "run a command: " + f.reason }
func (f failed) Reason() string { return f.reason }
func (f failed) MayPass() bool  { return f.mayPass }
func (f failed) Refused() bool  { return strings.HasPrefix(f.reason, "AWS refused") }

const ownRole = "arn:aws-us-gov:iam::111122223333:role/guard"

// ownOverride is an account in which the guard's own override is turned off
// while the default is being fixed.
type ownOverride struct {
	*guardtest.World
	reads int
}

func (o *ownOverride) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	observed, err := o.World.ObserveSetting(ctx, account, region)
	if o.reads++; o.reads > 1 && o.Overrides[ownRole] != guard.ModeOn {
		observed = append(observed, guard.Setting{Account: account, Region: region, Scope: guard.ScopePrincipal, Principal: ownRole, Mode: guard.ModeOff})
	}
	return observed, err
}

func scanner(w *guardtest.World, policy guard.Policy) *Scanner {
	return &Scanner{Account: w, Exec: w, History: w, Components: w, Policy: policy, Now: w.Now, Workloads: func(context.Context) guard.Held { return guard.Held{Policy: policy, Version: 1} }}
}

// scan scans the world as a schedule does.
func scan(t *testing.T, w *guardtest.World, policy guard.Policy, request Request) Result {
	t.Helper()
	request.Why = "scheduled scan"
	result, err := scanner(w, policy).Scan(t.Context(), location, request)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// verdicts are the findings of a rule, by the last part of their subjects.
func verdicts(r guard.Report, rule guard.RuleID) map[string]string {
	found := map[string]string{}
	for _, f := range r.Findings {
		if f.Rule == rule {
			found[f.Subject[strings.LastIndex(f.Subject, "/")+1:]] = f.Verdict.String() + ": " + sentences(f.Reason)
		}
	}
	return found
}

// sentences leaves out what a reason says of the task.
func sentences(reason string) string {
	of, _, _ := strings.Cut(reason, " The task is of ")
	return of
}

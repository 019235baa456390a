package simulation

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/aws/witness"
	"fipsguard/internal/guard"
)

// TestTheGuardLeavesItsWitnessAlone: the gate answers the launch of a witness with
// nothing, and a scan meanwhile does not count it as a task that could not be
// checked.
func TestTheGuardLeavesItsWitnessAlone(t *testing.T) {
	a, err := Start(t.Context(), guard.DefaultPolicy(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	if err := a.deployWitness(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(a.AWS.Published())
	task := witness.Task{ECS: a.as(a.People.Verifier), Subnets: []string{"subnet-0123456789abcdef0"}, Now: a.AWS.Now, Sleep: func(ctx context.Context, d time.Duration) error { return a.AWS.Advance(ctx, d) }}
	started := task.Start(t.Context(), location(), "test")
	if err := a.AWS.Advance(t.Context(), 30*time.Second+500*time.Millisecond); err != nil { // it runs
		t.Fatal(err)
	}
	if err := a.Do(t.Context(), "The verifier scans the account."); err != nil {
		t.Fatal(err)
	}
	report, err := a.lastReport()
	if err != nil || len(report.Tasks) != 0 {
		t.Errorf("the scan reports %+v, error %v", report.Tasks, err)
	}
	if got := task.Wait(t.Context(), started); got.FIPS != guard.Yes {
		t.Errorf("the witness says %+v", got)
	}
	if err := a.AWS.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if sent := a.AWS.Published()[before:]; len(sent) != 0 {
		t.Errorf("people got %+v", sent)
	}
	for _, call := range a.AWS.Calls() {
		for _, write := range []string{"StopTask", "DeregisterTaskDefinition", "UpdateService"} {
			if strings.HasSuffix(call.Operation, write) {
				t.Errorf("%s was called by %s", call.Operation, call.Principal.ARN)
			}
		}
	}
}

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/functiontest"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// deployed is the function in front of an account.
type deployed struct{ *functiontest.World }

// function starts the function's process.
func (d deployed) function(t testing.TB, bootstrap string) *lambda.Function {
	t.Helper()
	return d.Start(t, product.Verifier, bootstrap)
}

// run starts a task with ECS Exec and waits, in the account's time, until it
// runs.
func (d deployed) run(t *testing.T) string {
	t.Helper()
	d.register(t, "web")
	out, err := d.Admin.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String("web"), LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.Tasks[0].TaskArn)
}

// reports are the JSON reports that were kept, in order.
func (d deployed) reports(t testing.TB) []evidence.Document {
	t.Helper()
	var found []evidence.Document
	for _, o := range d.Objects(functiontest.Bucket) {
		if !strings.HasPrefix(o.Key, "reports/") || strings.Count(filepath.Base(o.Key), ".") != 1 || !strings.HasSuffix(o.Key, ".json") {
			continue
		}
		report, err := evidence.Read(strings.NewReader(string(o.Body)))
		if err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		found = append(found, report)
	}
	return found
}

// TestTheFunction runs the binary as Lambda does: it fixes, reads kernels, keeps
// evidence, and a second process goes on where the first one was killed.
func TestTheFunction(t *testing.T) {
	bootstrap := functiontest.Build(t, ".")
	d := deployed{functiontest.New(t, localaws.Options{})}
	task := d.run(t) // FIPS mode was never on: its kernel refutes
	first := d.function(t, bootstrap)
	if _, err := first.Invoke(t.Context(), []byte(`{"look":"daily"}`)); err != nil {
		t.Fatalf("%v\n%s", err, first.Printed())
	}
	first.Close()

	reports := d.reports(t)
	if len(reports) != 1 {
		t.Fatalf("%d reports were kept", len(reports))
	}
	want := evidence.Kernels{Off: 1}
	if r := reports[0]; r.Kernels != want || r.Tasks[0].ARN != task || r.Tool.Module != "v1.0.0" || !r.Tool.FIPS {
		t.Errorf("the report has %+v of %+v, by %+v", r.Kernels, r.Tasks, r.Tool)
	}
	if got, want := reports[0].Collector, "function:fipsguard-verifier"; !strings.Contains(got, want) {
		t.Errorf("the collector is %q, want %s", got, want)
	}
	for _, f := range reports[0].Claims {
		if strings.HasPrefix(string(f.Rule), "guard-") && f.Rule != guard.GuardCanary && f.Result != evidence.Compliant { // no canary was due
			t.Errorf("the guard is as it should be, and yet: %s: %s", f.Rule, f.Reason)
		}
	}
	if got := d.Mode(t); got != "enabled" {
		t.Errorf("FIPS mode is %s", got)
	}
	sent := d.Published()
	if len(sent) != 1 || !strings.Contains(sent[0].Subject, "CRITICAL") || !strings.Contains(sent[0].For("email"), "read fips_enabled 0") {
		t.Fatalf("alerts: %+v", sent)
	}

	for _, call := range d.Calls() {
		if call.Principal.AccessKeyID == localaws.Everyone().Guard.AccessKeyID && !strings.Contains(call.UserAgent+" ", " app/"+product.Name+" ") {
			t.Errorf("CloudTrail's record of %s does not say that it is the guard's: %s", call.Operation, call.UserAgent)
		}
	}
	if len(d.SecurityFindings()) == 0 {
		t.Error("Security Hub got none of the findings")
	}

	time.Sleep(1100 * time.Millisecond) // reports have times in seconds
	second := d.function(t, bootstrap)
	if _, err := second.Invoke(t.Context(), []byte(`{"look":"hourly"}`)); err != nil {
		t.Fatalf("%v\n%s", err, second.Printed())
	}
	if got := len(d.Published()); got != 1 {
		t.Errorf("after a restart people were told %d times", got)
	}
	if left := d.Letters(d.Reported); len(left) != 0 {
		t.Errorf("%d messages were left in the queue of what was reported:\n%s", len(left), second.Printed())
	}
	reports = d.reports(t)
	if len(reports) != 2 || reports[1].Predecessor == nil || reports[1].Predecessor.ID != reports[0].ID {
		t.Fatalf("the second report follows %+v", reports[1].Predecessor)
	}
	if use := d.ExecUses()[task+" main"]; use.MostAtOnce != 1 || use.Started != 2 {
		t.Errorf("the container's sessions: %+v", use)
	}
	if _, err := second.Invoke(t.Context(), []byte(`{"look":"yearly"}`)); err == nil || !strings.Contains(err.Error(), "there are hourly and daily") {
		t.Errorf("an unknown scan: %v", err)
	}
}

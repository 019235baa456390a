package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"
	"fipsguard/internal/trail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	region      = "us-gov-west-1"
	bucketName  = "fipsguard-evidence"
	functionARN = "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:fipsguard-verifier"
	enforcerARN = "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:fipsguard-enforcer"
)

// binary is the function as it is deployed.
func binary(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short builds no functions")
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	if _, err := lambda.Build(".", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// deployed is the function in front of a local account.
type deployed struct {
	account                *localaws.Account
	topic, queue, reported string
	admin                  *ecs.Client
}

func newDeployed(t testing.TB, options localaws.Options) deployed {
	t.Helper()
	account := localaws.New(options)
	if err := account.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.Close() })
	topic, err := account.CreateTopic(region, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	if err := account.CreateBucket(region, bucketName); err != nil {
		t.Fatal(err)
	}
	if err := account.Subscribe(topic, "email", "soc@example.gov", true); err != nil {
		t.Fatal(err)
	}
	queue, err := account.CreateQueue(region, "fipsguard-failed")
	if err != nil {
		t.Fatal(err)
	}
	reported, err := account.CreateQueue(region, product.Reported)
	if err != nil {
		t.Fatal(err)
	}
	if err := account.SubscribeQueue(topic, "arn:aws-us-gov:sqs:"+region+":"+localaws.AccountID+":"+product.Reported); err != nil {
		t.Fatal(err)
	}
	for _, p := range trail.Patterns() {
		target := "arn:aws-us-gov:sqs:" + region + ":" + localaws.AccountID + ":" + product.Workloads
		if p.Name == trail.Settings {
			target = enforcerARN
		}
		err := account.Attach(localaws.Rule{
			Name: product.Prefix + p.Name, Region: region, Pattern: p.JSON, TargetARN: target,
			Invoke: func(context.Context, []byte) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return deployed{account, topic, queue, reported, ecs.NewFromConfig(account.Config(localaws.Everyone().Admin, region))}
}

// function starts the function's process.
func (d deployed) function(t testing.TB, bootstrap string) *lambda.Function {
	t.Helper()
	people := localaws.Everyone()
	f, err := lambda.Start(bootstrap, functionARN, []string{
		"AWS_ENDPOINT_URL=" + d.account.Endpoint(), "AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + people.Guard.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + people.Guard.SecretAccessKey,
		"FIPSGUARD_TOPIC_ARN=" + d.topic, "FIPSGUARD_EVIDENCE_BUCKET=" + bucketName, "FIPSGUARD_ENFORCER_ARN=" + enforcerARN,
		"FIPSGUARD_QUEUES=" + d.queue, "FIPSGUARD_REPORTED=" + d.reported, "FIPSGUARD_SECURITY_HUB=true",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// run starts a task with ECS Exec and waits, in the account's time, until it
// runs.
func (d deployed) run(t *testing.T) string {
	t.Helper()
	d.register(t, "web")
	out, err := d.admin.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String("web"), LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.account.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.Tasks[0].TaskArn)
}

// reports are the JSON reports that were kept, in order.
func (d deployed) reports(t testing.TB) []evidence.Document {
	t.Helper()
	var found []evidence.Document
	for _, o := range d.account.Objects(bucketName) {
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
	bootstrap := binary(t)
	d := newDeployed(t, localaws.Options{})
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
		if strings.HasPrefix(string(f.Rule), "guard-") && f.Result != evidence.Compliant {
			t.Errorf("the guard is as it should be, and yet: %s: %s", f.Rule, f.Reason)
		}
	}
	setting, err := d.admin.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	if err != nil || len(setting.Settings) != 1 || aws.ToString(setting.Settings[0].Value) != "enabled" {
		t.Errorf("the setting is %+v, error %v; want it on", setting, err)
	}
	sent := d.account.Published()
	if len(sent) != 1 || !strings.Contains(sent[0].Subject, "CRITICAL") || !strings.Contains(sent[0].For("email"), "read fips_enabled 0") {
		t.Fatalf("alerts: %+v", sent)
	}

	for _, call := range d.account.Calls() {
		if call.Principal.AccessKeyID == localaws.Everyone().Guard.AccessKeyID && !strings.Contains(call.UserAgent+" ", " app/"+product.Name+" ") {
			t.Errorf("CloudTrail's record of %s does not say that it is the guard's: %s", call.Operation, call.UserAgent)
		}
	}
	if len(d.account.SecurityFindings()) == 0 {
		t.Error("Security Hub got none of the findings")
	}

	time.Sleep(1100 * time.Millisecond) // reports have times in seconds
	second := d.function(t, bootstrap)
	if _, err := second.Invoke(t.Context(), []byte(`{"look":"hourly"}`)); err != nil {
		t.Fatalf("%v\n%s", err, second.Printed())
	}
	if got := len(d.account.Published()); got != 1 {
		t.Errorf("after a restart people were told %d times", got)
	}
	if left := d.account.Letters(d.reported); len(left) != 0 {
		t.Errorf("%d messages were left in the queue of what was reported", len(left))
	}
	reports = d.reports(t)
	if len(reports) != 2 || reports[1].Predecessor == nil || reports[1].Predecessor.ID != reports[0].ID {
		t.Fatalf("the second report follows %+v", reports[1].Predecessor)
	}
	if use := d.account.ExecUses()[task+" main"]; use.MostAtOnce != 1 || use.Started != 2 {
		t.Errorf("the container's sessions: %+v", use)
	}
	if _, err := second.Invoke(t.Context(), []byte(`{"look":"yearly"}`)); err == nil || !strings.Contains(err.Error(), "there are hourly and daily") {
		t.Errorf("an unknown scan: %v", err)
	}
}

// TestNothingStandsBeforeTheSetting: the bucket, the topic and CloudTrail do not
// answer, and neither does the first reading; FIPS mode is on all the same.
func TestNothingStandsBeforeTheSetting(t *testing.T) {
	bootstrap := binary(t)
	for _, silent := range []string{"GetObject", "PutObject", "Publish", "LookupEvents", "ListAccountSettings", "ListClusters", "ReceiveMessage"} {
		t.Run(silent, func(t *testing.T) {
			t.Parallel()
			d := newDeployed(t, localaws.Options{})
			d.account.Inject(localaws.Fault{Operation: silent, Caller: localaws.Everyone().Guard.AccessKeyID, Latency: time.Minute})
			f := d.function(t, bootstrap)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			began := time.Now()
			go func() { _, _ = f.Invoke(ctx, []byte(`{"look":"hourly"}`)) }()
			for {
				out, err := d.admin.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
				if err == nil && len(out.Settings) == 1 && aws.ToString(out.Settings[0].Value) == "enabled" {
					return
				}
				if time.Since(began) > 4*time.Second { // three, and the process's start beside five others
					t.Fatalf("%s does not answer, and FIPS mode is not on after %s\n%s", silent, time.Since(began), f.Printed())
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

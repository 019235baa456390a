package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// unguarded is an account without a guard, FIPS mode on, in which a pipeline made
// an ARM64 definition, a service and a task of it, and an administrator turned
// FIPS mode off and on again.
func unguarded(t *testing.T) *localaws.Account {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: rehearse keeps to CloudTrail's pace in real time")
	}
	a := localaws.New(localaws.Options{})
	if err := a.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	who := localaws.Everyone()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": a.Endpoint(), "AWS_REGION": simulation.Region, "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ACCESS_KEY_ID": who.Verifier.AccessKeyID, "AWS_SECRET_ACCESS_KEY": who.Verifier.SecretAccessKey, "AWS_MAX_ATTEMPTS": "3",
	} {
		t.Setenv(name, value)
	}
	do := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	admin, pipeline := ecs.NewFromConfig(a.Config(who.Admin, simulation.Region)), ecs.NewFromConfig(a.Config(who.Terraform, simulation.Region))
	put := func(value string) {
		t.Helper()
		do(admin.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: types.SettingNameFargateFipsMode, Value: &value}))
	}
	network := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}
	put("enabled")
	do(pipeline.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("shop"), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate}, NetworkMode: types.NetworkModeAwsvpc,
		Cpu: aws.String("1024"), Memory: aws.String("2048"), RuntimePlatform: &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64},
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example/shop")}},
	}))
	do(pipeline.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("shop"), TaskDefinition: aws.String("shop:1"), DesiredCount: aws.Int32(1), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: network}))
	do(pipeline.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("shop:1"), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: network}))
	put("disabled")
	put("enabled")
	if err := a.Advance(t.Context(), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	return a
}

// rehearsed is what rehearse prints as JSON.
type rehearsed struct {
	Account, Region string
	Events          int
	Workloads       bool
	Actions         []struct{ Kind, When, Rule, Subject string }
	Reported        []struct{ Rule, Subject string }
	Teams           []struct {
		Name string
		Done map[string]int
	}
	Exemptions json.RawMessage
}

func rehearsalOf(t *testing.T, out string) rehearsed {
	t.Helper()
	var all struct{ Rehearsals []rehearsed }
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all.Rehearsals) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return all.Rehearsals[0]
}

// kinds are what is done, in one order: records have whole seconds.
func (r rehearsed) kinds() string {
	var said []string
	for _, a := range r.Actions {
		said = append(said, a.When+" "+a.Kind)
	}
	slices.Sort(said)
	return strings.Join(said, ", ")
}

// TestRehearse: the past and what runs now are rehearsed without a call that
// changes anything, and with the exemptions that are printed nothing is done to
// workloads any more.
func TestRehearse(t *testing.T) {
	a := unguarded(t)
	policy := filepath.Join(t.TempDir(), "policy.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rules = `"version":1,"serviceRemedy":"scale-to-zero","exposureRemedy":"recycle-and-stop","rules":{"service-platform":"enforce","task-running-platform":"enforce","task-exposed":"enforce"}`
	write("{" + rules + "}")
	before := len(a.Calls())
	code, out, talk := fipsguard("", "rehearse", "--policy", policy, "--format", "json")
	if code != exitFindings || talk != "" {
		t.Fatalf("rehearse exits %d: %s", code, talk)
	}
	for _, c := range a.Calls()[before:] {
		_, name, _ := strings.Cut(c.Operation, ":")
		if !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") && !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "Lookup") {
			t.Errorf("the rehearsal calls %s", c.Operation)
		}
	}
	r := rehearsalOf(t, out)
	if r.Events != 6 || !r.Workloads || r.Account != localaws.AccountID {
		t.Errorf("%+v", r)
	}
	if want := "now deregistered, now scaled to zero, now stopped, past corrected, past deregistered, past scaled to zero, past stopped"; r.kinds() != want {
		t.Errorf("it would have: %s\nwant: %s", r.kinds(), want)
	}
	if r.Teams[0].Name != "shop" || r.Teams[0].Done["deregistered"] != 2 || r.Teams[1].Name != "(the account)" {
		t.Errorf("the teams are %+v", r.Teams)
	}

	code, text, _ := fipsguard("", "rehearse", "--policy", policy)
	for _, want := range []string{"turned FIPS mode back on once", "shop: 2 deregistered", "Of what runs now it would have deregistered 1 task definition", `"exemptions": [`} {
		if code != exitFindings || !strings.Contains(text, want) {
			t.Errorf("as text it exits %d and does not say %q:\n%s", code, want, text)
		}
	}

	_, pasted, _ := strings.Cut(text, `"exemptions": `)
	document := "{" + rules + `,"exemptions": ` + pasted + "}"
	if _, err := config.ParsePolicy([]byte(document), time.Now()); err != nil {
		t.Fatalf("the exemptions as they are printed: %v\n%s", err, document)
	}
	write(document)
	_, out, talk = fipsguard("", "rehearse", "--policy", policy, "--format", "json")
	if r := rehearsalOf(t, out); r.kinds() != "past corrected" || talk != "" {
		t.Errorf("with the exemptions it would still have: %s\n%s", r.kinds(), talk)
	}

	logs := filepath.Join(t.TempDir(), "of-another-account.json")
	record := fmt.Sprintf(`{"Records":[{"eventID":"1","eventTime":%q,"eventSource":"ecs.amazonaws.com","eventName":"DeleteAccountSetting","awsRegion":"us-gov-west-1","recipientAccountId":"444455556666","requestParameters":{"name":"fargateFIPSMode"}}]}`,
		time.Now().UTC().AddDate(0, 0, -3).Format(time.RFC3339))
	if err := os.WriteFile(logs, []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, talk := fipsguard("", "rehearse", "--logs", logs); !strings.Contains(talk, "the log files have those of account 444455556666, Region us-gov-west-1; to rehearse these, add --no-workloads") {
		t.Errorf("with another account's log files it says %q", talk)
	}
}

// TestRehearseLogs: log files alone, without AWS, of every account in them.
func TestRehearseLogs(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	dir := t.TempDir()
	at := time.Now().UTC().AddDate(0, 0, -3).Format(time.RFC3339)
	const off = `{"eventVersion":"1.08","eventID":"E","eventTime":"T","eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","eventType":"AwsApiCall","awsRegion":"us-gov-west-1","recipientAccountId":"A",` +
		`"userIdentity":{"type":"IAMUser","arn":"arn:aws-us-gov:iam::A:user/\u202ejane"},"requestParameters":{"name":"fargateFIPSMode","value":"disabled"},"responseElements":{"setting":{"name":"fargateFIPSMode","value":"disabled","principalArn":"arn:aws-us-gov:iam::A:root"}}}`
	record := func(id, account, at string) string {
		return strings.NewReplacer(`"E"`, `"`+id+`"`, `"T"`, `"`+at+`"`, `"A"`, `"`+account+`"`, `::A:`, `::`+account+`:`).Replace(off)
	}
	put := func(name string, records ...string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"Records":[`+strings.Join(records, ",")+`]}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a.json", record("1", "111122223333", at), record("2", "444455556666", at), record("old", "111122223333", "2020-01-01T00:00:00Z"))
	put("b.json", record("1", "111122223333", at)) // the same once more
	code, out, talk := fipsguard("", "rehearse", "--no-workloads", "--logs", dir)
	if code != exitFindings || talk != "" || strings.Count(out, "turned FIPS mode back on once") != 2 || strings.Count(out, "got 1 event.") != 2 || strings.Contains(out, "\u202e") {
		t.Errorf("exits %d: %s\n%s", code, talk, out)
	}
	calm := t.TempDir()
	if err := os.WriteFile(filepath.Join(calm, "on.json"), []byte(`{"Records":[`+strings.ReplaceAll(record("1", "111122223333", at), "disabled", "enabled")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, talk := fipsguard("", "rehearse", "--no-workloads", "--logs", calm); code != 0 || talk != "" || !strings.Contains(out, "It would have changed nothing.") {
		t.Errorf("of a change to on it exits %d: %s\n%s", code, talk, out)
	}
	put("c.json", "oops")
	put("d.json", "oops")
	code, out, talk = fipsguard("", "rehearse", "--no-workloads", "--logs", dir)
	if code != exitFindings || strings.Count(talk, "could not read: ") != 2 || strings.Count(talk, "\n") != 2 || !strings.Contains(talk, "c.json") {
		t.Errorf("with two files that are none it exits %d: %s", code, talk)
	}
	if !strings.Contains(out, "2 × What could not be read.") || !strings.Contains(out, "Not everything could be read, so there may be more. From ") {
		t.Errorf("what it says does not hold what could not be read:\n%s", out)
	}
	quiet := t.TempDir()
	if err := os.WriteFile(filepath.Join(quiet, "a.json"), []byte(`{"Records":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := fipsguard("", "rehearse", "--no-workloads", "--logs", quiet); code != exitUnreadable || !strings.Contains(talk, "have no event of the last 90 days that the guard acts on") {
		t.Errorf("of nothing it exits %d: %s", code, talk)
	}
	for days, said := range map[string]string{"0": "--days is 0; it must be", "365": "LookupEvents remembers 90 days: for more, name the trail's log files with --logs", "1000000": "it must be"} {
		if code, out, talk := fipsguard("", "rehearse", "--days", days); code != exitUnreadable || out != "" || !strings.Contains(talk, said) {
			t.Errorf("of %s days it exits %d: %s", days, code, talk)
		}
	}
}

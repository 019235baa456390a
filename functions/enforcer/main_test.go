package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/lambda"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	region      = "us-gov-west-1"
	functionARN = "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:fipsguard-enforcer"
)

// binary is the function as it is deployed, built once for all tests.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short builds no functions")
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	sources, err := lambda.Build(".", path)
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 20 {
		t.Fatalf("the function is built from %d files only", len(sources))
	}
	return path
}

// deployed is the function in front of a local account, with its rules left
// out: the tests invoke it themselves.
type deployed struct {
	*lambda.Function
	account *localaws.Account
	admin   *ecs.Client
}

func start(t *testing.T, binary string, more ...string) deployed {
	t.Helper()
	account := localaws.New(localaws.Options{})
	if err := account.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.Close() })
	topic, err := account.CreateTopic(region, "alerts")
	if err != nil {
		t.Fatal(err)
	}
	people := localaws.Everyone()
	f, err := lambda.Start(binary, functionARN, append([]string{
		"AWS_ENDPOINT_URL=" + account.Endpoint(), "AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + people.Guard.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + people.Guard.SecretAccessKey,
		"FIPSGUARD_TOPIC_ARN=" + topic,
	}, more...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return deployed{f, account, ecs.NewFromConfig(account.Config(people.Admin, region))}
}

func (d deployed) mode(t *testing.T) string {
	t.Helper()
	out, err := d.admin.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: "fargateFIPSMode", EffectiveSettings: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range out.Settings {
		return aws.ToString(s.Value)
	}
	return "disabled"
}

// armEvent is the event of a new definition of a family, on ARM64.
func (d deployed) armEvent(t *testing.T, family string) []byte {
	t.Helper()
	_, err := d.admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		Cpu: aws.String("256"), Memory: aws.String("512"), RuntimePlatform: &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64},
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("c"), Image: aws.String("i")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	events := d.account.Events()
	return events[len(events)-1]
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	event, err := os.ReadFile("../../internal/trail/testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// TestTheFunction runs the binary as Lambda does.
func TestTheFunction(t *testing.T) {
	bootstrap := binary(t)

	t.Run("is small", func(t *testing.T) {
		info, err := os.Stat(bootstrap)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 12_000_000 {
			t.Errorf("the binary has %d bytes", info.Size())
		}
	})

	t.Run("holds nothing unwanted", func(t *testing.T) { holdsNothingUnwanted(t, bootstrap) })

	t.Run("repairs, reads back and alerts", func(t *testing.T) {
		d := start(t, bootstrap)
		if _, err := d.Invoke(t.Context(), recorded(t, "setting-default-off")); err != nil {
			t.Fatal(err)
		}
		if got := d.mode(t); got != "enabled" {
			t.Errorf("FIPS mode is %s", got)
		}
		if sent := d.account.Published(); len(sent) != 1 || !strings.Contains(sent[0].Subject, "CRITICAL") {
			t.Errorf("the alerts are %+v", sent)
		}
		for _, call := range d.account.Calls() {
			if call.Principal.AccessKeyID == localaws.Everyone().Guard.AccessKeyID && !strings.Contains(call.UserAgent+" ", " app/fipsguard ") {
				t.Errorf("CloudTrail's record of %s does not say that it is the guard's: %s", call.Operation, call.UserAgent)
			}
		}
		for _, want := range []string{`"fips140":true`, `"fips140Module":"v1.0.0`, `"RemediationLatency"`, `"result":"DONE"`} {
			if !strings.Contains(d.Printed(), want) {
				t.Errorf("no %s in the log:\n%s", want, d.Printed())
			}
		}
	})

	t.Run("returns an error and alerts when repair is impossible", func(t *testing.T) {
		d := start(t, bootstrap)
		d.account.Deny(localaws.Everyone().Guard, "ecs:PutAccountSettingDefault")
		_, err := d.Invoke(t.Context(), recorded(t, "setting-default-off"))
		var failed *lambda.Error
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, "REFUSED_BY_AWS") {
			t.Errorf("the function answers %v", err)
		}
		if sent := d.account.Published(); len(sent) != 1 {
			t.Errorf("%d alerts", len(sent))
		}
	})

	t.Run("alerts before its time is over when AWS does not answer", func(t *testing.T) {
		d := start(t, bootstrap)
		d.account.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Latency: time.Minute})
		d.account.Inject(localaws.Fault{Operation: "ListAccountSettings", Latency: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		_, err := d.Invoke(ctx, recorded(t, "setting-default-off"))
		var failed *lambda.Error
		if !errors.As(err, &failed) {
			t.Errorf("the function answers %v", err)
		}
		if sent := d.account.Published(); len(sent) != 1 {
			t.Errorf("%d alerts", len(sent))
		}
	})

	t.Run("turns FIPS mode on in time, whatever ECS does", func(t *testing.T) { repairsInTime(t, bootstrap) })

	t.Run("answers malformed events with an error, and goes on", func(t *testing.T) {
		d := start(t, bootstrap)
		for name, event := range map[string]string{
			"not JSON":         "hello",
			"empty":            "",
			"wrong types":      `{"detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":1}}`,
			"another document": `{"a":1}`,
			"nested":           strings.Repeat(`{"detail":`, 100_000),
		} {
			_, err := d.Invoke(t.Context(), []byte(event))
			var failed *lambda.Error
			if !errors.As(err, &failed) || !strings.Contains(failed.Message, "decode event") {
				t.Errorf("%s: the function answers %v", name, err)
			}
		}
		if _, err := d.Invoke(t.Context(), recorded(t, "setting-default-off")); err != nil {
			t.Errorf("after malformed events: %v", err)
		}
	})

	t.Run("checks the setting each minute", func(t *testing.T) {
		d := start(t, bootstrap)
		for range 2 {
			if _, err := d.Invoke(t.Context(), []byte(`{"check":"setting"}`)); err != nil {
				t.Fatal(err)
			}
			if got := d.mode(t); got != "enabled" {
				t.Errorf("FIPS mode is %s", got)
			}
		}
		if sent := d.account.Published(); len(sent) != 1 {
			t.Errorf("%d alerts, want one: the second check finds nothing", len(sent))
		}
	})

	t.Run("answers a batch message by message", func(t *testing.T) {
		d := start(t, bootstrap)
		batch := map[string]any{"Records": []map[string]string{
			{"messageId": "broken", "eventSource": "aws:sqs", "body": "hello"},
			{"messageId": "good", "eventSource": "aws:sqs", "body": string(recorded(t, "setting-default-off"))},
			{"messageId": "elsewhere", "eventSource": "aws:sqs", "body": strings.ReplaceAll(string(recorded(t, "setting-default-off")), region, "us-gov-east-1")},
		}}
		event, err := json.Marshal(batch)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Invoke(t.Context(), event)
		if want := `{"batchItemFailures":[{"itemIdentifier":"broken"},{"itemIdentifier":"elsewhere"}]}`; err != nil || string(answer) != want {
			t.Errorf("the function answers %s, error %v, want %s", answer, err, want)
		}
		if got := d.mode(t); got != "enabled" {
			t.Errorf("FIPS mode is %s: a bad message hides a good one", got)
		}
	})

	t.Run("returns a message that hangs in time for the others", func(t *testing.T) {
		d := start(t, bootstrap)
		d.account.Inject(localaws.Fault{Operation: "DeregisterTaskDefinition", Latency: time.Minute, Times: 1})
		var records []map[string]string
		for _, id := range []string{"hangs", "good"} {
			records = append(records, map[string]string{"messageId": id, "eventSource": "aws:sqs", "body": string(d.armEvent(t, id))})
		}
		event, err := json.Marshal(map[string]any{"Records": records})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 16*time.Second)
		defer cancel()
		answer, err := d.Invoke(ctx, event)
		if want := `{"batchItemFailures":[{"itemIdentifier":"hangs"}]}`; err != nil || string(answer) != want {
			t.Errorf("the function answers %s, error %v, want %s", answer, err, want)
		}
	})

	t.Run("survives an error that no header can carry", func(t *testing.T) {
		d := start(t, bootstrap)
		elsewhere := strings.ReplaceAll(string(recorded(t, "setting-default-off")), localaws.AccountID, "999988887777")
		hostile := strings.Replace(elsewhere, `"eventID": "`, "\"eventID\": \"\x7f", 1)
		if _, err := d.Invoke(t.Context(), []byte(hostile)); err == nil || !strings.Contains(err.Error(), "999988887777") {
			t.Errorf("the function answers %v", err)
		}
		if _, err := d.Invoke(t.Context(), recorded(t, "setting-default-off")); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})

	t.Run("turns FIPS mode on when deployed and leaves it on when removed", func(t *testing.T) {
		var answers []string
		cloudFormation := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body := make([]byte, 4096)
			n, _ := r.Body.Read(body)
			answers = append(answers, string(body[:n]))
		}))
		defer cloudFormation.Close()
		d := start(t, bootstrap)
		for _, request := range []string{"Create", "Update", "Delete"} {
			event := `{"RequestType":"` + request + `","ResponseURL":"` + cloudFormation.URL + `","StackId":"s","RequestId":"r","LogicalResourceId":"l","PhysicalResourceId":"p"}`
			if _, err := d.Invoke(t.Context(), []byte(event)); err != nil {
				t.Errorf("%s: %v", request, err)
			}
			if got := d.mode(t); got != "enabled" {
				t.Errorf("after %s FIPS mode is %s", request, got)
			}
		}
		if len(answers) != 3 || !strings.Contains(strings.Join(answers, ""), `"SUCCESS"`) || strings.Contains(strings.Join(answers, ""), "FAILED") {
			t.Errorf("CloudFormation was answered %v", answers)
		}
		if sent := d.account.Published(); len(sent) != 1 {
			t.Errorf("%d alerts, want one: the second look finds nothing", len(sent))
		}
		if got := strings.Count(d.Printed(), `"Looks":1`); got != 2 {
			t.Errorf("two looks are counted as %d", got)
		}
	})

	t.Run("says what is wrong with its environment", func(t *testing.T) {
		run := exec.Command(bootstrap)
		run.Env = []string{"AWS_LAMBDA_RUNTIME_API=127.0.0.1:1", "FIPSGUARD_TOPIC_ARN=topic", "FIPSGUARD_MODE=maybe", "FIPSGUARD_LOG_LEVEL=loud"}
		out, err := run.CombinedOutput()
		if err == nil {
			t.Fatal("it starts with a bad environment")
		}
		for _, variable := range []string{"FIPSGUARD_TOPIC_ARN", "FIPSGUARD_MODE", "FIPSGUARD_LOG_LEVEL"} {
			if !strings.Contains(string(out), variable) {
				t.Errorf("nothing about %s in: %s", variable, out)
			}
		}
	})
}

// repairsInTime lets ECS fail in every way in which it takes the write in the
// end, side by side.
func repairsInTime(t *testing.T, bootstrap string) {
	late, fresh := time.Now().Add(-6*time.Hour), time.Now()
	for name, c := range map[string]struct {
		happened time.Time
		fault    localaws.Fault
		within   time.Duration
	}{
		"the first attempt hangs":         {fresh, localaws.Fault{Operation: "PutAccountSettingDefault", Times: 1, Latency: time.Minute}, 12 * time.Second},
		"the first connection is cut":     {fresh, localaws.Fault{Operation: "PutAccountSettingDefault", Times: 1, Effect: localaws.DropConnection}, 3 * time.Second},
		"three throttles":                 {fresh, localaws.Fault{Operation: "PutAccountSettingDefault", Times: 3, Effect: localaws.Throttle}, 10 * time.Second},
		"three server errors":             {fresh, localaws.Fault{Operation: "PutAccountSettingDefault", Times: 3, Effect: localaws.ServerError}, 10 * time.Second},
		"the reading hangs":               {fresh, localaws.Fault{Operation: "ListAccountSettings", Latency: time.Minute}, 3 * time.Second},
		"late, and the reading hangs":     {late, localaws.Fault{Operation: "ListAccountSettings", Latency: time.Minute}, 3 * time.Second},
		"late, and the reading is denied": {late, localaws.Fault{Operation: "ListAccountSettings", Effect: localaws.DenyAccess}, 3 * time.Second},
		"alerts hang":                     {fresh, localaws.Fault{Operation: "Publish", Latency: time.Minute}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, bootstrap, `FIPSGUARD_POLICY={"modes":{"no-such-rule":"audit"}}`)
			c.fault.Caller = localaws.Everyone().Guard.AccessKeyID
			d.account.Inject(c.fault)
			event := bytes.ReplaceAll(recorded(t, "setting-default-off"), []byte("2026-11-02T10:15:30Z"), []byte(c.happened.UTC().Format(time.RFC3339)))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			began := time.Now()
			go func() { _, _ = d.Invoke(ctx, event) }() // what it answers is tested elsewhere
			for d.mode(t) != "enabled" {
				if time.Since(began) > c.within {
					t.Fatalf("FIPS mode is not on after %s\n%s", c.within, d.Printed())
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/functiontest"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"
)

// deployed is the function in front of an account, invoked by the tests.
type deployed struct {
	*functiontest.World
	*lambda.Function
}

func start(t *testing.T, bootstrap string) deployed {
	t.Helper()
	w := functiontest.New(t, localaws.Options{})
	return deployed{w, w.Start(t, product.Enforcer, bootstrap)}
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
	bootstrap := functiontest.Build(t, ".")

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
		if got := d.Mode(t); got != "enabled" {
			t.Errorf("FIPS mode is %s", got)
		}
		if sent := d.Published(); len(sent) != 1 || !strings.Contains(sent[0].Subject, "CRITICAL") {
			t.Errorf("the alerts are %+v", sent)
		}
		for _, call := range d.Calls() {
			if call.Principal.AccessKeyID == localaws.Everyone().Guard.AccessKeyID && !strings.Contains(call.UserAgent+" ", " app/fipsguard ") {
				t.Errorf("CloudTrail's record of %s does not say that it is the guard's: %s", call.Operation, call.UserAgent)
			}
		}
		// What a process prints arrives by a way of its own, perhaps after its answer.
		for end := time.Now().Add(5 * time.Second); !strings.Contains(d.Printed(), `"RemediationLatency"`) && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		for _, want := range []string{`"fips140":true`, `"fips140Module":"v1.0.0`, `"RemediationLatency"`, `"result":"DONE"`} {
			if !strings.Contains(d.Printed(), want) {
				t.Errorf("no %s in the log:\n%s", want, d.Printed())
			}
		}
	})

	t.Run("returns an error and alerts when repair is impossible", func(t *testing.T) {
		d := start(t, bootstrap)
		d.Deny(localaws.Everyone().Guard, "ecs:PutAccountSettingDefault")
		_, err := d.Invoke(t.Context(), recorded(t, "setting-default-off"))
		var failed *lambda.Error
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, "REFUSED_BY_AWS") {
			t.Errorf("the function answers %v", err)
		}
		if sent := d.Published(); len(sent) != 1 {
			t.Errorf("%d alerts", len(sent))
		}
	})

	t.Run("alerts before its time is over when AWS does not answer", func(t *testing.T) {
		d := start(t, bootstrap)
		d.Inject(localaws.Fault{Operation: "PutAccountSettingDefault", Latency: time.Minute})
		d.Inject(localaws.Fault{Operation: "ListAccountSettings", Latency: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		_, err := d.Invoke(ctx, recorded(t, "setting-default-off"))
		var failed *lambda.Error
		if !errors.As(err, &failed) {
			t.Errorf("the function answers %v", err)
		}
		if sent := d.Published(); len(sent) != 1 {
			t.Errorf("%d alerts", len(sent))
		}
	})

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
			if got := d.Mode(t); got != "enabled" {
				t.Errorf("FIPS mode is %s", got)
			}
		}
		if sent := d.Published(); len(sent) != 1 {
			t.Errorf("%d alerts, want one: the second check finds nothing", len(sent))
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
			if got := d.Mode(t); got != "enabled" {
				t.Errorf("after %s FIPS mode is %s", request, got)
			}
		}
		if len(answers) != 3 || !strings.Contains(strings.Join(answers, ""), `"SUCCESS"`) || strings.Contains(strings.Join(answers, ""), "FAILED") {
			t.Errorf("CloudFormation was answered %v", answers)
		}
		if sent := d.Published(); len(sent) != 1 {
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

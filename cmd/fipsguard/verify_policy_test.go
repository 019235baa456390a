package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// policyFile is a policy document in a file.
func policyFile(t *testing.T, document string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestVerifyByPolicy: a rule that the deployed policy turns off has no findings.
func TestVerifyByPolicy(t *testing.T) {
	s := verified(t)
	happens(t, s,
		"One minute passes.",
		"The pipeline registers the task definition web.",
		"The pipeline creates the service web with two tasks on platform version 1.3.0.",
	)
	const finding = "service-platform"
	_, out, talk := fipsguard("", "verify", "--no-exec", "--format", "json")
	if !strings.Contains(out, `"`+finding+`"`) {
		t.Fatalf("by the defaults there is no finding about the service: %s%s", talk, out)
	}
	off := policyFile(t, `{"version": 1, "rules": {"service-platform": "off"}}`)
	_, out, talk = fipsguard("", "verify", "--no-exec", "--format", "json", "--policy", off)
	if strings.Contains(out, `"rule": "`+finding+`"`) || out == "" {
		t.Errorf("the policy turns %s off: %s%s", finding, talk, out)
	}
	bad := policyFile(t, `{"version": 1, "rules": {"service-platform": "of"}}`)
	if code, out, talk := fipsguard("", "verify", "--policy", bad); code != exitUnreadable || out != "" || !strings.Contains(talk, "policy.json") {
		t.Errorf("a policy with a fault: exits %d: %s%s", code, talk, out)
	}
}

// TestSimulateByPolicy: the guard in the simulated account does what the policy
// says, and a scenario says what ends otherwise.
func TestSimulateByPolicy(t *testing.T) {
	audit := policyFile(t, `{"version": 1, "rules": {"task-definition-platform": "audit"}}`)
	code, out, talk := fipsguard("", "simulate", "--policy", audit, "arm64")
	if code != exitFindings || !strings.Contains(out, "no, policy does not allow it") || !strings.Contains(out, "Instead, it is ACTIVE.") {
		t.Errorf("exits %d: %s%s", code, talk, out)
	}
	if code, _, talk := fipsguard("", "simulate", "--policy", "absent.json", "default-off"); code != exitUnreadable || !strings.Contains(talk, "absent.json") {
		t.Errorf("without the file: exits %d: %s", code, talk)
	}
}

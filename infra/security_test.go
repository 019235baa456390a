package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/infra/integrity"
	"fipsguard/internal/independent"
)

var second = map[string]string{
	"securityBus":     "arn:aws-us-gov:events:us-gov-west-1:444455556666:event-bus/fipsguard-security",
	"guardedAccounts": "111122223333, 222233334444",
}

// TestTheSecondChannelSharesNothing: every tamper event and every write of the
// setting goes to the security account's bus, too, by rules, a role and a queue
// that use neither the guard's key nor its topic nor its queues.
func TestTheSecondChannelSharesNothing(t *testing.T) {
	stack := synthesizeFor(t, second)[accountStack]
	checkMessages(t, stack)
	rules := 0
	for name, r := range stack.template["Resources"].(map[string]any) {
		if !strings.HasPrefix(name, "SecurityChannel") {
			continue
		}
		resource := r.(map[string]any)
		properties := resource["Properties"].(map[string]any)
		if resource["Type"] == "AWS::Events::Rule" {
			rules++
			delete(properties, "EventPattern") // names what it is about
		}
		text, err := json.Marshal(resource)
		if err != nil {
			t.Fatal(err)
		}
		for _, shared := range []string{"Key961B73FD", "AlertsTopic", "QueuesUndelivered", "QueuesFailed"} {
			if strings.Contains(string(text), shared) {
				t.Errorf("%s depends on %s of the first channel", name, shared)
			}
		}
	}
	if want := len(integrity.Parts()) + 2; rules != want {
		t.Errorf("%d rules send events to the security account, want %d", rules, want)
	}
}

// TestASilentGuardAlarms: in the security account, one alarm for each guarded
// account, which fires as well where nothing was ever reported.
func TestASilentGuardAlarms(t *testing.T) {
	stack := synthesizeFor(t, second)[securityStack]
	checkMessages(t, stack)
	checkGovCloud(t, stack)
	alarms := stack.resources("AWS::CloudWatch::Alarm")
	if len(alarms) != 2 {
		t.Errorf("%d alarms, want one for each of two accounts", len(alarms))
	}
	for _, alarm := range alarms {
		properties := alarm["Properties"].(map[string]any)
		if properties["TreatMissingData"] != "breaching" || properties["Period"] != 3600.0 || properties["EvaluationPeriods"] != 2.0 {
			t.Errorf("an alarm does not fire after two silent hours: %v", properties)
		}
	}
	file := filepath.Join(t.TempDir(), "security.template.json")
	if err := os.WriteFile(file, stack.text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(independent.Program(t, "cfn-lint"), "--regions", "us-gov-west-1", "us-gov-east-1", "--", file).CombinedOutput()
	if err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}

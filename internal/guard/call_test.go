package guard

import (
	"encoding/json"
	"testing"
)

// TestACallIsReadAsItWasWritten: an alert that goes out later shows the same
// command.
func TestACallIsReadAsItWasWritten(t *testing.T) {
	for _, call := range []Call{
		PutAccountSettingDefault{SettingName, "enabled"}, PutAccountSetting{SettingName, "enabled", "arn:role"},
		DeregisterTaskDefinition{"web:1"}, StopTask{Cluster: "c", Task: "t", Reason: "r<>"},
		RollBackService{"c", "s", "web:1", "LATEST"}, ScaleServiceToZero{"c", "s", 0}, ForceNewDeployment{"c", "s", true},
	} {
		parameters, err := json.Marshal(call)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ReadCall(call.API(), parameters); err != nil || got != call {
			t.Errorf("%s %s is read as %#v, error %v", call.API(), parameters, got, err)
		}
	}
	for _, parameters := range []string{`{"cluster":"c"}`, `{`, `null`} {
		if got, err := ReadCall("ecs:UpdateService", []byte(parameters)); err == nil {
			t.Errorf("%s is read as %#v", parameters, got)
		}
	}
}

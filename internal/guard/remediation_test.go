package guard

import "testing"

// TestEveryCallSaysAllAboutItself: its IAM action, its command, how an alert
// ends with it and what it leaves at risk, done or not.
func TestEveryCallSaysAllAboutItself(t *testing.T) {
	const ofAll, ofOne = "As far as the guard knows, FIPS mode is still off.", "As far as the guard knows, FIPS mode is still off for <p>."
	for _, c := range []struct {
		call    Call
		api     string
		command string
		failed  string // how what it leaves at risk begins when the call failed; empty: the subject as it was found
	}{
		{PutAccountSettingDefault{"n", "v"}, "ecs:PutAccountSettingDefault", "put-account-setting-default --name n --value v", ofAll},
		{PutAccountSetting{"n", "v", "p"}, "ecs:PutAccountSetting", "put-account-setting --name n --value v --principal-arn p", ofOne},
		{DeregisterTaskDefinition{"web:1"}, "ecs:DeregisterTaskDefinition", "deregister-task-definition --task-definition web:1", ""},
		{StopTask{"c", "t", "why not"}, "ecs:StopTask", "stop-task --cluster c --task t --reason 'why not'", ""},
		{RollBackService{"c", "s", "web:1", "LATEST"}, "ecs:UpdateService", "update-service --cluster c --service s --task-definition web:1 --platform-version LATEST", ""},
		{ScaleServiceToZero{"c", "s", 0}, "ecs:UpdateService", "update-service --cluster c --service s --desired-count 0", ""},
		{ForceNewDeployment{"c", "s", true}, "ecs:UpdateService", "update-service --cluster c --service s --force-new-deployment", ""},
	} {
		if got := c.call.API(); got != c.api {
			t.Errorf("%T is the API %s, want %s", c.call, got, c.api)
		}
		if got, want := (Remediation{Call: c.call}).Command("r"), "aws ecs "+c.command+" --region r"; got != want {
			t.Errorf("%T:\ngot  %s\nwant %s", c.call, got, want)
		}
		if c.call.Ending() == "" {
			t.Errorf("%T does not say how an alert ends with it", c.call)
		}
		after := Aftermath{Result: Done, Between: "from … until …", Name: func(text string) string { return "<" + text + ">" }}
		if c.call.Exposes(after) == "" {
			t.Errorf("%T does not say what it leaves at risk when it is done", c.call)
		}
		after.Result = Failed
		if got := c.call.Exposes(after); c.failed == "" && got != "" || len(got) < len(c.failed) || got[:len(c.failed)] != c.failed {
			t.Errorf("%T leaves at risk when it failed: %q, want %q", c.call, got, c.failed)
		}
	}
}

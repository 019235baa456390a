package main

import (
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/drill"
	"fipsguard/internal/product"
)

// TestDrill: the role may make the calls of the plan and no others, and turn FIPS
// mode off only where the guard turns it on again.
func TestDrill(t *testing.T) {
	for mode, off := range map[string]bool{"enforce": true, "audit": false} {
		stack := synthesizeFor(t, map[string]string{"drill": "true", "mode": mode})[accountStack]
		checkMessages(t, stack)
		checkGovCloud(t, stack)
		granted := actionsOfDrill(t, stack)
		want := []string{"kms:Decrypt"}
		for _, c := range drill.Permissions() {
			if off || c.Action != "ecs:PutAccountSettingDefault" {
				want = append(want, c.Action)
			}
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if !slices.Equal(granted, want) {
			t.Errorf("mode %s: the role may %v, the plan needs %v", mode, granted, want)
		}
		subscribed := 0
		for _, s := range stack.resources("AWS::SNS::Subscription") {
			if properties := s["Properties"].(map[string]any); properties["RawMessageDelivery"] == true {
				subscribed++
			}
		}
		if subscribed != 3 {
			t.Errorf("mode %s: %d of the stack's queues are subscribed, want 3", mode, subscribed)
		}
	}
}

// actionsOfDrill are the actions of the policy of the drill's role.
func actionsOfDrill(t *testing.T, stack synthesized) []string {
	t.Helper()
	var all []string
	for name, policy := range stack.resources("AWS::IAM::ManagedPolicy") {
		if !strings.HasPrefix(name, "Drill") {
			continue
		}
		properties := policy["Properties"].(map[string]any)
		for _, s := range properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			statement := s.(map[string]any)
			switch action := statement["Action"].(type) {
			case string:
				all = append(all, action)
			case []any:
				for _, one := range action {
					all = append(all, one.(string))
				}
			}
			if action := statement["Action"]; action == "ecs:StopTask" || action == "ecs:DeleteTaskDefinitions" || action == "ecs:RunTask" {
				if statement["Resource"] == "*" {
					t.Errorf("%s is allowed on everything", action)
				}
			}
			if action := statement["Action"]; (action == "ecs:StopTask" || strings.HasPrefix(action.(string), "ecs:PutAccount")) && statement["Condition"] == nil {
				t.Errorf("%s is allowed without a condition", action)
			}
		}
	}
	if len(all) == 0 {
		t.Errorf("no policy of %s", product.Drill)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

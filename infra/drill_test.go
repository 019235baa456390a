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
	stack := synthesizeFor(t, map[string]string{"drill": "true"})[accountStack]
	checkMessages(t, stack)
	checkGovCloud(t, stack)
	want := []string{"kms:Decrypt"}
	for _, c := range drill.Permissions() {
		want = append(want, c.Action)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if granted := actionsOfDrill(t, stack); !slices.Equal(granted, want) {
		t.Errorf("the role may %v, the plan needs %v", granted, want)
	}
	if enforcing := granted(t, stack, "Drill", "Enforcing"); !slices.Equal(enforcing, []string{"ecs:PutAccountSettingDefault"}) {
		t.Errorf("only where the guard enforces the role may %v", enforcing)
	}
	subscribed := 0
	for _, s := range stack.resources("AWS::SNS::Subscription") {
		if properties := s["Properties"].(map[string]any); properties["RawMessageDelivery"] == true {
			subscribed++
		}
	}
	if subscribed != 3 {
		t.Errorf("%d of the stack's queues are subscribed, want 3", subscribed)
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
			_, statement := conditional(s)
			for _, action := range texts(statement["Action"]) {
				all = append(all, action)
				if (action == "ecs:StopTask" || action == "ecs:DeleteTaskDefinitions" || action == "ecs:RunTask") && slices.Contains(texts(statement["Resource"]), "*") {
					t.Errorf("%s is allowed on everything", action)
				}
				if (action == "ecs:StopTask" || strings.HasPrefix(action, "ecs:PutAccount")) && statement["Condition"] == nil {
					t.Errorf("%s is allowed without a condition", action)
				}
			}
		}
	}
	if len(all) == 0 {
		t.Errorf("no policy of %s", product.Drill)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

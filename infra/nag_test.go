package main

import (
	"strings"
	"testing"
)

// checkMessages fails on any annotation: cdk-nag's of both packs and the CDK's
// own. cdk-nag alone leaves the exit status at 0.
func checkMessages(t *testing.T, stack synthesized) {
	t.Helper()
	for _, message := range stack.messages {
		t.Error(message)
	}
}

// checkSuppressions allows at most three on each function and three on the
// bucket, each with a reason that says something.
func checkSuppressions(t *testing.T, stack synthesized) {
	t.Helper()
	reasons := map[string]bool{} // one suppression may stand on a resource and its children
	for name, r := range stack.template["Resources"].(map[string]any) {
		metadata, _ := r.(map[string]any)["Metadata"].(map[string]any)
		nag, _ := metadata["cdk_nag"].(map[string]any)
		rules, _ := nag["rules_to_suppress"].([]any)
		for _, rule := range rules {
			rule := rule.(map[string]any)
			reason, _ := rule["reason"].(string)
			if len(strings.Fields(reason)) < 10 {
				t.Errorf("%s suppresses %v without a reason", name, rule["id"])
			}
			reasons[rule["id"].(string)+name] = true
		}
	}
	if len(reasons) == 0 || len(reasons) > 13 {
		t.Errorf("%d suppressions, want 1 to 13: %v", len(reasons), reasons)
	}
}

package scans

import (
	"encoding/json"
	"strings"
	"testing"

	"fipsguard/infra/template"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// TestTheSelfCheckKnowsTheStacksSchedules: every one is checked, and asks in the
// stack for what the self-check expects.
func TestTheSelfCheckKnowsTheStacksSchedules(t *testing.T) {
	var stack struct {
		Resources map[string]struct {
			Properties struct {
				Name, ScheduleExpression string
				Targets                  []struct {
					Input            string
					InputTransformer struct{ InputTemplate string }
				}
			}
		}
	}
	_ = json.Unmarshal(template.JSON(), &stack) // other resources have members of these names, and other types
	known := schedules(arn.ARN{Partition: "aws-us-gov", Service: "lambda", Region: "us-gov-west-1", AccountID: "111122223333", Resource: "function:fipsguard-enforcer"})
	found := 0
	for id, r := range stack.Resources {
		rule := r.Properties
		if rule.ScheduleExpression == "" {
			continue
		}
		found++
		due, ok := known[rule.Name]
		if sent := rule.Targets[0].Input + rule.Targets[0].InputTransformer.InputTemplate; !ok || !strings.Contains(sent, due.Asks) {
			t.Errorf("%s, rule %s, sends %q, and the self-check expects %q", id, rule.Name, sent, due.Asks)
		}
	}
	if found != len(known) {
		t.Errorf("the stack has %d schedules, the self-check knows %d", found, len(known))
	}
}

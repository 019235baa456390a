package simulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"fipsguard/infra/template"
	"fipsguard/internal/product"
)

// deployedRule is an EventBridge rule of the stack that feeds the enforcer or
// the gate.
type deployedRule struct{ name, pattern string }

// deployedRules reads the committed template of the stack, so that the
// simulation delivers just what the deployed guard would get: a wrong pattern
// breaks it.
func deployedRules() ([]deployedRule, error) {
	var stack struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Name         string
				FunctionName any // of a permission it is a reference
				QueueName    string
				EventPattern json.RawMessage
				Targets      []struct {
					Arn struct {
						GetAtt []string `json:"Fn::GetAtt"`
					}
				}
			}
		}
	}
	if err := json.Unmarshal(template.JSON(), &stack); err != nil {
		return nil, fmt.Errorf("read the stack's template: %w", err)
	}
	var rules []deployedRule
	for _, id := range slices.Sorted(maps.Keys(stack.Resources)) {
		r := stack.Resources[id]
		if r.Type != "AWS::Events::Rule" || r.Properties.EventPattern == nil {
			continue // a schedule has no pattern
		}
		for _, target := range r.Properties.Targets {
			if len(target.Arn.GetAtt) != 2 {
				continue
			}
			if to := stack.Resources[target.Arn.GetAtt[0]].Properties; to.FunctionName == product.Enforcer || to.QueueName == product.Workloads {
				rules = append(rules, deployedRule{r.Properties.Name, string(r.Properties.EventPattern)})
			}
		}
	}
	if len(rules) == 0 {
		return nil, errors.New("the stack's template has no rule that feeds the enforcer")
	}
	return rules, nil
}

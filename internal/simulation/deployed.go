package simulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"fipsguard/infra/template"
)

// enforcerName is the function that the stack's events go to.
const enforcerName = "fipsguard-enforcer"

// deployedRule is an EventBridge rule of the stack that invokes the enforcer.
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
			if len(target.Arn.GetAtt) == 2 && stack.Resources[target.Arn.GetAtt[0]].Properties.FunctionName == enforcerName {
				rules = append(rules, deployedRule{r.Properties.Name, string(r.Properties.EventPattern)})
			}
		}
	}
	if len(rules) == 0 {
		return nil, errors.New("the stack's template has no rule that invokes the enforcer")
	}
	return rules, nil
}

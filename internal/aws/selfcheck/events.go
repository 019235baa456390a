package selfcheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func (g Guard) rule(ctx context.Context, name string) guard.Component {
	part := guard.Component{Rule: guard.GuardEvents, Name: "EventBridge rule " + name}
	rule, err := g.Rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(name)})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		part.Faults = []string{"rule " + name + " does not exist"}
		return part
	}
	if err != nil {
		return unanswered(part, "DescribeRule", err)
	}
	if rule.State == types.RuleStateDisabled {
		part.Faults = append(part.Faults, "rule "+name+" is disabled")
	}
	if !sameJSON(aws.ToString(rule.EventPattern), g.Patterns[name]) {
		part.Faults = append(part.Faults, "rule "+name+" has another event pattern than the guard's")
	}
	targets, err := g.Rules.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(name)})
	if err != nil {
		return unanswered(part, "ListTargetsByRule", err)
	}
	if !pointsAt(targets.Targets, g.Targets[name]) {
		part.Faults = append(part.Faults, fmt.Sprintf("rule %s does not send its events to %s", name, g.Targets[name]))
	}
	part.Seen = fmt.Sprintf("Rule %s is enabled, lets the guard's events through and sends them to %s.", name, g.Targets[name])
	return part
}

// pointsAt reports whether a function or queue gets the events as they are.
func pointsAt(targets []types.Target, arn string) bool {
	return slices.ContainsFunc(targets, func(t types.Target) bool {
		return aws.ToString(t.Arn) == arn && t.Input == nil && t.InputPath == nil && t.InputTransformer == nil
	})
}

// sameJSON reports whether two texts are the same but for the order of members
// and white space.
func sameJSON(a, b string) bool {
	var as, bs any
	err := errors.Join(json.Unmarshal([]byte(a), &as), json.Unmarshal([]byte(b), &bs))
	return err == nil && reflect.DeepEqual(as, bs)
}

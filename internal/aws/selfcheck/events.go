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

// rule checks a rule that lets events through.
func (g Guard) rule(ctx context.Context, name string) guard.Component {
	part, rule, targets := g.described(ctx, name)
	if rule == nil {
		return part
	}
	if !sameJSON(aws.ToString(rule.EventPattern), g.Patterns[name]) {
		part.Faults = append(part.Faults, "rule "+name+" has another event pattern than the guard's")
	}
	if !pointsAt(targets, g.Targets[name]) {
		part.Faults = append(part.Faults, fmt.Sprintf("rule %s does not send its events to %s", name, g.Targets[name]))
	}
	part.Seen = fmt.Sprintf("Rule %s is enabled, lets the guard's events through and sends them to %s.", name, g.Targets[name])
	return part
}

// described reads a rule and its targets. The rule is nil when it does not exist
// or could not be read, which the component says.
func (g Guard) described(ctx context.Context, name string) (guard.Component, *eventbridge.DescribeRuleOutput, []types.Target) {
	part := guard.Component{Rule: guard.GuardEvents, Name: "EventBridge rule " + name}
	rule, err := g.Rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(name)})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		part.Faults, part.Absent = []string{"rule " + name + " does not exist"}, true
		return part, nil, nil
	}
	if err != nil {
		return unanswered(part, "DescribeRule", err), nil, nil
	}
	targets, err := g.Rules.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(name)})
	if err != nil {
		return unanswered(part, "ListTargetsByRule", err), nil, nil
	}
	if rule.State == types.RuleStateDisabled {
		part.Faults = append(part.Faults, "rule "+name+" is disabled")
	}
	return part, rule, targets.Targets
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

package selfcheck

import (
	"context"
	"errors"
	"fmt"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// Rules is the part of EventBridge that is used; *eventbridge.Client has it.
type Rules interface {
	DescribeRule(context.Context, *eventbridge.DescribeRuleInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeRuleOutput, error)
	ListTargetsByRule(context.Context, *eventbridge.ListTargetsByRuleInput, ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error)
}

func (g Guard) rule(ctx context.Context, name string) guard.Part {
	part := guard.Part{Rule: guard.GuardEvents, Name: "EventBridge rule " + name}
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
	targets, err := g.Rules.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(name)})
	if err != nil {
		return unanswered(part, "ListTargetsByRule", err)
	}
	if !pointsAt(targets.Targets, g.FunctionARN) {
		part.Faults = append(part.Faults, fmt.Sprintf("rule %s does not invoke %s", name, g.FunctionARN))
	}
	part.Seen = fmt.Sprintf("Rule %s is enabled and invokes %s.", name, g.FunctionARN)
	return part
}

func pointsAt(targets []types.Target, function string) bool {
	for _, t := range targets {
		if aws.ToString(t.Arn) == function {
			return true
		}
	}
	return false
}

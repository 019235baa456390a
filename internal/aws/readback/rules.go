package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
)

func (a Account) rule(ctx context.Context, meant component.Meant) (map[string]any, error) {
	rule, err := a.Rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(meant.Name)})
	if err != nil {
		return nil, err
	}
	is, err := shape(rule)
	if err != nil {
		return nil, err
	}
	is["EventPattern"] = document(rule.EventPattern)
	var targets []any
	for next := (*string)(nil); ; {
		page, err := a.Rules.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(meant.Name), NextToken: next})
		if err != nil {
			return nil, err
		}
		for _, target := range page.Targets {
			one, err := shape(target)
			if err != nil {
				return nil, err
			}
			targets = append(targets, one)
		}
		if next = page.NextToken; next == nil {
			break
		}
	}
	is["Targets"] = targets
	return is, nil
}

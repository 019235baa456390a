package eventbridge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// DisableRule switches a rule off: it gets no further events.
func (b *Bus) DisableRule(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("disable rule %s: %w", name, err)
	}
	b.kernel.Lock()
	defer b.kernel.Unlock()
	rule, err := b.rule(region, name)
	if err != nil {
		return fmt.Errorf("disable rule %s: %w", name, err)
	}
	rule.Disabled = true
	return nil
}

// DeleteRule removes a rule from a Region.
func (b *Bus) DeleteRule(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("delete rule %s: %w", name, err)
	}
	b.kernel.Lock()
	defer b.kernel.Unlock()
	rule, err := b.rule(region, name)
	if err != nil {
		return fmt.Errorf("delete rule %s: %w", name, err)
	}
	rule.Disabled = true // what is planned for it finds nothing to do
	b.rules = slices.DeleteFunc(b.rules, func(other *Rule) bool { return other == rule })
	return nil
}

func (b *Bus) rule(region kernel.Region, name string) (*Rule, error) {
	i := slices.IndexFunc(b.rules, func(rule *Rule) bool { return rule.Name == name && rule.Region == string(region) })
	if i < 0 {
		return nil, kernel.ClientError("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
	}
	return b.rules[i], nil
}

// state is ENABLED or DISABLED.
func (r *Rule) state() types.RuleState {
	if r.Disabled {
		return types.RuleStateDisabled
	}
	return types.RuleStateEnabled
}

func (r *Rule) arn() string { return kernel.Region(r.Region).ARN("events", "rule/"+r.Name) }

// onDefaultBus: there is no other one.
func onDefaultBus(r *kernel.Request, bus *string) error {
	name := aws.ToString(bus)
	if name == "" || name == "default" || name == r.Region.ARN("events", "event-bus/default") {
		return nil
	}
	return kernel.ClientError("ResourceNotFoundException", "Event bus %s does not exist.", name)
}

func (b *Bus) describeRule(r *kernel.Request, in *sdk.DescribeRuleInput) (*sdk.DescribeRuleOutput, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := b.rule(r.Region, aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	return &sdk.DescribeRuleOutput{
		Name: &rule.Name, Arn: aws.String(rule.arn()), EventPattern: rule.pattern(), ScheduleExpression: rule.schedule(),
		State: rule.state(), EventBusName: aws.String("default"),
	}, nil
}

// pattern is nil for a schedule.
func (r *Rule) pattern() *string {
	if r.Every > 0 {
		return nil
	}
	return &r.Pattern
}

// schedule is nil for a rule with a pattern.
func (r *Rule) schedule() *string {
	switch {
	case r.Every == 0:
		return nil
	case r.Every == time.Minute:
		return aws.String("rate(1 minute)")
	}
	return aws.String(fmt.Sprintf("rate(%d minutes)", int(r.Every.Minutes())))
}

// rulesPage is the size of a page of rules and of targets.
const rulesPage = 100

func (b *Bus) listRules(r *kernel.Request, in *sdk.ListRulesInput) (*sdk.ListRulesOutput, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	var names []string
	for _, rule := range b.rules {
		if rule.Region == string(r.Region) && strings.HasPrefix(rule.Name, aws.ToString(in.NamePrefix)) {
			names = append(names, rule.Name)
		}
	}
	slices.Sort(names)
	shown, next, err := kernel.Page(names, strings.Compare, in.NextToken, in.Limit, rulesPage)
	if err != nil {
		return nil, kernel.ClientError("ValidationException", "Limit or NextToken is not valid.")
	}
	out := &sdk.ListRulesOutput{Rules: []types.Rule{}, NextToken: next}
	for _, name := range shown {
		rule, err := b.rule(r.Region, name)
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, types.Rule{
			Name: &rule.Name, Arn: aws.String(rule.arn()), EventPattern: rule.pattern(), ScheduleExpression: rule.schedule(),
			State: rule.state(), EventBusName: aws.String("default"),
		})
	}
	return out, nil
}

// listTargetsByRule has one target, whatever the size of the page.
func (b *Bus) listTargetsByRule(r *kernel.Request, in *sdk.ListTargetsByRuleInput) (*sdk.ListTargetsByRuleOutput, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := b.rule(r.Region, aws.ToString(in.Rule))
	if err != nil {
		return nil, err
	}
	target := types.Target{Id: aws.String("Target0"), Arn: &rule.TargetARN}
	if rule.Every > 0 {
		target.Input = &rule.Input
	}
	if rule.Group != "" {
		target.SqsParameters = &types.SqsParameters{MessageGroupId: &rule.Group}
	}
	return &sdk.ListTargetsByRuleOutput{Targets: []types.Target{target}}, nil
}

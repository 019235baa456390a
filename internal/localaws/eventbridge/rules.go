package eventbridge

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
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

func (b *Bus) rule(region kernel.Region, name string) (*Rule, error) {
	i := slices.IndexFunc(b.rules, func(rule *Rule) bool { return rule.Name == name && rule.Region == string(region) })
	if i < 0 {
		return nil, kernel.ClientError("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
	}
	return b.rules[i], nil
}

type describedRule struct {
	Name         string
	Arn          string
	EventPattern string
	State        string
	EventBusName string
}

func (rule *Rule) described() describedRule {
	state := "ENABLED"
	if rule.Disabled {
		state = "DISABLED"
	}
	return describedRule{
		Name: rule.Name, Arn: kernel.Region(rule.Region).ARN("events", "rule/"+rule.Name), EventPattern: rule.Pattern,
		State: state, EventBusName: "default",
	}
}

// onDefaultBus: there is no other one.
func onDefaultBus(r *kernel.Request, name string) error {
	if name == "" || name == "default" || name == r.Region.ARN("events", "event-bus/default") {
		return nil
	}
	return kernel.ClientError("ResourceNotFoundException", "Event bus %s does not exist.", name)
}

type describeRuleInput struct{ Name, EventBusName string }

func (b *Bus) describeRule(r *kernel.Request, in describeRuleInput) (*describedRule, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := b.rule(r.Region, in.Name)
	if err != nil {
		return nil, err
	}
	described := rule.described()
	return &described, nil
}

// rulesPage is the size of a page of rules and of targets.
const rulesPage = 100

type listRulesInput struct {
	NamePrefix, EventBusName, NextToken string
	Limit                               int
}

type listRulesOutput struct {
	Rules     []describedRule
	NextToken string `json:",omitempty"`
}

func (b *Bus) listRules(r *kernel.Request, in listRulesInput) (*listRulesOutput, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	var names []string
	for _, rule := range b.rules {
		if rule.Region == string(r.Region) && strings.HasPrefix(rule.Name, in.NamePrefix) {
			names = append(names, rule.Name)
		}
	}
	slices.Sort(names)
	shown, next, err := kernel.Page(names, strings.Compare, in.NextToken, in.Limit, rulesPage)
	if err != nil {
		return nil, kernel.ClientError("ValidationException", "Limit or NextToken is not valid.")
	}
	out := &listRulesOutput{Rules: []describedRule{}, NextToken: next}
	for _, name := range shown {
		rule, err := b.rule(r.Region, name)
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, rule.described())
	}
	return out, nil
}

type listTargetsInput struct {
	Rule, EventBusName, NextToken string
	Limit                         int
}

type ruleTarget struct{ Id, Arn string }

type listTargetsOutput struct{ Targets []ruleTarget }

// listTargetsByRule has one target, whatever the size of the page.
func (b *Bus) listTargetsByRule(r *kernel.Request, in listTargetsInput) (*listTargetsOutput, error) {
	if err := onDefaultBus(r, in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := b.rule(r.Region, in.Rule)
	if err != nil {
		return nil, err
	}
	return &listTargetsOutput{Targets: []ruleTarget{{Id: "Target0", Arn: rule.TargetARN}}}, nil
}

package localaws

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

// DisableRule switches a rule off: it gets no further events.
func (a *Account) DisableRule(regionName, name string) error {
	r, ok := a.regions[kernel.Region(regionName)]
	if !ok {
		return fmt.Errorf("disable rule %s: the account is not in Region %q", name, regionName)
	}
	a.Lock()
	defer a.Unlock()
	rule, err := r.rule(name)
	if err != nil {
		return fmt.Errorf("disable rule %s: %w", name, err)
	}
	rule.Disabled = true
	return nil
}

func (r *region) rule(name string) (*Rule, error) {
	i := slices.IndexFunc(r.rules, func(rule *Rule) bool { return rule.Name == name })
	if i < 0 {
		return nil, kernel.ClientError("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
	}
	return r.rules[i], nil
}

func (a *Account) ruleOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"DescribeRule":      {Perform: input(a, describeRule)},
		"ListRules":         {Perform: input(a, listRules)},
		"ListTargetsByRule": {Perform: input(a, listTargetsByRule)},
	}
}

type describedRule struct {
	Name         string
	Arn          string
	EventPattern string
	State        string
	EventBusName string
}

func (r *region) described(rule *Rule) describedRule {
	state := "ENABLED"
	if rule.Disabled {
		state = "DISABLED"
	}
	return describedRule{
		Name: rule.Name, Arn: r.ARN("events", "rule/"+rule.Name), EventPattern: rule.Pattern,
		State: state, EventBusName: "default",
	}
}

// onDefaultBus: there is no other one.
func (r *region) onDefaultBus(name string) error {
	if name == "" || name == "default" || name == r.ARN("events", "event-bus/default") {
		return nil
	}
	return kernel.ClientError("ResourceNotFoundException", "Event bus %s does not exist.", name)
}

type describeRuleInput struct{ Name, EventBusName string }

func describeRule(c *call, in describeRuleInput) (*describedRule, error) {
	if err := c.region.onDefaultBus(in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := c.region.rule(in.Name)
	if err != nil {
		return nil, err
	}
	described := c.region.described(rule)
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

func listRules(c *call, in listRulesInput) (*listRulesOutput, error) {
	if err := c.region.onDefaultBus(in.EventBusName); err != nil {
		return nil, err
	}
	var names []string
	for _, rule := range c.region.rules {
		if strings.HasPrefix(rule.Name, in.NamePrefix) {
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
		rule, err := c.region.rule(name)
		if err != nil {
			return nil, err
		}
		out.Rules = append(out.Rules, c.region.described(rule))
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
func listTargetsByRule(c *call, in listTargetsInput) (*listTargetsOutput, error) {
	if err := c.region.onDefaultBus(in.EventBusName); err != nil {
		return nil, err
	}
	rule, err := c.region.rule(in.Rule)
	if err != nil {
		return nil, err
	}
	return &listTargetsOutput{Targets: []ruleTarget{{Id: "Target0", Arn: rule.TargetARN}}}, nil
}

package config

import (
	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

func (r *reader) freezes(v *syntax.Value) {
	if v.Kind != syntax.List {
		r.complain(v.Position, "freezes is %s; it must be an array", v.Describe())
		return
	}
	for _, element := range v.Elements {
		r.freeze(element)
	}
}

// freeze reads a change freeze. One that has ended is no fault: nothing needs to
// be done when it ends.
func (r *reader) freeze(v *syntax.Value) {
	var f guard.Freeze
	r.object(v, "the freeze", "key", []field{
		{name: "rules", read: func(v *syntax.Value) { f.Rules = r.frozenRules(v) }},
		{name: "reason", required: true, read: func(v *syntax.Value) { f.Reason = r.line(v, "reason", 300) }},
		{name: "approver", required: true, read: func(v *syntax.Value) { f.Approver = r.line(v, "approver", 100) }},
		{name: "expires", required: true, read: func(v *syntax.Value) { f.Expires = r.expiry(v) }},
	})
	r.policy.Freezes = append(r.policy.Freezes, f)
}

func (r *reader) frozenRules(v *syntax.Value) []guard.RuleID {
	switch {
	case v.Kind != syntax.List:
		r.complain(v.Position, "rules is %s; it must be an array", v.Describe())
	case len(v.Elements) == 0:
		r.complain(v.Position, "rules is empty; leave it out to freeze all rules")
	}
	var allowed []string
	for _, rule := range guard.Rules() {
		if !rule.AboutGuard() && !rule.ID.AboutSetting() {
			allowed = append(allowed, string(rule.ID))
		}
	}
	var rules []guard.RuleID
	for _, element := range v.Elements {
		rules = append(rules, guard.RuleID(r.word(element, "the rule", allowed)))
	}
	return rules
}

package config

import (
	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

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
	if v.Kind == syntax.List && len(v.Elements) == 0 {
		r.complain(v.Position, "rules is empty; leave it out to freeze all rules")
	}
	var allowed []string
	for _, rule := range guard.Rules() {
		if !rule.AboutGuard() && !rule.ID.AboutSetting() {
			allowed = append(allowed, string(rule.ID))
		}
	}
	var rules []guard.RuleID
	r.list(v, "rules", func(v *syntax.Value) { rules = append(rules, guard.RuleID(r.word(v, "the rule", allowed))) })
	return rules
}

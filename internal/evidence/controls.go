package evidence

import (
	"slices"

	"fipsguard/internal/guard"
)

// controlsOf are the controls that rules speak to, each once, in the order of
// the rules.
func controlsOf(rules []guard.Rule) []guard.Control {
	var all []guard.Control
	for _, rule := range rules {
		for _, c := range rule.Controls {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// rulesOf are the rules of some groups whose findings rest on a type of
// evidence.
func rulesOf(kind guard.EvidenceType, groups ...guard.Group) []guard.Rule {
	var rules []guard.Rule
	for _, group := range groups {
		for _, rule := range guard.Rules() {
			if rule.Group == group && rule.Evidence == kind {
				rules = append(rules, rule)
			}
		}
	}
	return rules
}

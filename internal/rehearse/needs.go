package rehearse

import (
	"maps"
	"slices"

	"fipsguard/internal/guard"
)

// Places are the accounts and Regions of events.
func Places(events []guard.Event) []guard.Location {
	seen := map[guard.Location]bool{}
	var all []guard.Location
	for _, e := range events {
		at := guard.Location{Account: e.Cause.Account, Region: e.Cause.Region}
		if at.Account != "" && guard.InScope(at.Region) && !seen[at] {
			seen[at] = true
			all = append(all, at)
		}
	}
	slices.SortFunc(all, func(a, b guard.Location) int {
		return slices.Compare([]string{a.Account, a.Region}, []string{b.Account, b.Region})
	})
	return all
}

// Unregistered are the task definitions of events of a place that no event
// registers: AWS may know them.
func Unregistered(location guard.Location, events []guard.Event) []string {
	a := newAccount(location, Known{})
	used := map[string]bool{}
	for _, e := range inOrder(location, events) {
		for _, s := range e.States {
			if definition := a.arn(definitionOfState(s)); definition != "" {
				used[definition] = true
			}
		}
		a.learn(e)
	}
	maps.DeleteFunc(used, func(arn string, _ bool) bool { _, ok := a.definitions[arn]; return ok })
	return slices.Sorted(maps.Keys(used))
}

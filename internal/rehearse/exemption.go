package rehearse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Exemption is one of a policy document (docs/policy.md), with which something
// would have been left as it is.
type Exemption struct {
	Resource string `json:"resource"`
	Reason   string `json:"reason"`
	Approver string `json:"approver"`
	Expires  string `json:"expires"`
}

// What a person has to fill in, and how long an exemption holds at first.
const (
	approver  = "NAME OF WHO APPROVES"
	exemptFor = 30 * 24 * time.Hour
)

// Exemptions are those with which nothing would have been done to workloads, one
// for each family. The setting cannot be exempted.
func Exemptions(past Past, now Now, on time.Time) []Exemption {
	var order []string
	count := map[string]map[Kind]int{}
	for _, a := range slices.Concat(past.Actions, now.Actions) {
		kind := KindOf(a.Call)
		if kind == Corrected || kind == Tried {
			continue
		}
		resource := exempting(a)
		if count[resource] == nil {
			count[resource] = map[Kind]int{}
			order = append(order, resource)
		}
		count[resource][kind]++
	}
	slices.Sort(order)
	var all []Exemption
	for _, resource := range order {
		var said []string
		for _, kind := range Kinds() {
			if n := count[resource][kind]; n > 0 {
				said = append(said, fmt.Sprintf("%d %s", n, kind))
			}
		}
		all = append(all, Exemption{
			Resource: resource, Approver: approver, Expires: on.UTC().Add(exemptFor).Format(time.DateOnly),
			Reason: "SAY WHY. Rehearsed on " + on.UTC().Format(time.DateOnly) + ": " + strings.Join(said, ", ") + ".",
		})
	}
	return all
}

// exempting is what an exemption has to name so that an action is not taken: all
// revisions of the family, which cover its tasks and services, or else the thing
// itself.
func exempting(a Action) string {
	definition := cmp.Or(a.Definition, a.Subject)
	before, name, ok := strings.Cut(definition, ":task-definition/")
	if !ok {
		return a.Subject
	}
	family, _, _ := strings.Cut(name, ":")
	return before + ":task-definition/" + family + ":*"
}

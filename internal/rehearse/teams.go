package rehearse

import (
	"cmp"
	"maps"
	"slices"

	"fipsguard/internal/guard"
)

// Kind is what an action does.
type Kind string

// The kinds, in the order in which people read them.
const (
	Corrected    Kind = "corrected"        // the setting
	Tried        Kind = "tried to correct" // to end the override of a user or role, which AWS is expected to refuse
	Deregistered Kind = "deregistered"     // a task definition
	Stopped      Kind = "stopped"          // a task
	RolledBack   Kind = "rolled back"      // a service
	Scaled       Kind = "scaled to zero"   // a service
	Redeployed   Kind = "redeployed"       // a service, whose tasks are replaced
)

// Kinds are all of them.
func Kinds() []Kind {
	return []Kind{Corrected, Tried, Deregistered, Stopped, RolledBack, Scaled, Redeployed}
}

// KindOf is what a call does.
func KindOf(c guard.Call) Kind {
	switch c.(type) {
	case guard.PutAccountSetting:
		return Tried
	case guard.DeregisterTaskDefinition:
		return Deregistered
	case guard.StopTask:
		return Stopped
	case guard.RollBackService:
		return RolledBack
	case guard.ScaleServiceToZero:
		return Scaled
	case guard.ForceNewDeployment:
		return Redeployed
	}
	return Corrected
}

// Everybody is the team that the setting belongs to.
const Everybody = "(the account)"

// Team is what would have been done to what belongs together: the task definitions
// of a tag's value or of one family, with their tasks and services.
type Team struct {
	Name    string
	Done    map[Kind]int
	Blocked int // calls that ECS would have refused
	Heard   int // findings in alerts that nothing was done about
}

// Teams sums up by team what was done and reported, those who are hit most first.
func Teams(past Past, now Now) []*Team {
	teams := map[string]*Team{}
	of := func(name string) *Team {
		name = cmp.Or(name, Everybody)
		if teams[name] == nil {
			teams[name] = &Team{Name: name, Done: map[Kind]int{}}
		}
		return teams[name]
	}
	acted := map[string]bool{}
	for _, a := range slices.Concat(past.Actions, now.Actions) {
		of(past.team(a.Subject, a.Definition)).Done[KindOf(a.Call)]++
		acted[a.Subject] = true
	}
	for _, b := range past.Blocked {
		of(past.team(b.Subject, b.Definition)).Blocked++
	}
	for _, a := range past.Alerts {
		for _, f := range a.Findings {
			if !acted[f.Subject] {
				of(past.team(f.Subject, "")).Heard++
			}
		}
	}
	for _, f := range now.Reported {
		of(past.team(f.Subject, definitionOfState(f.State))).Heard++
	}
	return slices.SortedFunc(maps.Values(teams), func(a, b *Team) int {
		return cmp.Or(cmp.Compare(b.hits(), a.hits()), cmp.Compare(b.Heard, a.Heard), cmp.Compare(a.Name, b.Name))
	})
}

func (t *Team) hits() int {
	n := t.Blocked
	for _, done := range t.Done {
		n += done
	}
	return n
}

// team is whose something is; empty when it is the account's,
// or nobody knows.
func (p Past) team(subject, definition string) string {
	return cmp.Or(p.Teams[subject], p.Teams[definition], familyOfARN(definition), familyOfARN(subject))
}

func familyOfARN(name string) string {
	if definitionOf(name) == "" {
		return ""
	}
	return familyOf(name)
}

func definitionOfState(s guard.State) string {
	switch s := s.(type) {
	case guard.Task:
		return s.Definition
	case guard.Service:
		return s.Definition.ARN
	case guard.KernelCheck:
		return s.Task.Definition
	case guard.Exposure:
		return s.Task.Definition
	}
	return ""
}

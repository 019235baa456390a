package rehearse

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// account answers the guard's reads from what was recorded until then, and from
// task definitions that are known otherwise. It notes what the guard changes.
type account struct {
	location    guard.Location
	now         time.Time
	mode        guard.Mode // of the account default
	definitions map[string]guard.TaskDefinition
	families    map[string][]string      // ARNs of revisions, in the order of their numbers
	inactive    map[string]time.Time     // when the guard deregistered a revision
	services    map[string]guard.Service // as they would be now
	refused     map[string]bool          // services that would not have been created
	undone      map[string]bool          // services that the guard rolled back
	stopped     map[string]guard.RuleID  // tasks that the guard stopped, and by which rule
	stirred     map[string]bool          // families with a revision that no scan has seen
	providers   []guard.CapacityProvider
	noted       func(guard.Remediation)
	unknown     *counts
}

func newAccount(location guard.Location, known Known) *account {
	a := &account{
		location: location, mode: guard.ModeOn, definitions: map[string]guard.TaskDefinition{}, families: map[string][]string{},
		inactive: map[string]time.Time{}, services: map[string]guard.Service{}, refused: map[string]bool{}, stopped: map[string]guard.RuleID{}, undone: map[string]bool{}, stirred: map[string]bool{},
	}
	a.providers = slices.Clone(known.Providers)
	for _, d := range known.Definitions {
		d.Inactive = false // it was active when something was started from it
		a.register(d)
	}
	return a
}

func (a *account) time() time.Time { return a.now }

func (a *account) register(d guard.TaskDefinition) {
	if d.ARN == "" {
		return
	}
	if _, again := a.definitions[d.ARN]; !again {
		family := familyOf(d.ARN)
		revisions := append(a.families[family], d.ARN)
		slices.SortStableFunc(revisions, func(x, y string) int { return cmp.Compare(revision(x), revision(y)) })
		a.families[family] = revisions
	}
	a.definitions[d.ARN] = d
	a.stirred[familyOf(d.ARN)] = true
}

// revision is the number at the end of a task definition's ARN.
func revision(arn string) int {
	n, err := strconv.Atoi(arn[strings.LastIndexByte(arn, ':')+1:])
	if err != nil {
		return 0
	}
	return n
}

// deregistrationLag is how long tasks may still start from a revision that was
// deregistered (docs/facts.md).
const deregistrationLag = 10 * time.Minute

// gone reports whether nothing starts from a revision any more because the guard
// deregistered it.
func (a *account) gone(definition string, at time.Time) bool {
	since, ok := a.inactive[a.arn(definition)]
	return ok && !at.Before(since.Add(deregistrationLag))
}

// arn is the ARN of FAMILY:REVISION, as callers may write it.
func (a *account) arn(definition string) string {
	if strings.HasPrefix(definition, "arn:") || !strings.Contains(definition, ":") {
		return definition
	}
	return "arn:aws-us-gov:ecs:" + a.location.Region + ":" + a.location.Account + ":task-definition/" + definition
}

// definition is a revision as far as it is known.
func (a *account) definition(name string) guard.TaskDefinition {
	arn := a.arn(name)
	if d, ok := a.definitions[arn]; ok {
		return d
	}
	return guard.TaskDefinition{ARN: arn}
}

// blocks reports whether ECS would have refused a recorded call: it starts
// something from a revision that the guard would have deregistered, or is about a
// service that would not be there.
func (a *account) blocks(e guard.Event) (subject, definition string, blocked bool) {
	if !e.Cause.IsCall {
		return "", "", false
	}
	switch s := e.States[0].(type) {
	case guard.Task:
		return s.Subject(), a.arn(s.Definition), a.gone(s.Definition, e.Cause.Time)
	case guard.Service:
		known, there := a.services[s.ARN]
		switch {
		case a.refused[s.ARN]:
			blocked = e.Cause.EventName != "CreateService"
		case there && known.Definition.ARN == s.Definition.ARN && e.Cause.EventName != "CreateService":
			if a.gone(s.Definition.ARN, e.Cause.Time) {
				a.unknown.add(noAsked, e.Cause.EventID)
			}
			return s.Subject(), s.Definition.ARN, false // it may only change something else of the service
		}
		blocked = blocked || a.gone(s.Definition.ARN, e.Cause.Time)
		if s.ARN != "" && e.Cause.EventName == "CreateService" {
			a.refused[s.ARN] = blocked
		}
		return s.Subject(), s.Definition.ARN, blocked
	}
	return "", "", false
}

// learn takes over what a record says of what is now.
func (a *account) learn(e guard.Event) {
	for _, s := range e.States {
		switch s := s.(type) {
		case guard.TaskDefinition:
			a.register(s)
		case guard.CapacityProvider:
			a.providers = append([]guard.CapacityProvider{s}, a.providers...) // of one name, the newest
		case guard.Setting:
			if s.Scope != guard.ScopeAccount {
				continue
			}
			a.mode = s.Mode
			if s.Deleted {
				a.mode = guard.ModeOff
			}
		case guard.Service:
			if s.ARN == "" {
				continue
			}
			if a.undone[s.ARN] && a.services[s.ARN].Definition.ARN != s.Definition.ARN {
				s.Deployment += " by " + e.Cause.EventID // a new one where the guard rolled back, though the record may name an old one
			}
			a.services[s.ARN] = s
		}
	}
}

// errNotRecorded: no record and no answer of AWS's shows it.
var errNotRecorded = errors.New("no record shows it")

// ObserveSetting is the account default; overrides are in no answer.
func (a *account) ObserveSetting(context.Context, string, string) ([]guard.State, error) {
	return []guard.State{guard.Setting{Account: a.location.Account, Region: a.location.Region, Scope: guard.ScopeAccount, Mode: a.mode}}, nil
}

// ObserveTaskDefinition is a revision as it was registered.
func (a *account) ObserveTaskDefinition(_ context.Context, d guard.TaskDefinition) (guard.TaskDefinition, error) {
	known, ok := a.definitions[d.ARN]
	if !ok {
		a.unknown.add(noRevision, d.Subject())
		d.Unknown = "the record leaves it out"
		return d, errNotRecorded
	}
	known.Inactive = !a.inactive[d.ARN].IsZero()
	return known, nil
}

// WithDefinition completes a task from its definition.
func (a *account) WithDefinition(_ context.Context, t guard.Task) (guard.Task, error) {
	if !t.MayBeFargate() || t.Platform.OS != "" && t.Platform.Architecture != "" {
		return t, nil
	}
	d, ok := a.definitions[a.arn(t.Definition)]
	if !ok {
		a.unknown.add(noDefinition, cmp.Or(t.Definition, t.Subject()))
		t.Unknown = "no record shows its task definition"
		return t, errNotRecorded
	}
	t.Platform.OS = cmp.Or(t.Platform.OS, d.Platform.OS)
	t.Platform.Architecture = cmp.Or(t.Platform.Architecture, d.Platform.Architecture)
	return t, nil
}

// WithProviders completes a task by its capacity providers.
func (a *account) WithProviders(_ context.Context, t guard.Task) (guard.Task, error) {
	var err error
	t.Providers, err = a.identified(t.Providers)
	return t, err
}

// identified are capacity providers as they were created.
func (a *account) identified(providers []guard.CapacityProvider) ([]guard.CapacityProvider, error) {
	known := guard.Identified(providers, a.providers)
	for i, p := range known {
		if reflect.DeepEqual(p, providers[i]) && p.Managed != guard.No {
			a.unknown.add(noProvider, p.Subject())
			return known, errNotRecorded
		}
	}
	return known, nil
}

// ObserveTask is a task as it was recorded, unless the guard has stopped it.
func (a *account) ObserveTask(ctx context.Context, t guard.Task) (guard.Task, error) {
	if rule, ok := a.stopped[t.ARN]; ok {
		t.DesiredStatus, t.Rejected = "STOPPED", rule
	}
	t, err := a.WithDefinition(ctx, t)
	if err != nil {
		return t, err
	}
	return a.WithProviders(ctx, t)
}

// ObserveService is a service as it would be now.
func (a *account) ObserveService(_ context.Context, s guard.Service) ([]guard.Service, error) {
	known, ok := a.services[s.ARN]
	if !ok {
		a.unknown.add(noService, s.Subject())
		return []guard.Service{s}, errNotRecorded
	}
	var err error
	if known.Providers, err = a.identified(known.Providers); err != nil {
		return []guard.Service{known}, err
	}
	d, ok := a.definitions[known.Definition.ARN]
	if !ok && known.Definition.ARN != "" && known.MayBeFargate() {
		a.unknown.add(noDefinition, known.Definition.ARN)
		known.Unknown = "no record shows its task definition"
		return []guard.Service{known}, errNotRecorded
	}
	if ok {
		known.Definition, known.Unknown = d, ""
	}
	if guard.Worst(guard.Check(known)) == guard.NonCompliant && known.DesiredCount > 0 {
		a.unknown.add(noStarts, known.Subject())
	}
	return []guard.Service{known}, nil
}

// ObserveRemedy finds the newest compliant revision that could be rolled back to.
func (a *account) ObserveRemedy(_ context.Context, s guard.Service, remedy guard.ServiceRemedy) (guard.Service, error) {
	switch remedy {
	case guard.ScaleToZero:
		a.unknown.add(noMinimum, s.Subject())
	case guard.RollBack:
		revisions := a.families[familyOf(s.Definition.ARN)]
		for _, arn := range slices.Backward(revisions) {
			d := a.definitions[arn]
			if a.inactive[arn].IsZero() && d.Fargate == guard.Yes && guard.Worst(guard.Check(d)) == guard.Compliant {
				s.Replacement = arn
				return s, nil
			}
		}
		if len(revisions) == 0 || revision(revisions[0]) > 1 {
			a.unknown.add(noOlder, s.Subject())
		}
	case guard.AlertOnly:
	}
	return s, nil
}

// Apply notes a call, and what it changes.
func (a *account) Apply(_ context.Context, r guard.Remediation) guard.Outcome {
	a.noted(r)
	o := guard.Outcome{Remediation: r, Result: guard.Answered, Detail: "It is a rehearsal: nothing was called.", At: a.now}
	switch call := r.Call.(type) {
	case guard.PutAccountSettingDefault:
		a.mode, o.Result = guard.ParseMode(call.Value), guard.Unconfirmed
	case guard.PutAccountSetting:
		a.unknown.add(noOverride, call.PrincipalARN)
		o.Result = guard.RefusedByAWS // as docs/facts.md expects; then a person hears that they must act
	case guard.StopTask:
		a.stopped[call.Task] = r.Rule
	case guard.DeregisterTaskDefinition:
		if a.inactive[call.TaskDefinition].IsZero() {
			a.inactive[call.TaskDefinition] = a.now
		}
	case guard.RollBackService:
		s := a.services[call.Service]
		s.Definition, s.PlatformVersion = guard.TaskDefinition{ARN: call.TaskDefinition}, call.PlatformVersion
		a.services[call.Service], a.undone[call.Service] = s, true
	case guard.ScaleServiceToZero:
		s := a.services[call.Service]
		s.DesiredCount = 0
		a.services[call.Service] = s
	}
	return o
}

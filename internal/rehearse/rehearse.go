package rehearse

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"
)

// Action is one call that the guard would have made.
type Action struct {
	At         time.Time
	Rule       guard.RuleID
	Subject    string
	Definition string // the task definition's ARN; empty where there is none
	Call       guard.Call
	Cause      guard.Cause // the event; of what runs now, the scan
}

// Blocked is a call of someone that ECS would have refused, because the guard
// would have deregistered what it starts, or refused the service before.
type Blocked struct {
	Subject    string
	Definition string
	Cause      guard.Cause
}

// Alert is what people would have heard.
type Alert struct {
	At       time.Time
	Subject  string // as an email's
	Findings []Said
}

// Said is a finding of an alert that asks for someone's attention.
type Said struct {
	Rule    guard.RuleID `json:"rule"`
	Subject string       `json:"subject"`
	Status  string       `json:"status"`
}

// Past is what would have become of events.
type Past struct {
	Events  int // that the guard would have got
	Actions []Action
	Blocked []Blocked
	Alerts  []Alert
	Unknown []Unknown
	Teams   map[string]string // of subjects, as far as they are known: a tag's value, or the family
}

// Known is what AWS tells of what no event shows.
type Known struct {
	Definitions []guard.TaskDefinition
	Providers   []guard.CapacityProvider
}

// Input is what is rehearsed.
type Input struct {
	Location guard.Location
	Events   []guard.Event // in any order, of other places, too
	Known    Known
	Policy   guard.Policy
	TeamTag  string // key of the tag of task definitions that names their team; empty: teams are families
}

// Play gives the events of one account and Region to the guard, and returns what it
// would have done. The setting is on at the beginning, as a deployment leaves it.
func Play(ctx context.Context, in Input) (Past, error) {
	p := &play{Input: in, past: Past{Teams: map[string]string{}}, account: newAccount(in.Location, in.Known)}
	p.account.noted = p.note
	p.account.unknown = &p.counts
	// The stack has two functions: one for the setting, one for workloads.
	p.settings, p.workloads = p.guard(), p.guard()
	for _, e := range inOrder(in.Location, in.Events) {
		if err := ctx.Err(); err != nil {
			return p.past, err
		}
		p.respond(ctx, e)
	}
	p.past.Unknown = p.counts.list()
	return p.past, nil
}

// play is one rehearsal under way.
type play struct {
	Input
	account             *account
	settings, workloads *enforcer.Enforcer
	event               guard.Event // that is being responded to
	fixed               time.Time   // when the setting was fixed, until a scan followed
	hourly              time.Time   // when the next hourly scan is
	past                Past
	counts              counts
}

func (p *play) guard() *enforcer.Enforcer {
	return &enforcer.Enforcer{
		Account: p.account, Notifier: p, Policy: p.Policy, Workloads: policydoc.Fixed(p.Policy), Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: p.account.time,
	}
}

// inOrder are the guarded events of a place, each once, as they happened. What a
// call starts is registered before it, if in the same second.
func inOrder(location guard.Location, events []guard.Event) []guard.Event {
	events = slices.DeleteFunc(slices.Clone(events), func(e guard.Event) bool {
		return len(e.States) == 0 || e.Cause.Account != location.Account || e.Cause.Region != location.Region
	})
	slices.SortStableFunc(events, func(a, b guard.Event) int {
		return cmp.Or(a.Cause.Time.Compare(b.Cause.Time), cmp.Compare(rank(a), rank(b)), strings.Compare(a.Cause.EventID, b.Cause.EventID))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(events, func(e guard.Event) bool {
		again := e.Cause.EventID != "" && seen[e.Cause.EventID]
		seen[e.Cause.EventID] = true
		return again
	})
}

func rank(e guard.Event) int {
	if _, ok := e.States[0].(guard.TaskDefinition); ok {
		return 0
	}
	return 1
}

func (p *play) respond(ctx context.Context, e guard.Event) {
	p.past.Events++
	p.rescan(ctx, e)
	p.event = e
	p.account.now = e.Cause.Time
	if e.Cause.Time.IsZero() {
		p.counts.add(noTime, e.Cause.EventID)
	}
	for _, s := range e.States {
		p.team(s)
	}
	if subject, definition, blocked := p.account.blocks(e); blocked {
		p.past.Blocked = append(p.past.Blocked, Blocked{subject, definition, e.Cause})
		return
	}
	p.account.learn(e)
	by := p.workloads
	if _, ok := e.States[0].(guard.Setting); ok {
		by = p.settings
	}
	p.shown(ctx, e)
	// What goes wrong is what is unknown, which the account counts.
	_ = by.RespondTo(ctx, p.Location, e)
}

// shown gives the guard what ECS says of each task that a call started, which
// reaches it before CloudTrail's record of the call does.
func (p *play) shown(ctx context.Context, call guard.Event) {
	for _, s := range call.States {
		t, ok := s.(guard.Task)
		if !ok || !call.Cause.IsCall || t.ARN == "" {
			continue
		}
		_ = p.workloads.RespondTo(ctx, p.Location, guard.Event{
			Cause:  guard.Cause{EventName: "ECS Task State Change", Time: call.Cause.Time, Account: p.Location.Account, Region: p.Location.Region},
			States: []guard.State{t},
		})
	}
}

// afterFix is how long after a fix of the setting a scan begins: requests gather
// for a minute.
const afterFix = 65 * time.Second

// rescan is what the scans until an event would have found to do that no event
// shows: a family has a new revision, to which a service could be rolled back. The
// first one sees it: the hourly one, or one after a fix.
func (p *play) rescan(ctx context.Context, before guard.Event) {
	why, at := "hourly scan", p.hourly
	if fixed := p.fixed.Add(afterFix); !p.fixed.IsZero() && fixed.Before(at) {
		why, at = "scan after a fix", fixed
	}
	if before.Cause.Time.Before(at) {
		return
	}
	p.fixed, p.hourly = time.Time{}, before.Cause.Time.Truncate(time.Hour).Add(time.Hour)
	if len(p.account.stirred) == 0 {
		return
	}
	p.account.now = at
	for _, arn := range slices.Sorted(maps.Keys(p.account.services)) {
		s := p.account.services[arn]
		if !p.account.stirred[familyOf(s.Definition.ARN)] {
			continue
		}
		p.event = guard.Event{
			Cause:  guard.Cause{EventName: why, Time: at, Account: p.Location.Account, Region: p.Location.Region, Actor: guard.Actor{Name: "fipsguard"}},
			States: []guard.State{s},
		}
		_ = p.workloads.RespondTo(ctx, p.Location, p.event)
	}
	clear(p.account.stirred)
}

func (p *play) note(r guard.Remediation) {
	if _, ok := r.Call.(guard.PutAccountSettingDefault); ok {
		p.fixed = p.account.now
	}
	p.past.Actions = append(p.past.Actions, Action{
		At: p.account.now, Rule: r.Rule, Subject: r.Subject, Definition: cmp.Or(r.Definition, definitionOf(r.Subject)), Call: r.Call, Cause: p.event.Cause,
	})
}

// team notes whose a state is.
func (p *play) team(s guard.State) {
	var d guard.TaskDefinition
	switch s := s.(type) {
	case guard.TaskDefinition:
		d = s
	case guard.Task:
		d = p.account.definition(s.Definition)
	case guard.Service:
		d = p.account.definition(s.Definition.ARN)
	}
	team := cmp.Or(familyOf(d.ARN), d.Family)
	if p.TeamTag != "" {
		team = cmp.Or(d.Tags[p.TeamTag], team)
	}
	if team != "" {
		p.past.Teams[s.Subject()] = team
	}
}

// Publish takes an alert in the place of the topic.
func (p *play) Publish(_ context.Context, m alert.Message) error {
	p.past.Alerts = append(p.past.Alerts, heard(m, p.account.now))
	return nil
}

// heard is an alert as it goes out.
func heard(m alert.Message, at time.Time) Alert {
	var said struct{ Findings []Said }
	if err := json.Unmarshal(m.JSON, &said); err != nil {
		return Alert{At: at, Subject: m.Subject}
	}
	said.Findings = slices.DeleteFunc(said.Findings, func(f Said) bool {
		return f.Status == guard.Compliant.String() || f.Status == guard.NotApplicable.String()
	})
	return Alert{at, m.Subject, said.Findings}
}

// familyOf is the family in a task definition's name; empty when it names none.
func familyOf(definition string) string {
	_, name, ok := strings.Cut(definition, "task-definition/")
	if !ok {
		if strings.HasPrefix(definition, "arn:") {
			return ""
		}
		name = definition // FAMILY or FAMILY:REVISION, as callers write it
	}
	family, _, _ := strings.Cut(name, ":")
	return family
}

// definitionOf is a subject that is a task definition.
func definitionOf(subject string) string {
	if strings.Contains(subject, ":task-definition/") {
		return subject
	}
	return ""
}

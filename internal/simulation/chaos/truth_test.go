package chaos

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
)

// truth is what happened in an account, by its own records.
type truth struct {
	changes     []change
	periods     []offPeriod           // of the account default
	definitions map[string]definition // by ARN
	tasks       map[string]task       // by ARN
	alerts      []sent
	calls       []localaws.Call
}

// change is a call that set the account default or someone's override.
type change struct {
	at        time.Time
	on        bool
	principal string // empty for the account default
	by        localaws.Principal
	event     string // its record's ID
}

func (c change) byGuard(w *world) bool { return w.isGuard(c.by) }

func (w *world) isGuard(p localaws.Principal) bool {
	return p.ARN == w.people.Guard.ARN || p.ARN == w.people.Verifier.ARN
}

// offPeriod is a time during which the account default was off.
type offPeriod struct {
	from, until time.Time // until is zero while it lasts
	by          []change  // the calls that turned it off, also those that changed nothing
	ended       change
}

func (p offPeriod) covers(at time.Time) bool {
	return !at.Before(p.from) && (p.until.IsZero() || at.Before(p.until))
}

// definition is a task definition that someone registered.
type definition struct {
	arn, family, event string
	at                 time.Time
}

// bad is a definition that is for Fargate and cannot have FIPS mode.
func (d definition) bad() bool { return badFamily(d.family) }

func badFamily(family string) bool {
	kind, _, _ := strings.Cut(family, "-")
	return kind != "good" && kind != "ec2"
}

// task is a task that was launched.
type task struct {
	arn, definition, version, group string
	created                         time.Time
	ran                             time.Time // when it reached RUNNING
}

func (t task) family() string { return familyOf(t.definition) }

func familyOf(arn string) string {
	_, name, _ := strings.Cut(arn, "task-definition/")
	family, _, _ := strings.Cut(name, ":")
	return family
}

// bad is a task on a platform without FIPS mode, whatever its definition asked
// for.
func (t task) bad() bool { return !strings.HasPrefix(t.family(), "good-") || t.version == "1.3.0" }

// sent is an alert that SNS took.
type sent struct {
	localaws.Message
	alert
}

// alert is one as a machine reads it.
type alert struct {
	Outcome string
	Rule    string
	Status  string
	Event   struct {
		EventID, EventName, EventTime string
		Actor                         struct{ Name, ARN string }
	}
	Findings []finding
	Outcomes []outcome
	Joined   *struct {
		Count    int
		Subjects []struct{ Name string }
	}
	Scan *struct{ Summary string }
}

type finding struct{ Rule, Subject, Status, Reason string }

type outcome struct{ Rule, Subject, API, Result, At string }

func (w *world) truth() truth {
	t := truth{definitions: map[string]definition{}, tasks: map[string]task{}, calls: w.aws.Calls()}
	events := map[string]string{} // of records, by the request
	for _, r := range w.aws.Records() {
		if r.ErrorCode != "" {
			continue
		}
		events[r.RequestID] = r.EventID
		if r.EventName == "RegisterTaskDefinition" {
			var answer any
			if elements, ok := r.ResponseElements.(json.RawMessage); ok {
				_ = json.Unmarshal(elements, &answer) // nothing is found then
			}
			arn := dig(answer, "taskDefinition", "taskDefinitionArn")
			t.definitions[arn] = definition{arn, familyOf(arn), r.EventID, r.EventTime}
		}
	}
	for _, c := range t.calls {
		if c.ErrorCode != "" {
			continue
		}
		if changed, ok := changeOf(c); ok {
			changed.event = events[c.RequestID]
			t.changes = append(t.changes, changed)
		}
	}
	t.periods = offPeriods(t.changes)
	for _, event := range w.aws.Events() {
		t.addTask(event)
	}
	for _, m := range w.aws.Published() {
		s := sent{Message: m}
		if json.Unmarshal([]byte(m.For("sqs")), &s.alert) == nil {
			t.alerts = append(t.alerts, s)
		}
	}
	return t
}

func changeOf(c localaws.Call) (change, bool) {
	var in struct{ Name, Value, PrincipalArn string }
	if !strings.Contains(c.Operation, "AccountSetting") || strings.Contains(c.Operation, "List") ||
		json.Unmarshal(c.Parameters, &in) != nil || in.Name != guard.SettingName {
		return change{}, false
	}
	changed := change{at: c.Time, on: in.Value == "enabled", by: c.Principal, principal: in.PrincipalArn}
	if changed.principal == "" && c.Operation != "ecs:PutAccountSettingDefault" {
		changed.principal = c.Principal.ARN
	}
	if strings.HasSuffix(changed.principal, ":root") {
		changed.principal = ""
	}
	return changed, true
}

func offPeriods(changes []change) []offPeriod {
	var all []offPeriod
	var now *offPeriod
	for _, c := range changes {
		switch {
		case c.principal != "":
		case c.on && now != nil:
			now.until, now.ended = c.at, c
			all = append(all, *now)
			now = nil
		case c.on:
		case now != nil:
			now.by = append(now.by, c)
		default:
			now = &offPeriod{from: c.at, by: []change{c}}
		}
	}
	if now != nil {
		all = append(all, *now)
	}
	return all
}

// asRecorded are off periods as CloudTrail tells them apart, which records
// whole seconds.
func asRecorded(periods []offPeriod) []offPeriod {
	var all []offPeriod
	for _, p := range periods {
		if n := len(all); n > 0 && !p.from.Truncate(time.Second).After(all[n-1].until.Truncate(time.Second)) {
			before := &all[n-1]
			before.until, before.by = p.until, slices.Concat(before.by, p.by)
			continue
		}
		all = append(all, p)
	}
	return all
}

func (t *truth) addTask(event json.RawMessage) {
	if !strings.Contains(string(event), "ECS Task State Change") {
		return
	}
	var e struct {
		Time   time.Time
		Detail struct {
			TaskArn, TaskDefinitionArn, PlatformVersion, Group, LastStatus string
			CreatedAt                                                      time.Time
		}
	}
	if json.Unmarshal(event, &e) != nil || e.Detail.TaskArn == "" {
		return
	}
	d := e.Detail
	known := t.tasks[d.TaskArn]
	known.arn, known.definition, known.version, known.group, known.created = d.TaskArn, d.TaskDefinitionArn, d.PlatformVersion, d.Group, d.CreatedAt
	if d.LastStatus == "RUNNING" && known.ran.IsZero() {
		known.ran = e.Time
	}
	t.tasks[d.TaskArn] = known
}

// dig is a text deep in a tree.
func dig(tree any, path ...string) string {
	for _, name := range path {
		object, _ := tree.(map[string]any)
		tree = object[name]
	}
	if text, ok := tree.(*string); ok && text != nil {
		return *text
	}
	text, _ := tree.(string)
	return text
}

// wasOff reports whether the account default was off at some time of a span.
func (t truth) wasOff(from, until time.Time) bool {
	return slices.ContainsFunc(t.periods, func(p offPeriod) bool {
		return !p.from.After(until) && (p.until.IsZero() || !p.until.Before(from))
	})
}

// wasOn reports whether it was on at some time of a span.
func (t truth) wasOn(from, until time.Time) bool {
	for _, p := range t.periods {
		if !p.from.After(from) && (p.until.IsZero() || p.until.After(until)) {
			return false
		}
	}
	return true
}

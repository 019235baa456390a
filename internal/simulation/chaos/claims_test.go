package chaos

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws"
)

// alertsAreTrue: no alert claims what the account's own history contradicts.
func (o *oracle) alertsAreTrue() {
	for _, a := range o.alerts {
		if a.Time.Before(o.storyBegan) {
			continue
		}
		o.actorIsTrue(a)
		for _, f := range a.Findings {
			o.findingIsTrue(a, f.Rule, f.Subject, f.Status, f.Reason)
		}
		for _, out := range a.Outcomes {
			if out.Result == "DONE" {
				o.outcomeIsTrue(a, out.Subject, out.API, out.At)
			}
		}
	}
}

const truthful = "no alert contradicts the history"

func (o *oracle) actorIsTrue(a sent) {
	for _, c := range o.changes {
		if c.event != "" && c.event == a.Event.EventID && a.Event.Actor.ARN != "" && a.Event.Actor.ARN != c.by.CallerARN() {
			o.breaks(truthful, "%q at %s names %s; event %s is of %s", a.Subject, clock(a.Time), a.Event.Actor.ARN, c.event, c.by.CallerARN())
		}
	}
}

var (
	wasOffFrom = regexp.MustCompile(`was off from (\S+) until (\S+):`)
	wasOnAt    = regexp.MustCompile(`was on when it was read at (\S+)\.`)
)

func (o *oracle) findingIsTrue(a sent, rule, subject, status, reason string) {
	if status != "NON_COMPLIANT" {
		return
	}
	began, err := time.Parse(time.RFC3339, a.Event.EventTime)
	if err != nil {
		began = a.Time.Add(-15 * time.Minute)
	}
	isDefault := strings.Count(subject, "/") == 1
	switch {
	case isSetting(subject) && wasOffFrom.MatchString(reason):
		o.spanIsTrue(a, isDefault, reason)
	case isSetting(subject) && isDefault:
		if m := wasOnAt.FindStringSubmatch(reason); m != nil {
			at, err := time.Parse(time.RFC3339, m[1])
			if err != nil || !o.wasOn(at.Add(-2*time.Second), at.Add(2*time.Second)) {
				o.breaks(truthful, "%q at %s: %s", a.Subject, clock(a.Time), reason)
			}
		}
		if !o.wasOff(began.Add(-2*time.Second), a.Time) {
			o.breaks(truthful, "%q at %s says that FIPS mode was off since %s: it was on", a.Subject, clock(a.Time), clock(began))
		}
	case rule == "task-definition-platform":
		if d, ok := o.definitions[subject]; ok && !d.bad() && !o.unreadable() {
			o.breaks(truthful, "%q at %s: %s is compliant", a.Subject, clock(a.Time), subject)
		}
	case rule == "task-launch-platform" || rule == "task-running-platform":
		if t, ok := o.tasks[subject]; ok && !t.bad() {
			o.breaks(truthful, "%q at %s: %s is compliant", a.Subject, clock(a.Time), subject)
		}
	case rule == "task-exposed":
		if t, ok := o.tasks[subject]; ok && !o.wasOff(t.created.Add(-2*time.Second), t.created.Add(2*time.Second)) {
			o.breaks(truthful, "%q at %s: %s was launched at %s, when FIPS mode was on", a.Subject, clock(a.Time), subject, clock(t.created))
		}
	}
}

// unreadable: a forged record stands for a task definition as long as ECS does
// not answer, and nothing is done about it.
func (o *oracle) unreadable() bool {
	return slices.ContainsFunc(o.story.steps, func(s step) bool {
		return s.kind == failCalls && (s.call == "" || s.call == "DescribeTaskDefinition")
	})
}

func (o *oracle) spanIsTrue(a sent, isDefault bool, reason string) {
	m := wasOffFrom.FindStringSubmatch(reason)
	from, errFrom := time.Parse(time.RFC3339, m[1])
	until, errUntil := time.Parse(time.RFC3339, m[2])
	if errFrom != nil || errUntil != nil {
		o.breaks(truthful, "%q: no times in %q", a.Subject, reason)
		return
	}
	if isDefault && (!o.wasOff(from, from.Add(time.Second)) || o.wasOn(from.Add(2*time.Second), until.Add(-2*time.Second)) && until.Sub(from) > 4*time.Second) {
		o.breaks(truthful, "%q at %s: %s", a.Subject, clock(a.Time), reason)
	}
}

func (o *oracle) outcomeIsTrue(a sent, subject, api, at string) {
	if at == "" {
		return // AWS's answer was lost, and what the call was for was read back
	}
	done, err := time.Parse(time.RFC3339, at)
	if err != nil {
		o.breaks(truthful, "%q at %s has an outcome at %q", a.Subject, clock(a.Time), at)
		return
	}
	switch api {
	case "PutAccountSettingDefault":
		if !o.wasOn(done.Add(-2*time.Second), a.Time) {
			o.breaks(truthful, "%q at %s says that FIPS mode was on at %s", a.Subject, clock(a.Time), clock(done))
		}
	case "DeregisterTaskDefinition", "StopTask":
		if !o.guardCalled(api, subject, a.Time) {
			o.breaks(truthful, "%q at %s: no %s of %s was made", a.Subject, clock(a.Time), api, subject)
		}
	}
}

func (o *oracle) guardCalled(api, subject string, by time.Time) bool {
	for _, c := range o.calls {
		if c.Operation == "ecs:"+api && c.ErrorCode == "" && o.isGuard(c.Principal) && !c.Time.After(by) && mentions(c, subject) {
			return true
		}
	}
	return false
}

func mentions(c localaws.Call, arn string) bool {
	return strings.Contains(string(c.Parameters), arn[strings.LastIndex(arn, "/")+1:])
}

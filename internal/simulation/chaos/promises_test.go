package chaos

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// verdict is what is wrong after a story; a promise and what broke it.
type verdict struct{ promise, what string }

func (v verdict) String() string { return v.promise + ": " + v.what }

// oracle holds what the guard did against what happened.
type oracle struct {
	*world
	truth
	story  story
	broken []verdict
}

// judge is what a played story broke.
func (w *world) judge(s story) []verdict {
	o := &oracle{world: w, truth: w.truth(), story: s}
	o.settingIsOn()
	o.promptly()
	o.nothingCompliantIsHurt()
	o.violationsAreFixed()
	o.offCallsAreReported()
	o.repairsAreReportedAtOnce()
	o.nobodyIsJoinedAway()
	o.offPeriodsAreReportedOnce()
	o.whatLastsIsReportedOnce()
	o.definitionsAreReported()
	o.tasksAreReported()
	o.oneSession()
	o.halfOfBuckets()
	o.alertsAreTrue()
	return o.broken
}

func (o *oracle) breaks(promise, format string, args ...any) {
	o.broken = append(o.broken, verdict{promise, fmt.Sprintf(format, args...)})
}

func (o *oracle) settingIsOn() {
	if o.story.policy != "audit" && !o.isOn() {
		o.breaks("the setting is on", "FIPS mode is off at the end")
	}
}

// promptly: where nothing was wrong with the event or with the calls that fix
// the setting, it is on within seconds; with a lost event, within a minute.
func (o *oracle) promptly() {
	if o.story.policy == "audit" {
		return
	}
	for _, p := range o.periods {
		if o.settingWasHard(p.from) {
			continue
		}
		limit := 70 * time.Second
		if o.eventWentWell(p.by[0]) {
			limit = 3 * time.Second
		}
		if p.until.IsZero() || p.until.Sub(p.from) > limit {
			o.breaks("the setting is on", "off from %s until %s, though ECS took every call and no process was killed; it may take %s", clock(p.from), clock(p.until), limit)
		}
	}
}

// settingWasHard reports whether something about the repair went wrong after
// a moment: ECS refused, was slow or broken, or a process was killed.
func (o *oracle) settingWasHard(from time.Time) bool {
	return within(o.hard, from.Add(-4*time.Minute), from.Add(80*time.Second))
}

func (o *oracle) eventWentWell(c change) bool {
	arrivals, known := o.fates[c.event]
	return known && slices.Contains(arrivals, 0)
}

// exempt: what the policy of the story leaves to people.
func (o *oracle) exempt(d definition) bool {
	return o.story.policy == "exempt" && strings.HasPrefix(d.family, "vendor-") && strings.HasSuffix(d.arn, ":1")
}

// mayFix reports whether the policy lets the guard fix workloads at all.
func (o *oracle) mayFix() bool { return o.story.policy != "broken" && o.story.policy != "audit" }

func (o *oracle) nothingCompliantIsHurt() {
	const promise = "nothing compliant is hurt"
	stopped := map[string]bool{}
	for _, c := range o.calls {
		if !o.isGuard(c.Principal) || c.ErrorCode != "" {
			continue
		}
		var in struct{ TaskDefinition, Task, Service string }
		_ = json.Unmarshal(c.Parameters, &in)
		switch c.Operation {
		case "ecs:DeregisterTaskDefinition":
			d := o.definitions[in.TaskDefinition]
			if !d.bad() || o.exempt(d) || !o.mayFix() {
				o.breaks(promise, "%s was deregistered at %s", in.TaskDefinition, clock(c.Time))
			}
		case "ecs:StopTask":
			t, ok := o.taskNamed(in.Task)
			if !ok || !t.bad() || o.exempt(o.definitions[t.definition]) || !o.mayFix() {
				o.breaks(promise, "task %s of %s was stopped at %s", in.Task, t.definition, clock(c.Time))
			}
			if !stopped[in.Task] && o.story.policy != "strict" && !t.ran.IsZero() && t.ran.Add(time.Minute).Before(c.Time) { // it was read while it was launched
				o.breaks(promise, "task %s was stopped at %s, though it ran since %s and the policy only audits that", in.Task, clock(c.Time), clock(t.ran))
			}
			stopped[in.Task] = true
		case "ecs:UpdateService":
			if o.story.policy != "strict" {
				o.breaks(promise, "service %s was changed at %s", in.Service, clock(c.Time))
			}
		case "ecs:PutAccountSettingDefault", "ecs:PutAccountSetting":
			if o.story.policy == "audit" {
				o.breaks(promise, "a setting was changed at %s, though the policy only audits", clock(c.Time))
			}
		}
	}
}

func (o *oracle) taskNamed(reference string) (task, bool) {
	for arn, t := range o.tasks {
		if arn == reference || strings.HasSuffix(arn, "/"+reference) {
			return t, true
		}
	}
	return task{}, false
}

// violationsAreFixed: what the policy enforces is done in the end.
func (o *oracle) violationsAreFixed() {
	if !o.mayFix() {
		return
	}
	for _, d := range o.definitions {
		if d.bad() && !o.exempt(d) && o.reached(d.event) && !o.isInactive(d.arn) && !o.gaveUp(d.event) {
			o.breaks("violations are fixed", "%s is still active", d.arn)
		}
	}
}

// reached reports whether an event reached a rule and was not lost.
func (o *oracle) reached(event string) bool {
	arrivals, known := o.fates[event]
	return known && len(arrivals) > 0
}

// gaveUp reports whether an event lies in the failure queue, where it is a
// finding of its own.
func (o *oracle) gaveUp(event string) bool {
	return slices.ContainsFunc(o.aws.Letters(o.urls[product.Failed]), func(l localaws.Letter) bool { return strings.Contains(l.Body, event) })
}

func (o *oracle) isInactive(arn string) bool {
	return slices.ContainsFunc(o.calls, func(c localaws.Call) bool {
		return c.Operation == "ecs:DeregisterTaskDefinition" && c.ErrorCode == "" && strings.Contains(string(c.Parameters), `"`+arn+`"`)
	})
}

// offCallsAreReported: everyone who turned FIPS mode off, for all or for one,
// is named for each off period.
func (o *oracle) offCallsAreReported() {
	for _, c := range o.changes {
		if c.on || c.byGuard(o.world) || o.isNamedFor(c) {
			continue
		}
		o.breaks("every violation is reported", "%s turned it off at %s (%q, event %s); no alert says so", c.by.CallerARN(), clock(c.at), c.principal, c.event)
	}
}

// naming are the alerts that tell of a call.
func (o *oracle) naming(c change) []sent {
	return slices.DeleteFunc(slices.Clone(o.alerts), func(a sent) bool { return !a.tellsOf(c.event) })
}

func (s sent) tellsOf(event string) bool {
	if event == "" {
		return false
	}
	violation := false
	for _, f := range s.Findings {
		if strings.Contains(f.Reason, "event "+event) {
			return true
		}
		violation = violation || f.Status == "NON_COMPLIANT" && isSetting(f.Subject)
	}
	return violation && s.Event.EventID == event
}

func isSetting(subject string) bool { return strings.HasPrefix(subject, "fargateFIPSMode@") }

// repairsAreReportedAtOnce: with or without a name, where SNS took alerts and no
// process was killed.
func (o *oracle) repairsAreReportedAtOnce() {
	for _, p := range o.periods {
		if p.ended.by.ARN != o.people.Guard.ARN || o.settingWasHard(p.from) || within(o.mute, p.from.Add(-4*time.Minute), p.until.Add(5*time.Minute)) {
			continue
		}
		soon := p.until.Add(30 * time.Second)
		told := slices.ContainsFunc(o.alerts, func(a sent) bool {
			return !a.Time.Before(p.from) && a.Time.Before(soon) && slices.ContainsFunc(a.Findings, func(f finding) bool { return isSetting(f.Subject) })
		})
		counted := slices.ContainsFunc(o.joined, func(j joinedAlert) bool { return !j.at.Before(p.from) && j.at.Before(soon) })
		if !told && !counted {
			o.breaks("every violation is reported", "off from %s until %s, when the enforcer fixed it; it said nothing", clock(p.from), clock(p.until))
		}
	}
}

func within(moments []time.Time, from, until time.Time) bool {
	return slices.ContainsFunc(moments, func(at time.Time) bool { return !at.Before(from) && !at.After(until) })
}

// nobodyIsJoinedAway: what is only counted says the same of the same person.
func (o *oracle) nobodyIsJoinedAway() {
	for _, j := range o.joined {
		for _, c := range o.changes {
			if c.event == "" || c.event != j.event || c.on {
				continue
			}
			same := slices.ContainsFunc(o.alerts, func(a sent) bool {
				return !a.Time.After(j.at.Add(time.Second)) && j.at.Sub(a.Time) < 16*time.Minute && a.Event.Actor.ARN == c.by.CallerARN()
			})
			if !same {
				o.breaks("nobody is joined away", "%s turned it off at %s; that was counted at %s, and no alert of the last 15 minutes names them", c.by.CallerARN(), clock(c.at), clock(j.at))
			}
		}
	}
}

// isNamedFor reports whether an alert names who made a call, by that call or
// another one in the same off period. Whose override is off says who.
func (o *oracle) isNamedFor(c change) bool {
	if len(o.naming(c)) > 0 || o.isOpen(c) {
		return true
	}
	if c.principal != "" {
		return slices.ContainsFunc(o.alerts, func(a sent) bool { return a.Time.After(c.at) && a.finds(c.principal) }) || o.sameOverride(c)
	}
	for _, p := range asRecorded(o.periods) {
		if p.covers(c.at) {
			return slices.ContainsFunc(p.by, func(other change) bool {
				// While it lasts, who began it or went on with it is one finding.
				return (other.by.ARN == c.by.ARN || p.until.IsZero()) && len(o.naming(other)) > 0
			})
		}
	}
	return false
}

// isOpen reports whether what a call turned off is off to the end and was
// reported before: it is one open finding, until it ends.
func (o *oracle) isOpen(c change) bool {
	ended := slices.ContainsFunc(o.changes, func(other change) bool { return other.on && other.principal == c.principal && other.at.After(c.at) })
	return !ended && slices.ContainsFunc(o.alerts, func(a sent) bool {
		return slices.ContainsFunc(a.Findings, func(f finding) bool {
			return f.Status == "NON_COMPLIANT" && isSetting(f.Subject) && strings.HasSuffix(f.Subject, region+prefixed(c.principal))
		})
	})
}

func prefixed(principal string) string {
	if principal == "" {
		return ""
	}
	return "/" + principal
}

// finds reports whether an alert says that somebody's override is off.
func (s sent) finds(principal string) bool {
	return slices.ContainsFunc(s.Findings, func(f finding) bool {
		return f.Status == "NON_COMPLIANT" && isSetting(f.Subject) && strings.HasSuffix(f.Subject, "/"+principal)
	})
}

// sameOverride reports whether an override was off already, which was reported.
func (o *oracle) sameOverride(c change) bool {
	var before *change
	for _, other := range o.changes {
		if other.principal == c.principal && other.at.Before(c.at) {
			before = &other
		}
	}
	return before != nil && !before.on && o.isNamedFor(*before)
}

// isCounted reports whether an event was only counted, behind an alert that
// had just said the same.
func (o *oracle) isCounted(event string) bool {
	return slices.ContainsFunc(o.joined, func(j joinedAlert) bool {
		return j.event == event && slices.ContainsFunc(o.alerts, func(a sent) bool {
			return !a.Time.After(j.at) && j.at.Sub(a.Time) < 15*time.Minute+time.Minute
		})
	})
}

// offPeriodsAreReportedOnce: not twice with the same end.
func (o *oracle) offPeriodsAreReportedOnce() {
	for _, c := range o.changes {
		if c.on || c.byGuard(o.world) || o.answeredTwice(c.event) || o.hasOthers(c) {
			continue
		}
		var first *sent
		for _, a := range o.naming(c) {
			if o.excused[a.MessageID] || !a.isOver() {
				continue
			}
			if first != nil {
				o.breaks("every off period is reported once", "that of event %s at %s twice: %q at %s, %q at %s", c.event, clock(c.at), first.Subject, clock(first.Time), a.Subject, clock(a.Time))
				break
			}
			first = &a
		}
	}
}

// whatLastsIsReportedOnce: what an event's alert said stays off is no news to a
// scan, where nothing went wrong with the guard's calls.
func (o *oracle) whatLastsIsReportedOnce() {
	if slices.ContainsFunc(o.story.steps, func(s step) bool { return s.kind == failCalls }) {
		return
	}
	for _, c := range o.changes {
		if c.on || c.byGuard(o.world) || o.hasOthers(c) {
			continue
		}
		var said *sent
		for _, a := range o.naming(c) {
			switch {
			case a.Scan == nil && a.leavesOff():
				said = &a
			case a.Scan != nil && said != nil && !o.excused[a.MessageID] && a.leavesOff() && a.Time.Sub(said.Time) > 5*time.Minute:
				o.breaks("every off period is reported once", "that of event %s at %s lasts: %q at %s, %q at %s", c.event, clock(c.at), said.Subject, clock(said.Time), a.Subject, clock(a.Time))
			}
		}
	}
}

// leavesOff reports whether an alert says that the account default stays off.
func (s sent) leavesOff() bool {
	return slices.ContainsFunc(s.Findings, func(f finding) bool {
		return isSetting(f.Subject) && f.Reason == "The account default is off."
	}) && slices.ContainsFunc(s.Outcomes, func(out outcome) bool { return strings.HasPrefix(out.Result, "REFUSED") })
}

// hasOthers reports whether someone else turned FIPS mode off in the same off
// period: it is told again to name them.
func (o *oracle) hasOthers(c change) bool {
	return slices.ContainsFunc(asRecorded(o.periods), func(p offPeriod) bool {
		return c.principal == "" && p.covers(c.at) && slices.ContainsFunc(p.by, func(other change) bool { return other.by.ARN != c.by.ARN })
	})
}

// isOver reports whether an alert says that an off period is over.
func (s sent) isOver() bool {
	for _, f := range s.Findings {
		if isSetting(f.Subject) && f.Status == "NON_COMPLIANT" && (strings.Contains(f.Reason, " was off from ") || strings.Contains(f.Reason, "was on when it was read at")) {
			return true
		}
	}
	return slices.ContainsFunc(s.Outcomes, func(out outcome) bool {
		return out.API == "PutAccountSettingDefault" && out.Result == "DONE"
	})
}

// answeredTwice reports whether copies of an event were answered by more than
// one process.
func (o *oracle) answeredTwice(event string) bool {
	processes := o.answered[event]
	slices.Sort(processes)
	return len(slices.Compact(slices.Clone(processes))) > 1
}

func (o *oracle) definitionsAreReported() {
	for _, d := range o.definitions {
		if d.bad() && o.reached(d.event) && !o.isNamed(d.arn) && !o.isCounted(d.event) && !o.gaveUp(d.event) {
			o.breaks("every violation is reported", "%s was registered at %s; no alert says so", d.arn, clock(d.at))
		}
	}
}

func (o *oracle) tasksAreReported() {
	for _, t := range o.tasks {
		d := o.definitions[t.definition]
		if t.bad() && !o.isNamed(t.arn) && !o.isNamed(t.definition) && !o.aboutTasks(t) && !o.exempt(d) {
			o.breaks("every violation is reported", "task %s of %s was launched at %s; no alert says so", t.arn, t.definition, clock(t.created))
		}
	}
}

// aboutTasks reports whether an alert of the same kind stands for a task's.
func (o *oracle) aboutTasks(t task) bool {
	return slices.ContainsFunc(o.alerts, func(a sent) bool {
		return strings.HasPrefix(a.alert.Rule, "task-") && a.Time.After(t.created.Add(-15*time.Minute)) ||
			strings.HasPrefix(a.alert.Rule, "service-") && strings.HasPrefix(t.group, "service:")
	})
}

// isNamed reports whether an alert is about a resource.
func (o *oracle) isNamed(arn string) bool {
	return slices.ContainsFunc(o.alerts, func(a sent) bool {
		return strings.Contains(a.For("sqs"), `"`+arn+`"`) || strings.Contains(a.Text, arn)
	})
}

func (o *oracle) oneSession() {
	for container, use := range o.aws.ExecUses() {
		if use.MostAtOnce > 1+o.functions[product.Verifier].killed()+o.lostSessions {
			o.breaks("one session per container", "%d at once in %s", use.MostAtOnce, container)
		}
	}
}

// halfOfBuckets fills buckets of half the size with the guard's own calls. The
// setting's own are not held back.
func (o *oracle) halfOfBuckets() {
	type bucket struct {
		tokens float64
		filled time.Time
	}
	buckets := map[string]*bucket{}
	for _, c := range o.calls {
		if !o.isGuard(c.Principal) || c.Limit.Name == "" || strings.HasPrefix(c.Limit.Name, "setting ") || c.Limit.Name == "event lookups" {
			continue
		}
		b := buckets[c.Limit.Name]
		if b == nil {
			b = &bucket{c.Limit.Burst / 2, c.Time}
			buckets[c.Limit.Name] = b
		}
		b.tokens = min(c.Limit.Burst/2, b.tokens+c.Time.Sub(b.filled).Seconds()*c.Limit.PerSecond/2) - 1
		b.filled = c.Time
		if b.tokens < -1 { // a call takes a while to arrive, so two may come closer than they were made
			o.breaks("half of every bucket is left", "%s at %s", c.Limit.Name, clock(c.Time))
			return
		}
	}
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "the end"
	}
	return t.Format("15:04:05.000")
}

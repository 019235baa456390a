package alert

import (
	"cmp"
	"slices"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// bounds limit what of a report one alert shows.
type bounds struct {
	name     int // characters of a name or an ARN; IAM's longest ARN has about 620
	sentence int // characters of a reason or a detail
	command  int // characters of a command, which is left out when it is longer
	listed   int // findings, outcomes, exemptions, actors, subjects: each
}

// Listed is how many findings an alert shows, unless it would be too long for SNS.
const Listed = 10

// levels are the bounds that New tries, from generous to those with which every
// alert fits.
func levels() []bounds {
	return []bounds{
		{name: 700, sentence: 1000, command: 2500, listed: Listed},
		{name: 700, sentence: 500, command: 2500, listed: 3},
		{name: 300, sentence: 300, command: 1000, listed: 2},
		{name: 100, sentence: 150, command: 400, listed: 1},
	}
}

// New makes a report an alert that fits a message of SNS.
func New(r guard.Report) Alert {
	var a Alert
	for _, b := range levels() {
		a = newDraft(r, b).alert()
		if a.message().size() <= maxMessage {
			return a
		}
	}
	return a
}

// draft is a report on its way to an alert: what there is room for is picked,
// the most pressing first, and nothing is cleaned yet.
type draft struct {
	report   guard.Report
	bounds   bounds
	lead     guard.Finding // the one that the subject speaks of; zero without findings
	findings []guard.Finding
	outcomes []guard.Outcome
	expiring []guard.Exemption
}

func newDraft(r guard.Report, b bounds) draft {
	byUrgency := slices.SortedStableFunc(slices.Values(r.Outcomes), func(a, b guard.Outcome) int { return cmp.Compare(urgency(a.Result), urgency(b.Result)) })
	byEnd := slices.SortedStableFunc(slices.Values(r.Expiring), func(a, b guard.Exemption) int { return a.Expires.Compare(b.Expires) })
	return draft{
		report: r, bounds: b, lead: lead(r),
		findings: picked(r.Findings, b.listed),
		outcomes: firstOf(byUrgency, b.listed),
		expiring: firstOf(byEnd, b.listed),
	}
}

// picked are the n most severe findings. Off periods come before all else: other
// findings stay open and are in each report, while who turned FIPS mode off is
// told once.
func picked(findings []guard.Finding, n int) []guard.Finding {
	bySeverity := func(a, b guard.Finding) int { return cmp.Compare(b.Severity, a.Severity) }
	var past, others []guard.Finding
	for _, f := range slices.SortedStableFunc(slices.Values(findings), bySeverity) {
		if _, off := f.State.(guard.OffPeriod); off {
			past = append(past, f)
		} else {
			others = append(others, f)
		}
	}
	return slices.SortedStableFunc(slices.Values(firstOf(append(past, others...), n)), bySeverity)
}

func firstOf[T any](list []T, n int) []T { return list[:min(len(list), n)] }

func (d draft) name(text string) string     { return sanitize.Line(text, d.bounds.name) }
func (d draft) sentence(text string) string { return sanitize.Line(text, d.bounds.sentence) }

// exact is a text with a command in it, or empty where it cannot be shown as it
// is: a command that was cut or whose characters were replaced would do
// something else.
func (d draft) exact(text string) string {
	if sanitize.Line(text, d.bounds.command) != text {
		return ""
	}
	return text
}

// alert cleans what was picked.
func (d draft) alert() Alert {
	r := d.report
	a := Alert{
		Schema:   "fipsguard.alert/v1",
		headline: headline(d), ending: ending(r), more: max(noteworthy(r.Findings)-1, 0),
		Severity: r.Severity(), Rule: d.name(string(d.lead.Rule)), Status: d.status(), Outcome: outcomeOf(r),
		Account: d.name(r.Cause.Account), AccountName: d.name(r.AccountName), Region: d.name(r.Cause.Region),
		HumanNeeded: outcomeOf(r) == guard.RefusedByAWS.String(),
		Event:       d.event(),
		Findings:    each(d.findings, d.finding), OmittedFindings: len(r.Findings) - len(d.findings),
		Outcomes: each(d.outcomes, d.outcome), OmittedOutcomes: len(r.Outcomes) - len(d.outcomes),
		Exposed: exposed(d), Next: next(d),
		Joined: d.tally(r.Joined), JoinedOthers: d.tally(r.JoinedOthers),
		Expiring: each(d.expiring, d.exemption), OmittedExpiring: len(r.Expiring) - len(d.expiring),
		Scan: d.scan(),
	}
	a.Subject, a.Sections = subject(a), sections(a)
	return a
}

// each is never nil, which JSON would write as null.
func each[From, To any](list []From, show func(From) To) []To {
	shown := make([]To, 0, len(list))
	for _, one := range list {
		shown = append(shown, show(one))
	}
	return shown
}

func (d draft) event() Event {
	c := d.report.Cause
	return Event{
		ID: d.name(c.EventID), Name: d.name(c.EventName), Time: timeText(c.Time), isCall: c.IsCall,
		Actor: Actor{
			Name: d.name(c.Actor.Name), ARN: d.name(c.Actor.ARN), SourceAddress: d.name(c.Actor.SourceAddress), MFA: c.Actor.MFA,
			Tool: d.name(c.Actor.Program()), through: d.name(c.Actor.Through()),
		},
	}
}

func (d draft) finding(f guard.Finding) Finding {
	rule, _ := guard.RuleOf(f.Rule)
	shown := Finding{
		Rule: d.name(string(f.Rule)), Requirement: rule.Requirement, Subject: d.name(f.Subject),
		Status: f.Verdict, Severity: f.Severity, Reason: d.sentence(f.Reason),
	}
	if f.Severity > guard.Info {
		shown.why, shown.over = rule.Why, over(f)
	}
	if f.Severity > guard.Info && !shown.over {
		shown.Remedy = d.exact(f.Advice())
	}
	if period, ok := f.State.(guard.OffPeriod); ok {
		shown.isOver = !period.Lasts
	}
	if task, ok := f.State.(guard.Task); ok {
		shown.rejected = task.Rejected != ""
	}
	if definition, ok := f.State.(guard.TaskDefinition); ok {
		shown.registeredBy = d.name(definition.RegisteredBy)
	}
	return shown
}

func (d draft) outcome(o guard.Outcome) Outcome {
	return Outcome{
		Rule: d.name(string(o.Remediation.Rule)), Subject: d.name(o.Remediation.Subject), API: apiOf(o), Result: o.Result,
		Detail: d.sentence(o.Detail), At: timeText(o.At), Command: openCommand(d, o), whoMay: whoMay(d, o.Remediation),
		immediate: o.Remediation.Call != nil && o.Remediation.Call.Immediate(),
	}
}

func (d draft) exemption(e guard.Exemption) Exemption {
	return Exemption{Resource: d.name(e.Resource), Reason: d.sentence(e.Reason), Approver: d.name(e.Approver), Expires: timeText(e.Expires)}
}

func (d draft) tally(t guard.Tally) *Tally {
	if t.Count == 0 {
		return nil
	}
	shown := Tally{Count: t.Count, First: timeText(t.First), Last: timeText(t.Last)}
	shown.Actors, shown.OtherActors = d.counts(t.Actors, t.OtherActors)
	shown.Subjects, shown.OtherSubjects = d.counts(t.Subjects, t.OtherSubjects)
	return &shown
}

func (d draft) counts(all []guard.Counted, others int) (shown []Count, rest int) {
	listed := firstOf(all, d.bounds.listed)
	for _, c := range all[len(listed):] {
		others += c.Count
	}
	return each(listed, func(c guard.Counted) Count { return Count{d.name(c.Name), c.Count} }), others
}

func (d draft) scan() *Scan {
	n := d.report.Scan
	if n == nil {
		return nil
	}
	listed := firstOf(n.Resolved, d.bounds.listed)
	return &Scan{
		Summary: d.sentence(n.Summary), Evidence: d.name(n.Evidence),
		Resolved: each(listed, d.name), OmittedResolved: len(n.Resolved) - len(listed),
	}
}

// status is the worst verdict, of a whole scan where the report is about one.
func (d draft) status() guard.Verdict {
	if d.report.Scan != nil {
		return d.report.Scan.Status
	}
	return d.report.Status()
}

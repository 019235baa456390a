package alert

import (
	"cmp"
	"slices"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// bounds limit what of a report one message shows.
type bounds struct {
	name     int // characters of a name or an ARN; IAM's longest ARN has about 620
	sentence int // characters of a reason or a detail
	command  int // characters of a command, which is left out when it is longer
	listed   int // findings, outcomes, exemptions, actors, subjects: each
}

// levels are the bounds that Render tries, from generous to those with which
// every message fits.
func levels() []bounds {
	return []bounds{
		{name: 700, sentence: 1000, command: 2500, listed: 10},
		{name: 700, sentence: 500, command: 2500, listed: 3},
		{name: 300, sentence: 300, command: 1000, listed: 2},
		{name: 100, sentence: 150, command: 400, listed: 1},
	}
}

// view is a report as one message shows it: the most pressing first, and only
// as much as the bounds allow.
type view struct {
	report   guard.Report
	bounds   bounds
	lead     guard.Finding // the one that the subject speaks of; zero without findings
	findings []guard.Finding
	outcomes []guard.Outcome
	expiring []guard.Exemption
}

func newView(r guard.Report, b bounds) view {
	bySeverity := slices.SortedStableFunc(slices.Values(r.Findings), func(a, b guard.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	byUrgency := slices.SortedStableFunc(slices.Values(r.Outcomes), func(a, b guard.Outcome) int { return cmp.Compare(urgency(a.Result), urgency(b.Result)) })
	byEnd := slices.SortedStableFunc(slices.Values(r.Expiring), func(a, b guard.Exemption) int { return a.Expires.Compare(b.Expires) })
	return view{
		report: r, bounds: b, lead: lead(r),
		findings: firstOf(bySeverity, b.listed),
		outcomes: firstOf(byUrgency, b.listed),
		expiring: firstOf(byEnd, b.listed),
	}
}

func firstOf[T any](list []T, n int) []T { return list[:min(len(list), n)] }

func (v view) name(text string) string     { return sanitize.Line(text, v.bounds.name) }
func (v view) sentence(text string) string { return sanitize.Line(text, v.bounds.sentence) }

// status is the worst verdict, of a whole look where the report tells of one.
func (v view) status() guard.Verdict {
	if v.report.News != nil {
		return v.report.News.Status
	}
	return v.report.Status()
}

// region is the Region as a word of a command.
func (v view) region() string {
	if !plainWord(v.report.Cause.Region) {
		return "REGION"
	}
	return v.report.Cause.Region
}

// byCall reports whether an API call caused the report, of which CloudTrail
// has the event. ECS's own events and the guard's own looks are named in words.
func (v view) byCall() bool {
	name := v.report.Cause.EventName
	return name != "" && !strings.Contains(name, " ")
}

// urgency orders results by how much they need a person: what only a person
// can do, before what the guard may still do when Lambda repeats the event.
func urgency(r guard.Result) int {
	switch r {
	case guard.RefusedByAWS:
		return 0
	case guard.Failed:
		return 1
	case guard.Unconfirmed:
		return 2
	case guard.RefusedByPolicy:
		return 3
	case guard.Done:
		return 4
	}
	return 1
}

// pressing is the outcome that a subject speaks of: the most urgent one.
func pressing(outcomes []guard.Outcome) (guard.Outcome, bool) {
	if len(outcomes) == 0 {
		return guard.Outcome{}, false
	}
	return slices.MinFunc(outcomes, func(a, b guard.Outcome) int { return cmp.Compare(urgency(a.Result), urgency(b.Result)) }), true
}

// outcomeOf is the report's outcome in a word, or NONE when nothing was tried.
func outcomeOf(r guard.Report) string {
	o, ok := pressing(r.Outcomes)
	if !ok {
		return "NONE"
	}
	return o.Result.String()
}

// lead is the finding that a subject speaks of: the one whose correction needs
// a person most, or else the first of the highest severity.
func lead(r guard.Report) guard.Finding {
	if o, ok := pressing(r.Unrepaired()); ok {
		for _, f := range r.Findings {
			if f.Subject == o.Remediation.Subject && f.Severity > guard.Info {
				return f
			}
		}
	}
	var worst guard.Finding
	for i, f := range r.Findings {
		if i == 0 || f.Severity > worst.Severity {
			worst = f
		}
	}
	return worst
}

// noteworthy counts the findings that people have to hear of.
func noteworthy(findings []guard.Finding) int {
	n := 0
	for _, f := range findings {
		if f.Severity > guard.Info {
			n++
		}
	}
	return n
}

// apiOf is the call of an outcome as IAM writes it.
func apiOf(o guard.Outcome) string {
	if o.Remediation.Call == nil {
		return "no call"
	}
	return o.Remediation.Call.API()
}

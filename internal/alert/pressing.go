package alert

import (
	"cmp"
	"slices"

	"fipsguard/internal/guard"
)

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
	case guard.Answered:
		return 4
	case guard.Done:
		return 5
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

// lead is the finding that a subject speaks of: the one whose fix most needs
// a person, or else the first of the highest severity.
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

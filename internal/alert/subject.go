package alert

import (
	"fmt"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// maxSubject is SNS's limit: fewer than 100 characters.
const maxSubject = 99

// subject is the story in one line:
// [CRITICAL] FIPS mode was turned off and is back on - 111122223333 us-gov-west-1.
// Where there is too much of it the count goes first, then the headline is
// cut, so that what became of it and where it was can always be read.
func subject(v view) string {
	head := "[" + v.report.Severity().String() + "] "
	where := " - " + known(sanitize.ASCII(v.report.Cause.Account, 20)) + " " + known(sanitize.ASCII(v.report.Cause.Region, 20))
	title, became := headline(v), ending(v.report)
	if whole := head + title + became + more(v) + where; len(whole) <= maxSubject {
		return sanitize.ASCII(whole, maxSubject)
	}
	const leastTitle = 20
	room := max(maxSubject-len(head)-len(became)-len(where), leastTitle)
	return sanitize.ASCII(head+sanitize.ASCII(title, room)+became+where, maxSubject)
}

// more counts what a subject leaves out.
func more(v view) string {
	text := ""
	if n := noteworthy(v.report.Findings) - 1; n > 0 {
		text += fmt.Sprintf(" +%d more", n)
	}
	if n := v.report.Joined.Count; n > 0 {
		text += fmt.Sprintf(" +%d joined", n)
	}
	return text
}

// headline says what is wrong, in few words.
func headline(v view) string {
	f := v.lead
	switch {
	case len(v.report.Findings) == 0 && len(v.report.Expiring) > 0:
		return "Exemptions end within a week"
	case len(v.report.Findings) == 0 && v.report.News != nil:
		return newsHeadline(v.report.News)
	case len(v.report.Findings) == 0:
		return "Nothing was found"
	}
	rule, ok := guard.RuleOf(f.Rule)
	switch f.Verdict {
	case guard.InsufficientData:
		if !ok {
			return "Something could not be judged"
		}
		return rule.Headlines.Unknown
	case guard.Compliant, guard.NotApplicable:
		return "Nothing is wrong"
	case guard.NonCompliant:
	}
	switch {
	case !ok:
		return "Violation of rule " + v.name(string(f.Rule))
	case turned(v.report, f.Rule):
		return rule.Headlines.Violated
	}
	return rule.Headlines.Found
}

// newsHeadline is that of a look without new findings.
func newsHeadline(n *guard.News) string {
	switch len(n.Resolved) {
	case 0:
		return "Daily summary: " + n.Status.String() + ", nothing new"
	case 1:
		return "One finding is resolved"
	}
	return fmt.Sprintf("%d findings are resolved", len(n.Resolved))
}

// turned reports whether the event is the call that turned the setting off, or
// deleted it; the guard may have only seen that it was off. PutAccountSetting
// is about the account when root makes it, and about an override otherwise.
func turned(r guard.Report, rule guard.RuleID) bool {
	if rule == guard.FIPSModeDeleted {
		return true
	}
	ofOverride := rule == guard.FIPSModeOverride
	switch r.Cause.EventName {
	case "PutAccountSettingDefault":
		return !ofOverride
	case "PutAccountSetting":
		return ofOverride || !hasRule(r, guard.FIPSModeOverride)
	}
	return false
}

func hasRule(r guard.Report, rule guard.RuleID) bool {
	for _, f := range r.Findings {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

// ending says what became of it, by the most pressing outcome.
func ending(r guard.Report) string {
	o, ok := pressing(r.Outcomes)
	if !ok {
		return ""
	}
	switch o.Result {
	case guard.RefusedByAWS:
		return "; YOU must act"
	case guard.Failed:
		return "; REPAIR FAILED"
	case guard.Unconfirmed:
		return "; fix UNCONFIRMED"
	case guard.RefusedByPolicy:
		return "; policy leaves it"
	case guard.Done:
	}
	if o.Remediation.Call == nil {
		return "; corrected"
	}
	return o.Remediation.Call.Ending()
}

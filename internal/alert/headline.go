package alert

import (
	"fmt"

	"fipsguard/internal/guard"
)

// headline says what is wrong, in few words.
func headline(d draft) string {
	f := d.lead
	switch {
	case len(d.report.Findings) == 0 && len(d.report.Expiring) > 0:
		return "Exemptions expire within a week"
	case len(d.report.Findings) == 0 && d.report.Scan != nil:
		return scanHeadline(d.report.Scan)
	case len(d.report.Findings) == 0:
		return "Nothing was found"
	}
	rule, ok := guard.RuleOf(f.Rule)
	switch f.Verdict {
	case guard.InsufficientData:
		if !ok {
			return "Something could not be checked"
		}
		return rule.Headlines.Unknown
	case guard.Compliant, guard.NotApplicable:
		return "Nothing is wrong"
	case guard.NonCompliant:
	}
	period, over := f.State.(guard.OffPeriod)
	switch {
	case over && !period.Seen.IsZero():
		return "It is known now who turned FIPS mode off"
	case over:
		return "FIPS mode was off for a time"
	case !ok:
		return "Violation of rule " + d.name(string(f.Rule))
	case turned(d.report, f.Rule):
		return rule.Headlines.Violated
	}
	return rule.Headlines.Found
}

// scanHeadline is that of a scan without new findings.
func scanHeadline(n *guard.Scan) string {
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

// over reports whether a finding is about a setting that was on again when it
// was read.
func over(f guard.Finding) bool {
	s, ok := f.State.(guard.Setting)
	return ok && !s.OnBy.IsZero()
}

// ending says what became of it, by the most pressing outcome.
func ending(r guard.Report) string {
	o, ok := pressing(r.Outcomes)
	if !ok {
		if over(lead(r)) {
			return "; it is on again"
		}
		if t, ok := lead(r).State.(guard.Task); ok && t.Rejected != "" {
			return "; stopped already"
		}
		return ""
	}
	switch o.Result {
	case guard.RefusedByAWS:
		return "; YOU must act"
	case guard.Failed:
		return "; FIX FAILED"
	case guard.Unconfirmed:
		return "; fix UNCONFIRMED"
	case guard.RefusedByPolicy:
		return "; not fixed (policy)"
	case guard.Answered, guard.Done:
	}
	if o.Remediation.Call == nil {
		return "; fixed"
	}
	return o.Remediation.Call.Ending()
}

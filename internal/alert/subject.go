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
	switch f.Verdict {
	case guard.InsufficientData:
		return unknownHeadline(f)
	case guard.Compliant, guard.NotApplicable:
		return "Nothing is wrong"
	case guard.NonCompliant:
	}
	switch f.Rule {
	case guard.FIPSModeDefault:
		return "FIPS mode was " + turned(v.report, f.Rule) + " off"
	case guard.FIPSModeDeleted:
		return "The FIPS mode setting was deleted"
	case guard.FIPSModeOverride:
		return "FIPS mode was " + turned(v.report, f.Rule) + " off for one principal"
	case guard.TaskDefinitionPlatform:
		return "Task definition cannot be FIPS"
	case guard.TaskLaunchPlatform:
		return "Task launched that cannot be FIPS"
	case guard.TaskRunningPlatform:
		return "Running task cannot be FIPS"
	case guard.ServicePlatform:
		return "Service cannot be FIPS"
	case guard.TaskKernelProof:
		return "A task's kernel is NOT in FIPS mode"
	case guard.TaskExposed:
		return "Task launched while FIPS mode was off"
	case guard.GuardPolicy:
		return "Policy document refused, defaults hold"
	case guard.GuardTrail, guard.GuardEvents:
		return "The guard may hear nothing"
	case guard.GuardAlerts:
		return "Alerts do not reach everybody"
	case guard.GuardQueues:
		return "Events wait that were not dealt with"
	case guard.GuardModule:
		return "The guard's cryptography is not validated"
	}
	return "Violation of rule " + v.name(string(f.Rule))
}

func unknownHeadline(f guard.Finding) string {
	switch f.State.(type) {
	case guard.Setting:
		return "FIPS mode may be off, it could not be read"
	case guard.TaskDefinition:
		return "Task definition could not be judged"
	case guard.Task:
		return "Task could not be judged"
	case guard.Service:
		return "Service could not be judged"
	case guard.KernelCheck:
		return "A task's kernel cannot be verified"
	case guard.Exposure:
		return "Whether a task is exposed is unknown"
	case guard.Component:
		return "The guard could not check itself"
	}
	return "Something could not be judged"
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

// turned is "turned" when the event is the call that turned the setting off,
// and "found" when the guard only saw that it was off. PutAccountSetting is
// about the account when root makes it, and about an override otherwise.
func turned(r guard.Report, rule guard.RuleID) string {
	ofOverride := rule == guard.FIPSModeOverride
	switch r.Cause.EventName {
	case "PutAccountSettingDefault":
		if !ofOverride {
			return "turned"
		}
	case "PutAccountSetting":
		if ofOverride || !hasRule(r, guard.FIPSModeOverride) {
			return "turned"
		}
	}
	return "found"
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
	switch o.Remediation.Call.(type) {
	case guard.PutAccountSettingDefault, guard.PutAccountSetting:
		return " and is back on"
	case guard.DeregisterTaskDefinition:
		return " and was deregistered"
	case guard.StopTask:
		return " and is being stopped"
	case guard.RollBackService:
		return "; roll-back has begun"
	case guard.ScaleServiceToZero:
		return "; scaling to zero"
	case guard.ForceNewDeployment:
		return "; its service deploys anew"
	}
	return "; corrected"
}

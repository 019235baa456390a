package alert

import (
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// maxSubject is SNS's limit, which is below 100.
const maxSubject = 99

// subject is the whole story in one line, as far as it fits:
// [CRITICAL] FIPS mode was turned off; back on - 111122223333 us-gov-west-1.
func subject(r guard.Report) string {
	line := fmt.Sprintf("[%s] %s%s - %s %s", r.Severity(), headline(worstFinding(r)), ending(r), known(r.Cause.Account), known(r.Cause.Region))
	var b strings.Builder
	for _, c := range line {
		if c < ' ' || c > '~' {
			c = '?'
		}
		b.WriteRune(c)
	}
	ascii := b.String()
	if len(ascii) > maxSubject {
		ascii = ascii[:maxSubject-3] + "..."
	}
	return ascii
}

// headline says what is wrong, in few words.
func headline(f guard.Finding) string {
	if f.Verdict == guard.InsufficientData {
		switch f.State.(type) {
		case guard.Setting:
			return "FIPS mode may be off, it could not be read"
		case guard.TaskDefinition:
			return "Task definition could not be judged"
		case guard.Task:
			return "Task could not be judged"
		case guard.Service:
			return "Service could not be judged"
		}
		return "Something could not be judged"
	}
	switch f.Rule {
	case guard.FIPSModeDefault:
		return "FIPS mode was turned off"
	case guard.FIPSModeDeleted:
		return "FIPS mode was deleted"
	case guard.FIPSModeOverride:
		return "FIPS mode was turned off for one principal"
	case guard.TaskDefinitionPlatform:
		return "Task definition cannot be FIPS"
	case guard.TaskLaunchPlatform:
		return "Task launched that cannot be FIPS"
	case guard.TaskRunningPlatform:
		return "Running task cannot be FIPS"
	case guard.ServicePlatform:
		return "Service cannot be FIPS"
	case guard.GuardPolicy:
		return "Policy document refused, defaults hold"
	}
	return "Violation of rule " + string(f.Rule)
}

// ending says what became of it. The least settled outcome speaks for all.
func ending(r guard.Report) string {
	if len(r.Outcomes) == 0 {
		return ""
	}
	least := r.Outcomes[0]
	for _, o := range r.Outcomes {
		if o.Result < least.Result {
			least = o
		}
	}
	switch least.Result {
	case guard.Failed:
		return "; REPAIR FAILED"
	case guard.Unconfirmed:
		return "; repair not confirmed"
	case guard.RefusedByAWS:
		return "; YOU must act"
	case guard.RefusedByPolicy:
		return "; left as it is by policy"
	case guard.Done:
	}
	switch least.Action.Call.(type) {
	case guard.PutAccountSettingDefault, guard.PutAccountSetting:
		return "; back on"
	case guard.DeregisterTaskDefinition:
		return "; deregistered"
	case guard.StopTask:
		return "; stopped"
	case guard.RollBackService:
		return "; rolled back"
	case guard.ScaleServiceToZero:
		return "; scaled to zero"
	}
	return "; corrected"
}

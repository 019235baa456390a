package evidence

import "fipsguard/internal/guard"

// control is a control of NIST SP 800-53 r5 that evidence of the guard relates
// to (docs/facts.md, "What auditors want"). That it is satisfied is an
// assessor's word, never the guard's.
type control struct {
	id    string // as OSCAL's catalog of SP 800-53 has it
	title string
}

// controlsOf are those that the findings of a rule speak to.
func controlsOf(rule guard.RuleID) []control {
	switch rule {
	case guard.FIPSModeDefault, guard.FIPSModeOverride, guard.FIPSModeDeleted:
		return []control{{"sc-13", "SC-13"}, {"cm-6.1", "CM-6(1)"}, {"cm-6.2", "CM-6(2)"}}
	case guard.TaskKernelProof, guard.TaskExposed:
		return []control{{"sc-13", "SC-13"}, {"ca-7", "CA-7"}}
	case guard.TaskDefinitionPlatform, guard.TaskLaunchPlatform, guard.TaskRunningPlatform, guard.ServicePlatform:
		return []control{{"sc-13", "SC-13"}, {"cm-2", "CM-2"}}
	case guard.GuardTrail:
		return []control{{"au-12", "AU-12"}, {"si-4", "SI-4"}}
	case guard.GuardEvents, guard.GuardQueues, guard.GuardPolicy:
		return []control{{"si-4", "SI-4"}, {"ca-7", "CA-7"}}
	case guard.GuardAlerts:
		return []control{{"ir-4.1", "IR-4(1)"}, {"si-4", "SI-4"}}
	case guard.GuardModule:
		return []control{{"sc-13", "SC-13"}}
	}
	return nil
}

// reviewed are all of them, in the order of the rules.
func reviewed() []control {
	var all []control
	seen := map[string]bool{}
	for _, r := range guard.Rules() {
		for _, c := range controlsOf(r.ID) {
			if !seen[c.id] {
				seen[c.id] = true
				all = append(all, c)
			}
		}
	}
	return all
}

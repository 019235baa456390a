package guard

import "strings"

// Check evaluates a state: at least one finding for every state, whatever the
// verdict. It is the one rule book for events, observations, logs and files.
func Check(s State) []Finding {
	switch s := s.(type) {
	case Setting:
		return []Finding{checkSetting(s)}
	case OffPeriod:
		return []Finding{checkOffPeriod(s)}
	case TaskDefinition:
		return []Finding{checkTaskDefinition(s)}
	case Task:
		return []Finding{checkTask(s)}
	case Service:
		return []Finding{checkService(s)}
	case CapacityProvider:
		return []Finding{checkCapacityProvider(s)}
	case KernelCheck:
		return []Finding{checkKernel(s)}
	case Exposure:
		return []Finding{checkExposure(s)}
	case Component:
		return []Finding{checkComponent(s)}
	case PolicyDocument:
		return []Finding{checkPolicyDocument(s)}
	}
	return nil
}

// CheckAll is Check over several states, in their order.
func CheckAll(states []State) []Finding {
	var findings []Finding
	for _, s := range states {
		findings = append(findings, Check(s)...)
	}
	return findings
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " because " + why
}

// sentence makes a phrase the start of one.
func sentence(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] }

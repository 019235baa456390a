package guard

import "strings"

// Check evaluates a state: at least one finding for every state, whatever the
// verdict. It is the one rule book for events, observations, logs and files.
func Check(s State) []Finding {
	findings := check(s)
	for i, f := range findings {
		if f.Severity > Info {
			findings[i].Reason += about(s)
		}
	}
	return findings
}

func check(s State) []Finding {
	switch s := s.(type) {
	case Setting:
		return []Finding{checkSetting(s)}
	case OffPeriod:
		return []Finding{checkOffPeriod(s)}
	case TaskDefinition:
		return []Finding{checkTaskDefinition(s)}
	case Task:
		return s.findings()
	case Service:
		return s.findings()
	case CapacityProvider:
		return []Finding{checkCapacityProvider(s)}
	case KernelCheck:
		return []Finding{checkKernel(s)}
	case Exposure:
		return []Finding{checkExposure(s)}
	case Component:
		return []Finding{checkComponent(s)}
	case Witness:
		return []Finding{checkWitness(s)}
	case Canaries:
		return []Finding{checkCanaries(s)}
	case PolicyDocument:
		return []Finding{checkPolicyDocument(s)}
	}
	return nil
}

// about says what a subject is to people who do not know its ARN, as a sentence
// to follow another; empty where the subject says it itself.
func about(s State) string {
	switch s := s.(type) {
	case Task:
		return s.about()
	case KernelCheck:
		if s.At.IsZero() && s.Unknown == "" {
			return "" // there may be thousands
		}
		if s.Task.OnManaged() {
			return s.Task.about() + " It runs on ECS Managed Instances, " + s.Task.Providers[0].called() + "."
		}
		return s.Task.about()
	case Exposure:
		return s.Task.about()
	case CapacityProvider:
		return s.users()
	case Service:
		if s.Definition.ARN != "" {
			return " The service uses task definition " + ShortDefinition(s.Definition.ARN) + "."
		}
	}
	return ""
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

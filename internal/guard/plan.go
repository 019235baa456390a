package guard

// Plan says which calls would fix the findings, each once, in the order of
// the findings. Only a violation is fixed: what is unknown is never
// fixed, but for a write of the setting that may have turned the account
// default off. Turning that on is harmless when it was on all along. Whether a
// call may be made is Policy.Allow's decision.
func Plan(findings []Finding, policy Policy) []Remediation {
	var remediations []Remediation
	planned := map[Call]bool{}
	for _, f := range findings {
		if f.Verdict != NonCompliant && !mayBeOff(f) {
			continue
		}
		call := fixOf(f, policy)
		if call == nil || planned[call] {
			continue
		}
		planned[call] = true
		remediations = append(remediations, Remediation{Rule: f.Rule, Subject: f.Subject, Definition: definitionOf(f.State), Call: call})
	}
	return remediations
}

// mayBeOff reports whether a finding is about an unclear write that did not turn
// FIPS mode on.
func mayBeOff(f Finding) bool {
	s, ok := f.State.(Setting)
	return ok && f.Verdict == InsufficientData && s.unclear() && s.Mode != ModeOn
}

func definitionOf(s State) string {
	switch s := s.(type) {
	case Task:
		return s.Definition
	case Service:
		return s.Definition.ARN
	case KernelCheck:
		return s.Task.Definition
	case Exposure:
		return s.Task.Definition
	}
	return ""
}

// fixOf is the call that fixes a violation, or nil when there is none that
// would help.
func fixOf(f Finding, policy Policy) Call {
	switch s := f.State.(type) {
	case Setting:
		if !s.OnBy.IsZero() {
			return nil // it is over
		}
		return settingFix(s)
	case TaskDefinition:
		// AWS Batch's own definitions are its business: what it does when one is
		// deregistered is documented nowhere, and the next job registers another.
		if s.ARN == "" || s.Inactive || s.JobDefinition() != "" {
			return nil
		}
		return DeregisterTaskDefinition{TaskDefinition: s.ARN}
	case Task:
		return taskFix(f.Rule, s)
	case Service:
		return serviceFix(f.Rule, s, policy.ServiceRemedy)
	case KernelCheck:
		return kernelFix(f.Rule, s.Task, policy.ExposureRemedy)
	case Exposure:
		return kernelFix(f.Rule, s.Task, policy.ExposureRemedy)
	}
	return nil
}

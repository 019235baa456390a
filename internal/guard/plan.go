package guard

// Plan says which calls would correct the findings, each once, in the order of
// the findings. Only a violation is corrected: what is unknown is never
// repaired. Whether a call may be made is Policy.Allow's decision.
func Plan(findings []Finding, policy Policy) []Remediation {
	var actions []Remediation
	planned := map[Call]bool{}
	for _, f := range findings {
		if f.Verdict != NonCompliant {
			continue
		}
		call := remedy(f, policy)
		if call == nil || planned[call] {
			continue
		}
		planned[call] = true
		actions = append(actions, Remediation{Rule: f.Rule, Subject: f.Subject, Definition: definitionOf(f.State), Call: call})
	}
	return actions
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

// remedy is the call that corrects a violation, or nil when there is none that
// would help.
func remedy(f Finding, policy Policy) Call {
	switch s := f.State.(type) {
	case Setting:
		return settingRemedy(s)
	case TaskDefinition:
		if s.ARN == "" || s.Inactive {
			return nil
		}
		return DeregisterTaskDefinition{TaskDefinition: s.ARN}
	case Task:
		return taskRemedy(f.Rule, s)
	case Service:
		return serviceRemedy(s, policy.ServiceRemedy)
	case KernelCheck:
		return kernelRemedy(f.Rule, s.Task, policy.ExposureRemedy)
	case Exposure:
		return kernelRemedy(f.Rule, s.Task, policy.ExposureRemedy)
	}
	return nil
}

// settingRemedy: everything but a known principal's override is undone by the
// account default, which is harmless when it was on all along.
func settingRemedy(s Setting) Call {
	if s.Scope == ScopePrincipal {
		return PutAccountSetting{Name: SettingName, Value: "enabled", PrincipalARN: s.Principal}
	}
	return PutAccountSettingDefault{Name: SettingName, Value: "enabled"}
}

// taskRemedy: stopping a service's task after it reached RUNNING only makes
// the scheduler start another, for ever; before that its back-off and the
// deployment circuit breaker engage.
func taskRemedy(rule RuleID, t Task) Call {
	if t.ARN == "" || t.Stopping() || t.Started() && t.Service() != "" {
		return nil
	}
	return StopTask{Cluster: t.Cluster, Task: t.ARN, Reason: "fipsguard: rejected by rule " + string(rule)}
}

// serviceRemedy respects the deployment controller: with CODE_DEPLOY and
// EXTERNAL, ECS lets only the desired count be changed. A desired count of 0 is
// undone by Application Auto Scaling unless its minimum is 0 too.
func serviceRemedy(s Service, remedy ServiceRemedy) Call {
	if s.ARN == "" || s.DesiredCount == 0 {
		return nil
	}
	switch remedy {
	case RollBack:
		if s.Controller != "ECS" || s.Replacement == "" {
			return nil
		}
		return RollBackService{Cluster: s.Cluster, Service: s.ARN, TaskDefinition: s.Replacement, PlatformVersion: latest}
	case ScaleToZero:
		if s.MinimumCount > 0 {
			return nil
		}
		return ScaleServiceToZero{Cluster: s.Cluster, Service: s.ARN}
	case AlertOnly:
	}
	return nil
}

// kernelRemedy replaces a task whose kernel is the wrong one. A service's task
// is never stopped, only its service deployed anew, unless a deployment that
// replaces it is under way.
func kernelRemedy(rule RuleID, t Task, remedy ExposureRemedy) Call {
	switch {
	case remedy == ReportOnly || t.ARN == "" || t.Stopping():
		return nil
	case t.Redeployable != "":
		return ForceNewDeployment{Cluster: t.Cluster, Service: t.Redeployable, ForceNewDeployment: true}
	case t.Service() == "" && remedy == RecycleAndStop:
		return StopTask{Cluster: t.Cluster, Task: t.ARN, Reason: "fipsguard: rejected by rule " + string(rule)}
	}
	return nil
}

package scan

import (
	"context"
	"errors"
	"slices"

	"fipsguard/internal/guard"
)

// coverage is how much a scan examined, once it ends.
func (r run) coverage(ctx context.Context, c clusters, findings []guard.Finding) guard.Coverage {
	return guard.Coverage{
		Clusters: c.arns, All: c.all, Exec: r.exec, Witness: r.Witness != nil, Class: r.Class,
		Examined: r.examined(len(c.failures) == 0, findings), Interrupted: interruption(ctx),
	}
}

// examined are the rules that the scan looked into: none that the policy turns
// off, those about workloads where AWS said which clusters there are, those
// about the guard itself where it is deployed. A canary and a witness are not due
// in every scan.
func (r run) examined(workloads bool, findings []guard.Finding) []guard.RuleID {
	var examined []guard.RuleID
	for _, rule := range guard.Rules() {
		is := r.held.Policy.Modes[rule.ID] != guard.Off
		switch rule.Group {
		case guard.GroupSetting:
		case guard.GroupPlatform, guard.GroupManaged:
			is = is && workloads
		case guard.GroupKernel:
			is = is && workloads && (r.exec || rule.ID != guard.TaskKernelProof)
			is = is && (rule.ID != guard.LaunchKernel || about(findings, rule.ID))
		case guard.GroupComponents, guard.GroupPolicy:
			is = is && r.Components != nil && (rule.ID != guard.GuardCanary || about(findings, rule.ID))
			if rule.ID == guard.GuardSessions { // by what kernel checks meet with
				is = workloads && r.exec && r.Policy.Modes[rule.ID] != guard.Off
			}
		}
		if is {
			examined = append(examined, rule.ID)
		}
	}
	return examined
}

func about(findings []guard.Finding, rule guard.RuleID) bool {
	return slices.ContainsFunc(findings, func(f guard.Finding) bool { return f.Rule == rule })
}

// interruption is why a scan ended before it was done, if it did.
func interruption(ctx context.Context) string {
	switch err := ctx.Err(); {
	case errors.Is(err, context.DeadlineExceeded):
		return "The scan ran out of time before it was done."
	case err != nil:
		return "The scan was interrupted before it was done."
	}
	return ""
}

package scan

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
)

// coverage is how much a scan examined, once it ends.
func (r run) coverage(ctx context.Context, c clusters) guard.Coverage {
	return guard.Coverage{
		Clusters: c.arns, All: c.all, Exec: r.exec, Class: r.Class,
		Examined: r.examined(len(c.failures) == 0), Interrupted: interruption(ctx),
	}
}

// examined are the rules that the scan looked into: none that the policy turns
// off, those about workloads where AWS said which clusters there are, those
// about the guard itself where it is deployed.
func (r run) examined(workloads bool) []guard.RuleID {
	var examined []guard.RuleID
	for _, rule := range guard.Rules() {
		is := r.Policy.Modes[rule.ID] != guard.Off
		switch rule.Group {
		case guard.GroupSetting:
		case guard.GroupPlatform, guard.GroupManaged:
			is = is && workloads
		case guard.GroupKernel:
			is = is && workloads && (r.exec || rule.ID != guard.TaskKernelProof)
		case guard.GroupComponents, guard.GroupPolicy:
			is = is && r.Components != nil
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

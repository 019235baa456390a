package scan

import (
	"context"
	"slices"

	"fipsguard/internal/guard"
)

// kernels is the stage of the kernels under the tasks.
type kernels struct {
	stage
	checks []guard.KernelCheck
}

// checkKernels checks the running tasks that FIPS mode covers: by what their
// kernels say, and those of Fargate by what the settings were when they were
// launched. On ECS Managed Instances the capacity provider is what matters, and
// the task was checked by that already. Tasks that are not as they should be are
// replaced only once FIPS mode is known to be on: before that the new ones would
// be no better.
func (r run) checkKernels(ctx context.Context, h history, tasks []guard.Task) kernels {
	covered := slices.DeleteFunc(slices.Clone(tasks), func(t guard.Task) bool { return t.LastStatus != "RUNNING" || !canBeAsked(t) })
	checks, opened := r.readKernels(ctx, covered)
	k := kernels{checks: checks}
	if opened.tried > 0 {
		k.findings = append(k.findings, r.check(r.reading(guard.Configured), opened.component())...)
	}
	for i, t := range covered {
		if r.exec {
			k.findings = append(k.findings, r.check(guard.Seen{}, k.checks[i])...)
		}
		if t.MayBeFargate() {
			k.findings = append(k.findings, r.check(h.seen, guard.ExposureOf(t, h.lines, k.checks[i].Proven()))...)
		}
	}
	for _, t := range tasks {
		if r.exec && !t.Started() && canBeAsked(t) {
			k.findings = append(k.findings, r.check(guard.Seen{}, guard.KernelCheck{Task: t})...)
		}
	}
	if h.mode == guard.ModeOn {
		k.outcomes = r.loop(h.cause).Fix(ctx, k.findings)
	}
	return k
}

// canBeAsked reports whether FIPS mode covers a task, so that its kernel says
// something: on Fargate where the platform has it, on ECS Managed Instances on
// whatever provider.
func canBeAsked(t guard.Task) bool {
	return t.OnManaged() || guard.Check(t)[0].Verdict == guard.Compliant
}

// known is what later scans can use of kernel checks.
func known(checks []guard.KernelCheck) map[string]guard.KernelCheck {
	made := map[string]guard.KernelCheck{}
	for _, c := range checks {
		if !c.At.IsZero() {
			made[c.Task.ARN] = guard.KernelCheck{Container: c.Container, Answer: c.Answer, At: c.At, Unknown: c.Unknown}
		}
	}
	return made
}

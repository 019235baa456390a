package scan

import (
	"context"
	"slices"

	"fipsguard/internal/guard"
)

// covered are the running tasks that FIPS mode covers.
func covered(tasks []guard.Task) []guard.Task {
	return slices.DeleteFunc(slices.Clone(tasks), func(t guard.Task) bool {
		return t.LastStatus != "RUNNING" || !canBeAsked(t)
	})
}

// checkKernels checks the running tasks that FIPS mode covers: by what their
// kernels said, and those of Fargate by what the settings were when they were
// launched. On ECS Managed Instances the capacity provider is what matters, and
// the task was checked by that already. Tasks that are not as they should be are
// replaced only once FIPS mode is known to be on and no witness says otherwise:
// before that the new ones would be no better.
func (r run) checkKernels(ctx context.Context, h history, tasks []guard.Task, checks []guard.KernelCheck, w witness) stage {
	k := stage{facts: r.kernelFacts(h.lines, tasks, checks)}
	for _, check := range checks {
		if r.exec {
			k.findings = append(k.findings, r.check(guard.Seen{}, check)...)
		}
		if check.Task.MayBeFargate() {
			exposure := guard.ExposureOf(check.Task, h.lines, check.Proven())
			exposure.Refuted = w.refuted()
			k.findings = append(k.findings, r.check(h.seen, exposure)...)
		}
	}
	for _, t := range tasks {
		if r.exec && !t.Started() && canBeAsked(t) {
			k.findings = append(k.findings, r.check(guard.Seen{}, guard.KernelCheck{Task: t})...)
		}
	}
	if h.mode == guard.ModeOn && w.refuted().IsZero() {
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

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
// kernels say, and by what the settings were when they were launched. Tasks
// that are not as they should be are replaced only once FIPS mode is known to
// be on: before that the new ones would be no better.
func (r run) checkKernels(ctx context.Context, h history, tasks []guard.Task) kernels {
	covered := slices.DeleteFunc(slices.Clone(tasks), func(t guard.Task) bool {
		return t.LastStatus != "RUNNING" || guard.Worst(guard.Check(t)) != guard.Compliant
	})
	k := kernels{checks: r.readKernels(ctx, covered)}
	for i, t := range covered {
		if r.exec {
			k.findings = append(k.findings, r.check(guard.Seen{}, k.checks[i])...)
		}
		k.findings = append(k.findings, r.check(h.seen, guard.ExposureOf(t, h.lines, k.checks[i].Proven()))...)
	}
	for _, t := range tasks {
		if r.exec && !t.Started() && guard.Worst(guard.Check(t)) == guard.Compliant {
			k.findings = append(k.findings, r.check(guard.Seen{}, guard.KernelCheck{Task: t})...)
		}
	}
	if h.mode == guard.ModeOn {
		k.outcomes = r.loop(h.cause).Fix(ctx, k.findings)
	}
	return k
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

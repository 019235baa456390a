package evidence

import (
	"cmp"
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

// The results of a kernel check.
const (
	KernelOn          = "FIPS on"
	KernelOff         = "FIPS off"
	CouldNotBeChecked = "could not be checked"
	NotCheckedYet     = "not checked yet"
	NotRunningYet     = "starting"     // the task does not run yet, so that nobody could ask it
	NotAsked          = "not examined" // the scan read no kernels
	NotInScope        = "not in scope" // FIPS mode does not cover the task's platform, or it is stopping
)

func kernelResult(k guard.KernelCheck) string {
	if k.Starting() {
		return NotRunningYet
	}
	switch k.Result() {
	case guard.KernelOn:
		return KernelOn
	case guard.KernelOff:
		return KernelOff
	case guard.NotChecked:
		return NotCheckedYet
	case guard.CouldNotCheck:
	}
	return CouldNotBeChecked
}

func (k *Kernels) count(result string) {
	switch result {
	case KernelOn:
		k.On++
	case KernelOff:
		k.Off++
	case CouldNotBeChecked:
		k.CouldNotBeChecked++
	case NotCheckedYet:
		k.NotCheckedYet++
	case NotRunningYet:
		k.Starting++
	case NotAsked:
		k.NotExamined++
	}
}

// tasks joins the findings about each task.
func (r reported) tasks() []Task {
	list := []Task{}
	at := map[string]int{}
	row := func(t guard.Task) *Task {
		i, ok := at[t.ARN]
		if !ok {
			i = len(list)
			at[t.ARN] = i
			list = append(list, taskRow(t))
		}
		return &list[i]
	}
	for _, f := range r.Findings {
		switch s := f.State.(type) {
		case guard.Task:
			if f.Verdict != guard.NotApplicable {
				row(s).judged(f, s, r.Coverage.Exec)
			}
		case guard.KernelCheck:
			row(s.Task).Kernel = kernel(s, r.claim(f))
		case guard.Exposure:
			row(s.Task).Exposed = f.Verdict
		}
	}
	slices.SortStableFunc(list, func(a, b Task) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), cmp.Compare(a.ARN, b.ARN))
	})
	return list
}

// judged takes over what a rule says of the task itself. Fargate's platform rules
// say whether FIPS mode covers it. On ECS Managed Instances that covers every
// task, and the capacity provider says whether the task is exposed.
func (t *Task) judged(f guard.Finding, s guard.Task, exec bool) {
	switch {
	case f.Rule != guard.TaskCapacityProvider:
		t.Scope = f.Verdict
	case s.OnManaged():
		t.Exposed, t.Scope = f.Verdict, guard.Compliant
	default:
		t.Exposed = f.Verdict
	}
	if t.Scope == guard.Compliant && !exec {
		t.Kernel.Result = NotAsked
	}
}

// urgency orders tasks by how soon a person has to deal with them.
func urgency(t Task) int {
	switch {
	case t.Kernel.Result == KernelOff:
		return 0
	case t.Exposed == guard.NonCompliant:
		return 1
	case t.Scope == guard.NonCompliant:
		return 2
	case t.Kernel.Result == CouldNotBeChecked:
		return 3
	case t.Kernel.Result != KernelOn:
		return 4
	}
	return settled
}

// OnManaged reports whether a task runs on ECS Managed Instances, whose FIPS mode
// is not that of the account's setting.
func (t Task) OnManaged() bool { return t.Compute == "Managed Instances" }

// On says what a task runs on: "Fargate", "Managed Instances (capacity provider
// main)"; empty where that is unknown.
func (t Task) On() string {
	if t.OnManaged() && t.CapacityProvider != "" {
		return t.Compute + " (capacity provider " + t.CapacityProvider + ")"
	}
	return t.Compute
}

// settled is the urgency of a task whose kernel is in FIPS mode.
const settled = 5

// Pressing reports whether a task is not confirmed to run with FIPS on.
func (t Task) Pressing() bool { return urgency(t) < settled }

func taskRow(t guard.Task) Task {
	provider := ""
	if len(t.Providers) > 0 {
		provider = t.Providers[0].Name
	}
	return Task{
		Compute: t.Compute(), CapacityProvider: provider,
		ARN: t.ARN, Cluster: t.Cluster, Service: t.Service(), Family: familyOf(t.Definition), Definition: t.Definition,
		Platform:        platform(t.Platform),
		PlatformVersion: t.PlatformVersion, LastStatus: t.LastStatus, Created: known(t.Created),
		Kernel:  Kernel{Result: NotInScope},
		Exposed: guard.NotApplicable, Scope: guard.NotApplicable,
	}
}

// platform is LINUX/X86_64 or, of a task on ECS Managed Instances, as much of it as
// ECS shows.
func platform(p guard.Platform) string { return strings.TrimPrefix(p.OS+"/"+p.Architecture, "/") }

// familyOf is the family in a task definition's ARN.
func familyOf(definition string) string {
	_, revision, _ := strings.Cut(definition, "task-definition/")
	family, _, _ := strings.Cut(revision, ":")
	return family
}

func kernel(k guard.KernelCheck, c Claim) Kernel {
	row := Kernel{Result: kernelResult(k), Container: k.Container, Answer: k.Answer, At: c.At, Until: c.Until, Reason: k.Unknown}
	if row.Result == CouldNotBeChecked && k.Answer != "" {
		row.Reason = "it answered neither 1 nor 0"
	}
	return row
}

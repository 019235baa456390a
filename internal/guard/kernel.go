package guard

import (
	"fmt"
	"strings"
	"time"
)

// KernelCheck is what a container of a running task answered when it was asked for
// /proc/sys/crypto/fips_enabled of the kernel under it. A running task keeps
// the kernel that it booted with, so an answer holds as long as the task runs.
type KernelCheck struct {
	Task      Task
	Container string    // that was asked; empty when none was
	Answer    string    // what it printed, as it came; empty when nothing
	At        time.Time // when it was asked last; zero when it never was
	Unknown   string    // why there is no answer, as the end of a sentence: "because …"
}

// Subject is the task's.
func (p KernelCheck) Subject() string { return p.Task.Subject() }

// Proven reports whether the kernel said that it runs in FIPS mode.
func (p KernelCheck) Proven() bool { return strings.TrimSpace(p.Answer) == "1" }

// Refuted reports whether the kernel said that it does not.
func (p KernelCheck) Refuted() bool { return strings.TrimSpace(p.Answer) == "0" }

// Starting reports whether the task does not run yet, so that nobody could ask.
func (p KernelCheck) Starting() bool {
	return p.At.IsZero() && p.Task.LastStatus != "" && !p.Task.Started()
}

// KernelResult is what is known of a kernel.
type KernelResult string

const (
	KernelOn      KernelResult = "proven"
	KernelOff     KernelResult = "refuted"
	CouldNotCheck KernelResult = "cannot verify"
	NotChecked    KernelResult = "not attempted"
)

// Result sums a kernel check up.
func (p KernelCheck) Result() KernelResult {
	switch {
	case p.Proven():
		return KernelOn
	case p.Refuted():
		return KernelOff
	case p.At.IsZero():
		return NotChecked
	}
	return CouldNotCheck
}

// TaskKernelProof is about the kernel that a task runs on now.
const TaskKernelProof RuleID = "task-kernel-proof"

func taskKernelProof() Rule {
	return Rule{
		ID:          TaskKernelProof,
		Group:       GroupKernel,
		Requirement: "In a running task of Fargate or ECS Managed Instances /proc/sys/crypto/fips_enabled is 1.",
		Why:         "The kernel is authoritative; Fargate's setting only affects new tasks, and a capacity provider's fipsEnabled only says what its instances are to be.",
		Headlines:   headlines("A task's kernel is NOT in FIPS mode", "A task's kernel could not be checked"),
		Severity:    Critical,
		Default:     Audit,
		Controls:    []Control{SC13, CA7},
		Method:      Test,
		Evidence:    Log,
		Remedy:      replaceTask,
		Doubt:       "Make the task checkable: launch it with enableExecuteCommand, from an image with cat, with a task role that allows ssmmessages. With a read-only root file system, mount writable volumes at /managed-agents, /var/lib/amazon/ssm and /var/log/amazon/ssm.",
	}
}

// replaceTask is what a person does about a task with the wrong kernel. On ECS
// Managed Instances a new task gets the kernel of the same provider.
func replaceTask(s State) string {
	if k, ok := s.(KernelCheck); ok && k.Task.OnManaged() {
		return "Move its service, or whatever starts it, to a capacity provider of ECS Managed Instances whose instances have FIPS mode on. If " + k.Task.Providers[0].called() + " says fipsEnabled true, ask AWS why its kernel says otherwise."
	}
	return "With FIPS mode on, replace the task: force a new deployment of its service, or stop it and run it again."
}

func checkKernel(p KernelCheck) Finding {
	at := p.At.UTC().Format(time.RFC3339)
	switch p.Result() {
	case KernelOn:
		return finding(TaskKernelProof, p, Compliant, fmt.Sprintf("Container %s%s read fips_enabled 1 at %s.", p.Container, onManaged(p.Task), at))
	case KernelOff:
		return finding(TaskKernelProof, p, NonCompliant, fmt.Sprintf("Its kernel is not in FIPS mode: container %s read fips_enabled 0 at %s.", p.Container, at))
	case NotChecked:
		if p.Starting() {
			return finding(TaskKernelProof, p, InsufficientData, "Starting: it can be asked once it runs.")
		}
		return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Not checked yet%s.", because(p.Unknown)))
	case CouldNotCheck:
	}
	if p.Answer != "" {
		return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Could not be checked: container %s returned neither 1 nor 0 at %s.", p.Container, at))
	}
	return finding(TaskKernelProof, p, InsufficientData, fmt.Sprintf("Could not be checked%s, at %s.", because(p.Unknown), at))
}

// kernelFix replaces a task whose kernel is the wrong one. A service's task
// is never stopped, only its service deployed anew, unless a deployment that
// replaces it is under way.
func kernelFix(rule RuleID, t Task, remedy ExposureRemedy) Call {
	switch {
	case remedy == ReportOnly || t.ARN == "" || t.Stopping():
		return nil
	case t.Fargate == No: // on ECS Managed Instances nothing shows that a new task is any better
		return nil
	case t.Redeployable != "":
		return ForceNewDeployment{Cluster: t.Cluster, Service: t.Redeployable, ForceNewDeployment: true}
	case t.Service() == "" && remedy == RecycleAndStop:
		return StopTask{Cluster: t.Cluster, Task: t.ARN, Reason: rejectedBy + string(rule)}
	}
	return nil
}

// onManaged marks a container as one of ECS Managed Instances, as the middle of a
// sentence.
func onManaged(t Task) string {
	if !t.OnManaged() {
		return ""
	}
	return ", on ECS Managed Instances,"
}

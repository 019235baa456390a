package guard

import (
	"strings"
	"time"
)

// Task is one task, or the launch of one.
type Task struct {
	ARN             string
	Cluster         string // ARN, or the name that the caller used
	Group           string // "service:NAME" when a service's scheduler started it
	StartedBy       string // the caller's word, or a service's deployment
	Definition      string // ARN
	Batch           *Batch // nil when AWS Batch did not launch it, as far as is known
	Fargate         Answer
	Platform        Platform
	Providers       []CapacityProvider // that it runs on, or may, other than Fargate's
	PlatformVersion string             // as resolved by ECS: "1.4.0"; empty is unknown
	LastStatus      string             // PROVISIONING … STOPPED
	DesiredStatus   string
	Created         time.Time // when it was launched; zero is unknown
	Pulled          time.Time // when ECS began to pull its images, so that its kernel was up; zero is unknown
	Deployment      string    // of a service's task: the deployment that started it
	Redeployable    string    // the ARN of its service, where a forced new deployment replaces the task and nothing else does already
	Containers      []Container
	Rejected        RuleID // by which the guard stopped it already; empty when it did not, as far as is known
	Unknown         string // why something is unknown, as the end of a sentence: "because …"
}

// Container is a container of a running task, as far as ECS Exec is concerned.
type Container struct {
	Name      string
	RuntimeID string
	Obstacle  string // why no command can be run in it, as the end of a sentence: "because …"; empty when one can
}

// Subject is the task's ARN, or the definition that was launched.
func (t Task) Subject() string {
	if t.ARN == "" && t.Definition != "" {
		return "task of " + t.Definition
	}
	return orUnknown(t.ARN)
}

// Service is the name of the service whose scheduler started the task, or
// empty for a standalone task.
func (t Task) Service() string {
	name, ok := strings.CutPrefix(t.Group, "service:")
	if !ok {
		return ""
	}
	return name
}

// about names what the task is of: its definition, its service or its group, who
// asked for it.
func (t Task) about() string {
	if t.Definition == "" {
		return ""
	}
	text := " The task is of " + ShortDefinition(t.Definition)
	family, _, _ := strings.Cut(ShortDefinition(t.Definition), ":")
	switch {
	case t.Service() != "":
		text += ", of service " + t.Service()
	case t.Batch != nil && t.Batch.JobQueue != "":
		text += ", of AWS Batch's job queue " + t.Batch.JobQueue
	case t.Batch != nil:
		text += ", of AWS Batch"
	case t.Group != "" && t.Group != "family:"+family:
		text += ", of group " + t.Group
	}
	if t.Service() == "" && t.StartedBy != "" {
		text += ", started by " + t.StartedBy
	}
	switch {
	case t.Rejected != "" && t.LastStatus == "STOPPED":
		text += "; the guard stopped it"
	case t.Rejected != "":
		text += "; the guard has asked ECS to stop it"
	}
	return text + "."
}

// Started reports whether the task has reached RUNNING, after which a stop
// makes a service's scheduler start another, for ever.
func (t Task) Started() bool {
	switch t.LastStatus {
	case "PROVISIONING", "PENDING", "ACTIVATING":
		return false
	}
	return true
}

// Stopping reports whether the task is stopping or has stopped.
func (t Task) Stopping() bool {
	return t.DesiredStatus == "STOPPED" || t.LastStatus == "STOPPED" ||
		t.LastStatus == "DEACTIVATING" || t.LastStatus == "STOPPING" || t.LastStatus == "DEPROVISIONING"
}

// TaskLaunchPlatform is about a task that has not reached RUNNING, which can be stopped without harm.
const TaskLaunchPlatform RuleID = "task-launch-platform"

func taskLaunchPlatform() Rule {
	return Rule{
		ID:          TaskLaunchPlatform,
		Group:       GroupPlatform,
		Requirement: "A Fargate task that is being launched is LINUX, X86_64 and on platform version 1.4.0 or later.",
		Why:         "Fargate's FIPS-140 mode supports no other platform.",
		Headlines:   headlines("Task launched on a non-FIPS platform", "Task could not be checked"),
		Severity:    High,
		Default:     Enforce,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      taskAdvice("Launch it with platform version LATEST from a LINUX / X86_64 task definition."),
	}
}

// TaskRunningPlatform is about a task that may already serve traffic.
const TaskRunningPlatform RuleID = "task-running-platform"

func taskRunningPlatform() Rule {
	return Rule{
		ID:          TaskRunningPlatform,
		Group:       GroupPlatform,
		Requirement: "A running Fargate task is LINUX, X86_64 and on platform version 1.4.0 or later.",
		Why:         "Fargate's FIPS-140 mode supports no other platform.",
		Headlines:   headlines("Running task is on a non-FIPS platform", "Task could not be checked"),
		Severity:    High,
		Default:     Audit,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      taskAdvice("Replace it with a task on platform version LATEST from a LINUX / X86_64 task definition."),
	}
}

func checkTask(t Task) Finding {
	rule := TaskLaunchPlatform
	if t.Started() {
		rule = TaskRunningPlatform
	}
	switch {
	case t.Fargate == No:
		return finding(rule, t, NotApplicable, "It does not run on Fargate.")
	case t.Rejected == TaskLaunchPlatform, t.Rejected == TaskRunningPlatform:
		rule = t.Rejected
	case t.Stopping():
		return finding(rule, t, NotApplicable, "It has stopped or is stopping.")
	}
	wrong, unclear := t.Platform.faults()
	if t.PlatformVersion == "" || strings.EqualFold(t.PlatformVersion, latest) {
		// What ECS resolved is not known yet; only a request may say LATEST.
		unclear = append(unclear, "platform version")
	} else {
		w, u := versionFaults(t.Platform.OS, t.PlatformVersion)
		wrong, unclear = appendText(wrong, w), appendText(unclear, u)
	}
	return platformFinding(rule, t, t.Fargate, wrong, unclear, t.Unknown, "LINUX / X86_64, platform version "+t.PlatformVersion+".")
}

// taskFix: stopping a service's task after it reached RUNNING only makes
// the scheduler start another, for ever; before that its back-off and the
// deployment circuit breaker engage.
func taskFix(rule RuleID, t Task) Call {
	if t.ARN == "" || t.Stopping() || t.Started() && t.Service() != "" {
		return nil
	}
	return StopTask{Cluster: t.Cluster, Task: t.ARN, Reason: rejectedBy + string(rule)}
}

// rejectedBy begins the reason with which the guard stops a task.
const rejectedBy = "fipsguard: rejected by rule "

// RejectedBy is the rule by which the guard stopped a task, by the reason that
// ECS shows for it; empty when it was no rule of launches.
func RejectedBy(stoppedReason string) RuleID {
	rule := RuleID(strings.TrimPrefix(stoppedReason, rejectedBy))
	if rule == TaskLaunchPlatform || rule == TaskRunningPlatform || rule == TaskCapacityProvider {
		return rule
	}
	return ""
}

// StopTask stops one task.
type StopTask struct {
	Cluster string `json:"cluster"`
	Task    string `json:"task"`
	Reason  string `json:"reason"`
}

func (StopTask) API() string     { return "ecs:StopTask" }
func (StopTask) Ending() string  { return "; being stopped" }
func (StopTask) Immediate() bool { return false }

// Exposes is about the task until it has stopped.
func (StopTask) Exposes(a Aftermath) string {
	if !a.Result.Accepted() {
		return ""
	}
	return "AWS accepted the stop request. The guard has not yet seen the task stop. Until it stops, it may run without FIPS mode."
}

func (c StopTask) args() []string {
	return []string{"stop-task", "--cluster", c.Cluster, "--task", c.Task, "--reason", c.Reason}
}

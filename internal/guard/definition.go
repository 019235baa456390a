package guard

// TaskDefinition is one revision of a task definition.
type TaskDefinition struct {
	ARN          string
	Family       string // what to ask ECS for while the ARN is unknown
	Platform     Platform
	Fargate      Answer            // whether it is meant for Fargate: FARGATE was asked for, or nothing was and ECS computed it
	Managed      Answer            // whether it was asked for ECS Managed Instances
	Inactive     bool              // deregistered: no new launches, after up to 10 minutes
	RegisteredBy string            // ARN of who registered it; AWS Batch's role for a job definition's
	Tags         map[string]string // with which it was registered, as far as the record of that shows
	Unknown      string            // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the revision's ARN, or as much of it as is known.
func (d TaskDefinition) Subject() string {
	if d.ARN == "" && d.Family != "" {
		return "task-definition/" + d.Family
	}
	return orUnknown(d.ARN)
}

// TaskDefinitionPlatform is about what may be launched.
const TaskDefinitionPlatform RuleID = "task-definition-platform"

func taskDefinitionPlatform() Rule {
	return Rule{
		ID:          TaskDefinitionPlatform,
		Group:       GroupPlatform,
		Requirement: "A task definition that Fargate can run has operating system family LINUX and CPU architecture X86_64.",
		Why:         "Fargate's FIPS-140 mode supports no other platform. Such tasks would run without it.",
		Headlines:   headlines("Task definition for non-FIPS platform", "Task definition could not be checked"),
		Severity:    High,
		Default:     Enforce,
		Controls:    []Control{SC13, CM2},
		Method:      Examine,
		Evidence:    Configuration,
		Remedy:      definitionAdvice,
	}
}

func checkTaskDefinition(d TaskDefinition) Finding {
	if d.Fargate == No && d.Managed == Yes {
		return finding(TaskDefinitionPlatform, d, NotApplicable, "It asks for ECS Managed Instances, not for Fargate: FIPS mode is that of the capacity provider on which it runs, whatever the CPU architecture.")
	}
	if d.Fargate == No {
		return finding(TaskDefinitionPlatform, d, NotApplicable, "It is not meant for Fargate: its compatibilities do not contain FARGATE.")
	}
	wrong, unclear := d.Platform.faults()
	return platformFinding(TaskDefinitionPlatform, d, d.Fargate, wrong, unclear, d.Unknown, "LINUX / X86_64.")
}

// DeregisterTaskDefinition makes one revision INACTIVE.
type DeregisterTaskDefinition struct {
	TaskDefinition string `json:"taskDefinition"`
}

func (DeregisterTaskDefinition) API() string     { return "ecs:DeregisterTaskDefinition" }
func (DeregisterTaskDefinition) Ending() string  { return "; deregistered" }
func (DeregisterTaskDefinition) Immediate() bool { return true }

// Exposes is about what still uses the revision.
func (DeregisterTaskDefinition) Exposes(a Aftermath) string {
	if !a.Result.Accepted() {
		return ""
	}
	return "Tasks can still start from this revision for up to 10 minutes. Services that use it keep running and scaling with it."
}

func (c DeregisterTaskDefinition) args() []string {
	return []string{"deregister-task-definition", "--task-definition", c.TaskDefinition}
}

package guard

// TaskDefinition is one revision of a task definition.
type TaskDefinition struct {
	ARN          string
	Family       string // what to ask ECS for while the ARN is unknown
	Platform     Platform
	Fargate      Answer // whether Fargate can run it: asked for or computed compatibilities contain FARGATE
	Inactive     bool   // deregistered: no new launches, after up to 10 minutes
	RegisteredBy string
	ReadOnly     []string // containers whose root file system is read-only, in which ECS Exec cannot run a command
	Unknown      string   // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the revision's ARN, or as much of it as is known.
func (d TaskDefinition) Subject() string {
	if d.ARN == "" && d.Family != "" {
		return "task-definition/" + d.Family
	}
	return orUnknown(d.ARN)
}

func checkTaskDefinition(d TaskDefinition) Finding {
	if d.Fargate == No {
		return finding(TaskDefinitionPlatform, d, NotApplicable, "Fargate cannot run this task definition: its compatibilities do not contain FARGATE.")
	}
	wrong, unclear := d.Platform.faults()
	return platformFinding(TaskDefinitionPlatform, d, d.Fargate, wrong, unclear, d.Unknown, "LINUX / X86_64.")
}

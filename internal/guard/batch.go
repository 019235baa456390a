package guard

import "strings"

// Batch is the part of AWS Batch in a task: what it was launched for. Each
// member is empty where the record does not show it.
type Batch struct {
	JobQueue           string
	ComputeEnvironment string
}

// batchRole is the service-linked role with which AWS Batch calls ECS.
const batchRole = ":assumed-role/AWSServiceRoleForBatch/"

// IsBatch reports whether a session's ARN is AWS Batch's own.
func IsBatch(arn string) bool { return strings.Contains(arn, batchRole) }

// JobDefinition is the name of the job definition that AWS Batch registered the
// task definition for, which names its family after it; empty for everybody
// else's task definitions.
func (d TaskDefinition) JobDefinition() string {
	if !IsBatch(d.RegisteredBy) {
		return ""
	}
	return orUnknown(d.Family)
}

// JobDefinition is the name of the job definition that AWS Batch launched the
// task for; empty for everybody else's tasks.
func (t Task) JobDefinition() string {
	if t.Batch == nil {
		return ""
	}
	family, _, _ := strings.Cut(ShortDefinition(t.Definition), ":")
	return orUnknown(family)
}

// ShortDefinition is FAMILY:REVISION of a task definition's ARN, or what there
// is instead of one.
func ShortDefinition(arn string) string {
	if _, short, ok := strings.Cut(arn, ":task-definition/"); ok {
		return short
	}
	return arn
}

// definitionAdvice is what a person changes about a task definition. AWS Batch's
// own are made from job definitions, which are what a person can change.
func definitionAdvice(s State) string {
	if d, ok := s.(TaskDefinition); ok && d.JobDefinition() != "" {
		return batchAdvice(d.JobDefinition(), Batch{})
	}
	if d, ok := s.(TaskDefinition); ok && d.Managed == Yes {
		return "Register it again with runtimePlatform.operatingSystemFamily LINUX and runtimePlatform.cpuArchitecture X86_64, or without FARGATE in requiresCompatibilities if it is to run on ECS Managed Instances alone."
	}
	return "Register it again with runtimePlatform.operatingSystemFamily LINUX and runtimePlatform.cpuArchitecture X86_64, or leave runtimePlatform out."
}

// taskAdvice is what a person changes about a task: an advice in general, and
// another about AWS Batch's.
func taskAdvice(general string) func(State) string {
	return func(s State) string {
		if t, ok := s.(Task); ok && t.Batch != nil {
			return batchAdvice(t.JobDefinition(), *t.Batch)
		}
		return general
	}
}

func batchAdvice(jobDefinition string, b Batch) string {
	advice := "AWS Batch made it from job definition " + jobDefinition
	if b.JobQueue != "" {
		advice += ", for job queue " + b.JobQueue
	}
	if b.ComputeEnvironment != "" {
		advice += ", in compute environment " + b.ComputeEnvironment
	}
	return advice + ". Register a new revision of the job definition with runtimePlatform.operatingSystemFamily LINUX, " +
		"runtimePlatform.cpuArchitecture X86_64 and fargatePlatformConfiguration.platformVersion LATEST, and submit its jobs with that."
}

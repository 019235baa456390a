package ecsapi

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ObserveTask reads what a task is now, its definition where ECS does not show
// the operating system in the task, and the capacity provider that it runs on. A task that ECS no longer knows has
// stopped more than an hour ago.
func (a *Account) ObserveTask(ctx context.Context, t guard.Task) (guard.Task, error) {
	out, err := a.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: optional(t.Cluster), Tasks: []string{t.ARN}})
	if err != nil {
		t.Unknown = "ECS did not answer DescribeTasks"
		return t, fmt.Errorf("describe task %s: %w", t.ARN, err)
	}
	for i := range out.Tasks {
		if aws.ToString(out.Tasks[i].TaskArn) == t.ARN {
			observed, err := a.WithDefinition(ctx, taskState(&out.Tasks[i]))
			if err != nil {
				return observed, err
			}
			observed.Providers, err = a.observeProviders(ctx, observed.Providers)
			return observed, err
		}
	}
	for _, f := range out.Failures {
		if aws.ToString(f.Arn) == t.ARN && aws.ToString(f.Reason) == "MISSING" {
			t.LastStatus, t.DesiredStatus = "STOPPED", "STOPPED"
			return t, nil
		}
		t.Unknown = "ECS answered DescribeTasks with " + aws.ToString(f.Reason)
	}
	return t, nil
}

// WithDefinition completes the platform of a task that may be on Fargate from its
// definition, which is remembered.
func (a *Account) WithDefinition(ctx context.Context, t guard.Task) (guard.Task, error) {
	if t.Fargate == guard.No || t.Platform.OS != "" && t.Platform.Architecture != "" || t.Definition == "" {
		return t, nil
	}
	d, err := a.DefinitionOf(ctx, t.Definition)
	if err != nil {
		t.Unknown = "ECS did not answer DescribeTaskDefinition"
		return t, err
	}
	if t.Platform.OS == "" {
		t.Platform.OS = d.Platform.OS
	}
	if t.Platform.Architecture == "" {
		t.Platform.Architecture = d.Platform.Architecture
	}
	return t, nil
}

func (a *Account) stopTask(ctx context.Context, call guard.StopTask) (guard.Result, string, error) {
	out, err := a.ecs.StopTask(ctx, &ecs.StopTaskInput{
		Cluster: optional(call.Cluster), Task: aws.String(call.Task), Reason: aws.String(call.Reason),
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("stop task %s: %w", call.Task, err)
	}
	if out.Task == nil || aws.ToString(out.Task.DesiredStatus) != string(types.DesiredStatusStopped) {
		return guard.Unconfirmed, "AWS accepted the call without answering that the task is to stop.", nil
	}
	return guard.Answered, "AWS answered that the task is to stop.", nil
}

func taskState(t *types.Task) guard.Task {
	state := guard.Task{
		ARN:             aws.ToString(t.TaskArn),
		Cluster:         aws.ToString(t.ClusterArn),
		Group:           aws.ToString(t.Group),
		StartedBy:       aws.ToString(t.StartedBy),
		Batch:           batch(t.Overrides),
		Rejected:        guard.RejectedBy(aws.ToString(t.StoppedReason)),
		Definition:      aws.ToString(t.TaskDefinitionArn),
		Fargate:         guard.TaskOnFargate(string(t.LaunchType), aws.ToString(t.CapacityProviderName), aws.ToString(t.PlatformVersion)),
		Providers:       guard.ProvidersOf(string(t.LaunchType), one(t.CapacityProviderName), aws.ToString(t.ClusterArn)),
		PlatformVersion: guard.ResolvedVersion(aws.ToString(t.PlatformVersion)),
		LastStatus:      strings.ToUpper(aws.ToString(t.LastStatus)),
		DesiredStatus:   strings.ToUpper(aws.ToString(t.DesiredStatus)),
		Created:         aws.ToTime(t.CreatedAt),
		Pulled:          aws.ToTime(t.PullStartedAt),
		Containers:      containers(t),
	}
	if state.Service() != "" {
		state.Deployment = aws.ToString(t.StartedBy)
	}
	state.Platform.OS = strings.ToUpper(aws.ToString(t.PlatformFamily))
	for _, attribute := range t.Attributes {
		if aws.ToString(attribute.Name) == "ecs.cpu-architecture" {
			state.Platform.Architecture = strings.ToUpper(aws.ToString(attribute.Value))
		}
	}
	return state
}

// batch is what AWS Batch says of a task in its containers' environment, nil when
// it says nothing. Nothing else is read from there.
func batch(overrides *types.TaskOverride) *guard.Batch {
	if overrides == nil {
		return nil
	}
	var b guard.Batch
	for _, c := range overrides.ContainerOverrides {
		for _, e := range c.Environment {
			switch aws.ToString(e.Name) {
			case "AWS_BATCH_JQ_NAME":
				b.JobQueue = aws.ToString(e.Value)
			case "AWS_BATCH_CE_NAME":
				b.ComputeEnvironment = aws.ToString(e.Value)
			}
		}
	}
	if b == (guard.Batch{}) {
		return nil
	}
	return &b
}

// containers says of each container whether ECS Exec can run a command in it,
// as far as the task shows (ECS developer guide, "Monitor Amazon ECS containers
// with ECS Exec").
func containers(t *types.Task) []guard.Container {
	var list []guard.Container
	for _, c := range t.Containers {
		container := guard.Container{Name: aws.ToString(c.Name), RuntimeID: aws.ToString(c.RuntimeId)}
		switch {
		case !t.EnableExecuteCommand:
			container.Obstacle = "ECS Exec is off for the task"
		case aws.ToString(c.LastStatus) != "RUNNING":
			container.Obstacle = "container " + container.Name + " is not running"
		case !agentRuns(c):
			container.Obstacle = "the agent of ECS Exec is not running in container " + container.Name
		}
		list = append(list, container)
	}
	return list
}

func agentRuns(c types.Container) bool {
	for _, agent := range c.ManagedAgents {
		if agent.Name == types.ManagedAgentNameExecuteCommandAgent {
			return aws.ToString(agent.LastStatus) == "RUNNING"
		}
	}
	return false
}

// one is a list of a name, or of none where it is left out.
func one(name *string) []string {
	if aws.ToString(name) == "" {
		return nil
	}
	return []string{*name}
}

// optional is nil for an empty text, which ECS takes for its default.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

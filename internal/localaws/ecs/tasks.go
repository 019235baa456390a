package ecs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (e *ECS) taskOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"RunTask":       {Limit: taskWrites, Perform: input(e, e.runTask)},
		"StopTask":      {Limit: taskWrites, Perform: input(e, e.stopTask)},
		"DescribeTasks": {Limit: taskReads, Perform: input(e, e.describeTasks)},
		"ListTasks":     {Limit: taskReads, Perform: input(e, e.listTasks)},
	}
}

// runTask answers a repeated client token with the tasks of the first call.
func (e *ECS) runTask(c *call, in *sdk.RunTaskInput) (*sdk.RunTaskOutput, error) {
	count := 1
	if in.Count != nil {
		count = int(*in.Count)
	}
	if count < 1 || count > 10 {
		return nil, kernel.InvalidParameter("Count must be between 1 and 10.")
	}
	token := c.Principal.ARN + " " + aws.ToString(in.ClientToken)
	if tasks, ok := c.region.launched[token]; ok {
		return ran(tasks), nil
	}
	l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
	if err != nil {
		return nil, err
	}
	if !l.capacity.hasRoom() {
		return nil, kernel.InvalidParameter("No Container Instances were found in your cluster.")
	}
	if strings.HasPrefix(aws.ToString(in.Group), "service:") {
		return nil, kernel.InvalidParameter("Invalid namespace for group: service.")
	}
	l.group = cmp.Or(aws.ToString(in.Group), "family:"+*l.definition.Family)
	l.startedBy, l.owner, l.execute = in.StartedBy, c.Principal.ARN, in.EnableExecuteCommand
	l.overrides, l.tags = in.Overrides, in.Tags
	var tasks []*task
	for range count {
		tasks = append(tasks, e.start(c.region, l))
	}
	if aws.ToString(in.ClientToken) != "" {
		c.region.launched[token] = tasks
	}
	return ran(tasks), nil
}

func ran(tasks []*task) *sdk.RunTaskOutput {
	out := &sdk.RunTaskOutput{Failures: []types.Failure{}}
	for _, t := range tasks {
		out.Tasks = append(out.Tasks, t.Task)
	}
	return out
}

// launchOf checks and resolves what tasks, services and task sets have in
// common.
func (r *region) launchOf(
	c *call, clusterName, definition *string, launchType types.LaunchType, strategy []types.CapacityProviderStrategyItem,
	version *string, network *types.NetworkConfiguration,
) (launch, error) {
	var l launch
	var err error
	if l.cluster, err = r.cluster(clusterName); err != nil {
		return launch{}, err
	}
	if l.definition, err = r.usable(aws.ToString(definition), c.At); err != nil {
		return launch{}, err
	}
	if l.capacity, err = r.capacity(l.cluster, launchType, strategy); err != nil {
		return launch{}, err
	}
	if l.definition.NetworkMode == types.NetworkModeAwsvpc && network == nil {
		return launch{}, kernel.InvalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	if !l.capacity.fargate() {
		if aws.ToString(version) != "" {
			return launch{}, kernel.InvalidParameter("The platform version must be null when specifying an EC2 launch type.")
		}
		if l.capacity.managed != nil && !l.definition.supports(types.CompatibilityManagedInstances) {
			return launch{}, kernel.InvalidParameter("Task definition does not support launch_type MANAGED_INSTANCES.")
		}
		return l, nil
	}
	if !l.definition.supports(types.CompatibilityFargate) {
		return launch{}, kernel.InvalidParameter("Task definition does not support launch_type FARGATE.")
	}
	l.platformVersion, err = platformOf(l.definition.RuntimePlatform).resolveVersion(aws.ToString(version))
	return l, err
}

// stopTask may be repeated; the first reason stays.
func (e *ECS) stopTask(c *call, in *sdk.StopTaskInput) (*sdk.StopTaskOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	reason := cmp.Or(aws.ToString(in.Reason), "Task stopped by user")
	if len(reason) > 1024 {
		return nil, kernel.InvalidParameter("The reason must be no more than 1024 characters.")
	}
	t := c.region.taskIn(k, aws.ToString(in.Task))
	if t == nil {
		return nil, kernel.InvalidParameter("The referenced task was not found.")
	}
	e.stop(c.region, t, types.TaskStopCodeUserInitiated, reason)
	return &sdk.StopTaskOutput{Task: &t.Task}, nil
}

func (e *ECS) describeTasks(c *call, in *sdk.DescribeTasksInput) (*sdk.DescribeTasksOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if len(in.Tasks) == 0 || len(in.Tasks) > 100 {
		return nil, kernel.InvalidParameter("Tasks must have between 1 and 100 elements.")
	}
	out := &sdk.DescribeTasksOutput{Tasks: []types.Task{}, Failures: []types.Failure{}}
	for _, reference := range in.Tasks {
		if t := c.region.taskIn(k, reference); t != nil {
			out.Tasks = append(out.Tasks, t.Task)
		} else {
			out.Failures = append(out.Failures, missing(c.region, "task/"+k.name()+"/", reference))
		}
	}
	return out, nil
}

func (e *ECS) listTasks(c *call, in *sdk.ListTasksInput) (*sdk.ListTasksOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	group := ""
	if name := aws.ToString(in.ServiceName); name != "" {
		s, err := c.region.service(k, name)
		if err != nil {
			return nil, err
		}
		group = "service:" + s.name()
	}
	wantedFamily, startedBy := aws.ToString(in.Family), aws.ToString(in.StartedBy)
	arns := []string{}
	for _, t := range c.region.tasks {
		family := *c.region.definition(*t.TaskDefinitionArn).Family
		if *t.ClusterArn == k.arn() && *t.DesiredStatus == string(cmp.Or(in.DesiredStatus, types.DesiredStatusRunning)) &&
			(group == "" || *t.Group == group) &&
			(wantedFamily == "" || family == wantedFamily) &&
			(startedBy == "" || aws.ToString(t.StartedBy) == startedBy) &&
			(in.LaunchType == "" || t.LaunchType == in.LaunchType) {
			arns = append(arns, t.arn())
		}
	}
	slices.Sort(arns)
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return &sdk.ListTasksOutput{TaskArns: arns, NextToken: next}, err
}

// stoppedTaskLife: "Stopped tasks … remain available for at least one hour".
const stoppedTaskLife = time.Hour

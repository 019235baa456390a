package ecs

import (
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (o *rollout) taskSet() *types.TaskSet {
	running, pending := o.counts()
	set := &types.TaskSet{
		Id: &o.id, TaskSetArn: aws.String(o.taskSetARN()), ServiceArn: o.service.ServiceArn, ClusterArn: o.service.ClusterArn,
		Status: &o.status, TaskDefinition: o.launch.definition.TaskDefinitionArn,
		ComputedDesiredCount: o.want(), PendingCount: pending, RunningCount: running,
		LaunchType: o.launch.capacity.launchType, CapacityProviderStrategy: o.launch.capacity.strategy,
		PlatformVersion: orNil(o.launch.platformVersion), PlatformFamily: o.platformFamily(),
		NetworkConfiguration: o.network, Scale: &types.Scale{Value: o.scale, Unit: types.ScaleUnitPercent},
		StabilityStatus: types.StabilityStatusStabilizing, ExternalId: o.externalID,
		CreatedAt: &o.created, UpdatedAt: &o.updated,
	}
	if o.service.controller() == types.DeploymentControllerTypeCodeDeploy {
		set.StartedBy = aws.String("CODE_DEPLOY")
	}
	if running == o.want() && pending == 0 {
		set.StabilityStatus = types.StabilityStatusSteadyState
	}
	return set
}

// taskSetARN is arn:…:task-set/CLUSTER/SERVICE/ID.
func (o *rollout) taskSetARN() string {
	return strings.Replace(*o.service.ServiceArn, ":service/", ":task-set/", 1) + "/" + o.id
}

// taskSetNamed finds a task set of a service by identifier or ARN.
func (s *service) taskSetNamed(reference string) *rollout {
	for _, o := range s.rollouts {
		if !s.byECS() && (o.id == reference || o.taskSetARN() == reference) {
			return o
		}
	}
	return nil
}

func (e *ECS) taskSetOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"CreateTaskSet":               {Perform: input(e, e.createTaskSet)},
		"DescribeTaskSets":            {Perform: input(e, e.describeTaskSets)},
		"UpdateServicePrimaryTaskSet": {Perform: input(e, e.updateServicePrimaryTaskSet)},
	}
}

// createTaskSet adds a task set, which becomes the primary one only when it is
// made that.
func (e *ECS) createTaskSet(c *call, in *sdk.CreateTaskSetInput) (*sdk.CreateTaskSetOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if s.controller() != types.DeploymentControllerTypeExternal {
		return nil, kernel.InvalidParameter("Task sets can only be created in services with the EXTERNAL deployment controller.")
	}
	l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
	if err != nil {
		return nil, err
	}
	scale := 100.0
	if in.Scale != nil {
		scale = in.Scale.Value
	}
	if scale < 0 || scale > 100 {
		return nil, kernel.InvalidParameter("Scale must be between 0 and 100 percent.")
	}
	now := e.kernel.Clock.Now()
	o := &rollout{
		service: s, id: "ecs-svc/" + e.kernel.IDs.Digits(19), status: "ACTIVE", state: types.DeploymentRolloutStateInProgress, launch: l,
		version: aws.ToString(in.PlatformVersion), network: in.NetworkConfiguration, scale: scale, externalID: in.ExternalId,
		created: now, updated: now,
	}
	s.rollouts = slices.Insert(s.rollouts, 0, o)
	e.wake(c.region, s)
	return &sdk.CreateTaskSetOutput{TaskSet: o.taskSet()}, nil
}

func (e *ECS) describeTaskSets(c *call, in *sdk.DescribeTaskSetsInput) (*sdk.DescribeTaskSetsOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	out := &sdk.DescribeTaskSetsOutput{TaskSets: []types.TaskSet{}, Failures: []types.Failure{}}
	if len(in.TaskSets) == 0 && !s.byECS() {
		for _, o := range s.rollouts {
			out.TaskSets = append(out.TaskSets, *o.taskSet())
		}
	}
	for _, reference := range in.TaskSets {
		if o := s.taskSetNamed(reference); o != nil {
			out.TaskSets = append(out.TaskSets, *o.taskSet())
		} else {
			out.Failures = append(out.Failures, types.Failure{Arn: &reference, Reason: aws.String("MISSING")})
		}
	}
	return out, nil
}

func (e *ECS) updateServicePrimaryTaskSet(c *call, in *sdk.UpdateServicePrimaryTaskSetInput) (*sdk.UpdateServicePrimaryTaskSetOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if s.byECS() {
		return nil, kernel.InvalidParameter("The service has no task sets: its deployment controller is ECS.")
	}
	next := s.taskSetNamed(aws.ToString(in.PrimaryTaskSet))
	if next == nil {
		return nil, kernel.ClientError("TaskSetNotFoundException", "The specified task set wasn't found.")
	}
	for _, o := range s.rollouts {
		o.status = "ACTIVE"
	}
	next.status, next.updated = "PRIMARY", c.At
	s.show(next)
	return &sdk.UpdateServicePrimaryTaskSetOutput{TaskSet: next.taskSet()}, nil
}

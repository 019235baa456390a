package ecs

import (
	"encoding/json"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

type taskSet struct {
	ID                       string          `json:"id"`
	ARN                      string          `json:"taskSetArn"`
	ServiceARN               string          `json:"serviceArn"`
	ClusterARN               string          `json:"clusterArn"`
	Status                   string          `json:"status"`
	TaskDefinition           string          `json:"taskDefinition"`
	ComputedDesiredCount     int             `json:"computedDesiredCount"`
	PendingCount             int             `json:"pendingCount"`
	RunningCount             int             `json:"runningCount"`
	LaunchType               string          `json:"launchType,omitempty"`
	CapacityProviderStrategy []capacityUse   `json:"capacityProviderStrategy,omitempty"`
	PlatformVersion          string          `json:"platformVersion,omitempty"`
	PlatformFamily           string          `json:"platformFamily,omitempty"`
	NetworkConfiguration     json.RawMessage `json:"networkConfiguration,omitempty"`
	Scale                    taskSetScale    `json:"scale"`
	StabilityStatus          string          `json:"stabilityStatus"`
	StartedBy                string          `json:"startedBy,omitempty"`
	ExternalID               string          `json:"externalId,omitempty"`
	CreatedAt                *kernel.Moment  `json:"createdAt"`
	UpdatedAt                *kernel.Moment  `json:"updatedAt"`
}

type taskSetScale struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func (o *rollout) taskSet() taskSet {
	running, pending := o.counts()
	set := taskSet{
		ID: o.id, ARN: o.taskSetARN(), ServiceARN: o.service.ARN, ClusterARN: o.service.ClusterARN,
		Status: o.status, TaskDefinition: o.launch.definition.ARN,
		ComputedDesiredCount: o.want(), PendingCount: pending, RunningCount: running,
		LaunchType: o.launch.capacity.launchType, CapacityProviderStrategy: o.launch.capacity.strategy,
		PlatformVersion: o.launch.platformVersion, PlatformFamily: o.platformFamily(),
		NetworkConfiguration: o.network, Scale: taskSetScale{o.scale, "PERCENT"},
		StabilityStatus: "STABILIZING", ExternalID: o.externalID,
		CreatedAt: kernel.At(o.created), UpdatedAt: kernel.At(o.updated),
	}
	if o.service.controller() == "CODE_DEPLOY" {
		set.StartedBy = "CODE_DEPLOY"
	}
	if running == o.want() && pending == 0 {
		set.StabilityStatus = "STEADY_STATE"
	}
	return set
}

// taskSetARN is arn:…:task-set/CLUSTER/SERVICE/ID.
func (o *rollout) taskSetARN() string {
	return strings.Replace(o.service.ARN, ":service/", ":task-set/", 1) + "/" + o.id
}

// taskSetNamed finds a task set of a service by identifier or ARN.
func (s *service) taskSetNamed(reference string) *rollout {
	for _, o := range s.rollouts {
		if s.controller() != "ECS" && (o.id == reference || o.taskSetARN() == reference) {
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

type createTaskSetInput struct {
	Cluster                  string          `json:"cluster"`
	Service                  string          `json:"service"`
	TaskDefinition           string          `json:"taskDefinition"`
	LaunchType               string          `json:"launchType"`
	CapacityProviderStrategy []capacityUse   `json:"capacityProviderStrategy"`
	PlatformVersion          string          `json:"platformVersion"`
	NetworkConfiguration     json.RawMessage `json:"networkConfiguration"`
	Scale                    *taskSetScale   `json:"scale"`
	ExternalID               string          `json:"externalId"`
}

type taskSetOutput struct {
	TaskSet taskSet `json:"taskSet"`
}

// createTaskSet adds a task set, which becomes the primary one only when it is
// made that.
func (e *ECS) createTaskSet(c *call, in createTaskSetInput) (taskSetOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return taskSetOutput{}, err
	}
	if s.controller() != "EXTERNAL" {
		return taskSetOutput{}, kernel.InvalidParameter("Task sets can only be created in services with the EXTERNAL deployment controller.")
	}
	l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
	if err != nil {
		return taskSetOutput{}, err
	}
	scale := 100.0
	if in.Scale != nil {
		scale = in.Scale.Value
	}
	if scale < 0 || scale > 100 {
		return taskSetOutput{}, kernel.InvalidParameter("Scale must be between 0 and 100 percent.")
	}
	now := e.kernel.Clock.Now()
	o := &rollout{
		service: s, id: "ecs-svc/" + e.kernel.IDs.Digits(19), status: "ACTIVE", state: "IN_PROGRESS", launch: l,
		version: in.PlatformVersion, network: in.NetworkConfiguration, scale: scale, externalID: in.ExternalID,
		created: now, updated: now,
	}
	s.rollouts = slices.Insert(s.rollouts, 0, o)
	e.wake(c.region, s)
	return taskSetOutput{o.taskSet()}, nil
}

type describeTaskSetsInput struct {
	Cluster  string   `json:"cluster"`
	Service  string   `json:"service"`
	TaskSets []string `json:"taskSets"`
}

type describeTaskSetsOutput struct {
	TaskSets []taskSet `json:"taskSets"`
	Failures []failure `json:"failures"`
}

func (e *ECS) describeTaskSets(c *call, in describeTaskSetsInput) (describeTaskSetsOutput, error) {
	out := describeTaskSetsOutput{TaskSets: []taskSet{}, Failures: []failure{}}
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return out, err
	}
	if len(in.TaskSets) == 0 && s.controller() != "ECS" {
		for _, o := range s.rollouts {
			out.TaskSets = append(out.TaskSets, o.taskSet())
		}
	}
	for _, reference := range in.TaskSets {
		if o := s.taskSetNamed(reference); o != nil {
			out.TaskSets = append(out.TaskSets, o.taskSet())
		} else {
			out.Failures = append(out.Failures, failure{ARN: reference, Reason: "MISSING"})
		}
	}
	return out, nil
}

type updateServicePrimaryTaskSetInput struct {
	Cluster        string `json:"cluster"`
	Service        string `json:"service"`
	PrimaryTaskSet string `json:"primaryTaskSet"`
}

func (e *ECS) updateServicePrimaryTaskSet(c *call, in updateServicePrimaryTaskSetInput) (taskSetOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return taskSetOutput{}, err
	}
	if s.controller() == "ECS" {
		return taskSetOutput{}, kernel.InvalidParameter("The service has no task sets: its deployment controller is ECS.")
	}
	next := s.taskSetNamed(in.PrimaryTaskSet)
	if next == nil {
		return taskSetOutput{}, kernel.ClientError("TaskSetNotFoundException", "The specified task set wasn't found.")
	}
	for _, o := range s.rollouts {
		o.status = "ACTIVE"
	}
	next.status, next.updated = "PRIMARY", c.At
	s.show(next)
	return taskSetOutput{next.taskSet()}, nil
}

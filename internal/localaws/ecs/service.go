package ecs

import (
	"encoding/json"

	"fipsguard/internal/localaws/kernel"
)

// service is a service as DescribeServices shows it, but for the counts and
// lists that view fills in.
type service struct {
	ARN                           string                  `json:"serviceArn"`
	Name                          string                  `json:"serviceName"`
	ClusterARN                    string                  `json:"clusterArn"`
	Status                        string                  `json:"status"`
	DesiredCount                  int                     `json:"desiredCount"`
	RunningCount                  int                     `json:"runningCount"`
	PendingCount                  int                     `json:"pendingCount"`
	LaunchType                    string                  `json:"launchType,omitempty"`
	CapacityProviderStrategy      []capacityUse           `json:"capacityProviderStrategy,omitempty"`
	PlatformVersion               string                  `json:"platformVersion,omitempty"` // as asked for
	PlatformFamily                string                  `json:"platformFamily,omitempty"`
	TaskDefinition                string                  `json:"taskDefinition,omitempty"`
	DeploymentController          *deploymentController   `json:"deploymentController,omitempty"`
	DeploymentConfiguration       deploymentConfiguration `json:"deploymentConfiguration"`
	Deployments                   []deployment            `json:"deployments"`
	TaskSets                      []taskSet               `json:"taskSets,omitempty"`
	NetworkConfiguration          json.RawMessage         `json:"networkConfiguration,omitempty"`
	LoadBalancers                 []json.RawMessage       `json:"loadBalancers"`
	ServiceRegistries             []json.RawMessage       `json:"serviceRegistries"`
	HealthCheckGracePeriodSeconds *int                    `json:"healthCheckGracePeriodSeconds,omitempty"`
	SchedulingStrategy            string                  `json:"schedulingStrategy"`
	PropagateTags                 string                  `json:"propagateTags"`
	EnableECSManagedTags          bool                    `json:"enableECSManagedTags"`
	EnableExecuteCommand          bool                    `json:"enableExecuteCommand"`
	Events                        []serviceEvent          `json:"events"` // newest first
	CreatedAt                     *kernel.Moment          `json:"createdAt"`
	CreatedBy                     string                  `json:"createdBy"`
	Tags                          []json.RawMessage       `json:"tags,omitempty"`

	token    string
	rollouts []*rollout // newest first
	lastGood *rollout   // that completed last
	awake    bool       // the scheduler is going to look at it
}

type deploymentController struct {
	Type string `json:"type"`
}

type deploymentConfiguration struct {
	CircuitBreaker        circuitBreaker `json:"deploymentCircuitBreaker"`
	MaximumPercent        int            `json:"maximumPercent"`
	MinimumHealthyPercent int            `json:"minimumHealthyPercent"`
}

type circuitBreaker struct {
	Enable   bool `json:"enable"`
	Rollback bool `json:"rollback"`
}

type serviceEvent struct {
	ID        string         `json:"id"`
	CreatedAt *kernel.Moment `json:"createdAt"`
	Message   string         `json:"message"`
}

// controller is who rolls the service out: ECS, CODE_DEPLOY or EXTERNAL.
func (s *service) controller() string {
	if s.DeploymentController == nil {
		return "ECS"
	}
	return s.DeploymentController.Type
}

func (s *service) primary() *rollout {
	for _, o := range s.rollouts {
		if o.status == "PRIMARY" {
			return o
		}
	}
	return nil
}

// view is the service with the counts and rollouts of now.
func (s *service) view() service {
	now := *s
	now.Deployments = []deployment{}
	for _, o := range s.rollouts {
		running, pending := o.counts()
		now.RunningCount += running
		now.PendingCount += pending
		if s.controller() == "ECS" {
			now.Deployments = append(now.Deployments, o.deployment())
		} else {
			now.TaskSets = append(now.TaskSets, o.taskSet())
		}
	}
	return now
}

// service finds a service of a cluster by name or ARN; one that is INACTIVE
// only when no other has its name.
func (r *region) service(k *cluster, reference string) (*service, error) {
	name, ok := r.Named("ecs", "service/"+k.Name+"/", reference)
	var found *service
	for _, s := range r.services {
		if ok && s.Name == name && s.ClusterARN == k.ARN && (found == nil || s.Status != "INACTIVE") {
			found = s
		}
	}
	if found == nil {
		return nil, kernel.ClientError("ServiceNotFoundException", "Service not found.")
	}
	return found, nil
}

// activeService is a service that can be changed.
func (r *region) activeService(clusterName, reference string) (*service, error) {
	k, err := r.cluster(clusterName)
	if err != nil {
		return nil, err
	}
	s, err := r.service(k, reference)
	if err != nil {
		return nil, err
	}
	if s.Status != "ACTIVE" {
		return nil, kernel.ClientError("ServiceNotActiveException", "Service was not ACTIVE.")
	}
	return s, nil
}

package ecs

import (
	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// service is a service as DescribeServices shows it, but for the counts and
// lists that view fills in. Its events are the newest first.
type service struct {
	types.Service
	token    string
	rollouts []*rollout // newest first
	lastGood *rollout   // that completed last
	awake    bool       // the scheduler is going to check it
}

func (s *service) name() string { return *s.ServiceName }

func (s *service) status() string { return *s.Status }

// controller is who rolls the service out: ECS, CODE_DEPLOY or EXTERNAL.
func (s *service) controller() types.DeploymentControllerType {
	if s.DeploymentController == nil {
		return types.DeploymentControllerTypeEcs
	}
	return s.DeploymentController.Type
}

// byECS is whether ECS itself rolls the service out.
func (s *service) byECS() bool { return s.controller() == types.DeploymentControllerTypeEcs }

func (s *service) primary() *rollout {
	for _, o := range s.rollouts {
		if o.status == "PRIMARY" {
			return o
		}
	}
	return nil
}

// view is the service with the counts and rollouts of now.
func (s *service) view() *types.Service {
	now := s.Service
	now.Deployments = []types.Deployment{}
	for _, o := range s.rollouts {
		running, pending := o.counts()
		now.RunningCount += running
		now.PendingCount += pending
		if s.byECS() {
			now.Deployments = append(now.Deployments, o.deployment())
		} else {
			now.TaskSets = append(now.TaskSets, *o.taskSet())
		}
	}
	return &now
}

// configure changes what is given of a deployment configuration.
func (s *service) configure(given *types.DeploymentConfiguration) {
	next := *s.DeploymentConfiguration
	next.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{}
	if given.DeploymentCircuitBreaker != nil {
		next.DeploymentCircuitBreaker = given.DeploymentCircuitBreaker
	}
	if given.MaximumPercent != nil {
		next.MaximumPercent = given.MaximumPercent
	}
	if given.MinimumHealthyPercent != nil {
		next.MinimumHealthyPercent = given.MinimumHealthyPercent
	}
	s.DeploymentConfiguration = &next
}

// service finds a service of a cluster by name or ARN; one that is INACTIVE
// only when no other has its name.
func (r *region) service(k *cluster, reference string) (*service, error) {
	name, ok := r.Named("ecs", "service/"+k.name()+"/", reference)
	var found *service
	for _, s := range r.services {
		if ok && s.name() == name && *s.ClusterArn == k.arn() && (found == nil || s.status() != "INACTIVE") {
			found = s
		}
	}
	if found == nil {
		return nil, kernel.ClientError("ServiceNotFoundException", "Service not found.")
	}
	return found, nil
}

// activeService is a service that can be changed.
func (r *region) activeService(clusterName, reference *string) (*service, error) {
	k, err := r.cluster(clusterName)
	if err != nil {
		return nil, err
	}
	s, err := r.service(k, aws.ToString(reference))
	if err != nil {
		return nil, err
	}
	if s.status() != "ACTIVE" {
		return nil, kernel.ClientError("ServiceNotActiveException", "Service was not ACTIVE.")
	}
	return s, nil
}

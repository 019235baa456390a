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

// ObserveService reads what a service asks its scheduler for now: one state
// for the service, or one for each of its task sets where these decide. A
// service that ECS does not know any more has none.
func (a *Account) ObserveService(ctx context.Context, s guard.Service) ([]guard.Service, error) {
	name := s.ARN
	if name == "" {
		name = s.Name
	}
	if name == "" {
		return []guard.Service{s}, nil // nothing to ask for
	}
	out, err := a.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: optional(s.Cluster), Services: []string{name}})
	if err != nil {
		s.Unknown = "ECS did not answer DescribeServices"
		return []guard.Service{s}, fmt.Errorf("describe service %s: %w", name, err)
	}
	states, err := a.completed(ctx, out, s)
	for i := range states {
		if err == nil {
			states[i].Providers, err = a.observeProviders(ctx, states[i].Providers)
		}
	}
	return states, err
}

// completed is an answer of DescribeServices as states, with their definitions.
// asked is what a failure is about.
func (a *Account) completed(ctx context.Context, out *ecs.DescribeServicesOutput, asked guard.Service) ([]guard.Service, error) {
	var states []guard.Service
	for i := range out.Services {
		if aws.ToString(out.Services[i].Status) == "INACTIVE" {
			continue
		}
		states = append(states, serviceStates(&out.Services[i])...)
	}
	for _, f := range out.Failures {
		if aws.ToString(f.Reason) != "MISSING" {
			if asked.ARN == "" && asked.Name == "" {
				asked.ARN = aws.ToString(f.Arn)
			}
			asked.Unknown = "ECS answered DescribeServices with " + aws.ToString(f.Reason)
			states = append(states, asked)
		}
	}
	for i := range states {
		var err error
		if states[i], err = a.withServiceDefinition(ctx, states[i]); err != nil {
			return states, err
		}
	}
	return states, nil
}

func (a *Account) withServiceDefinition(ctx context.Context, s guard.Service) (guard.Service, error) {
	if s.Definition.ARN == "" || s.Fargate == guard.No {
		return s, nil
	}
	d, err := a.DefinitionOf(ctx, s.Definition.ARN)
	if err != nil {
		s.Unknown = "ECS did not answer DescribeTaskDefinition"
		return s, err
	}
	s.Definition = d
	s.Unknown = ""
	return s, nil
}

// serviceStates: with task sets the service itself has no definition.
func serviceStates(s *types.Service) []guard.Service {
	state := guard.Service{
		ARN:             aws.ToString(s.ServiceArn),
		Name:            aws.ToString(s.ServiceName),
		Cluster:         aws.ToString(s.ClusterArn),
		Definition:      guard.TaskDefinition{ARN: aws.ToString(s.TaskDefinition)},
		Fargate:         guard.CapacityOnFargate(string(s.LaunchType), providers(s.CapacityProviderStrategy), aws.ToString(s.PlatformVersion)),
		Providers:       guard.ProvidersOf(string(s.LaunchType), providers(s.CapacityProviderStrategy), aws.ToString(s.ClusterArn)),
		PlatformVersion: aws.ToString(s.PlatformVersion),
		Controller:      "ECS", // the API's default, which answers leave out
		DesiredCount:    int(s.DesiredCount),
	}
	if s.DeploymentController != nil {
		state.Controller = string(s.DeploymentController.Type)
	}
	state.Deployment = primary(s)
	if len(s.TaskSets) == 0 {
		return []guard.Service{state}
	}
	var states []guard.Service
	for i := range s.TaskSets {
		states = append(states, taskSetState(state, &s.TaskSets[i]))
	}
	return states
}

func taskSetState(service guard.Service, t *types.TaskSet) guard.Service {
	service.Definition = guard.TaskDefinition{ARN: aws.ToString(t.TaskDefinition)}
	service.Fargate = guard.CapacityOnFargate(string(t.LaunchType), providers(t.CapacityProviderStrategy), aws.ToString(t.PlatformVersion))
	service.Providers = guard.ProvidersOf(string(t.LaunchType), providers(t.CapacityProviderStrategy), service.Cluster)
	service.PlatformVersion = aws.ToString(t.PlatformVersion)
	service.Deployment = aws.ToString(t.Id)
	return service
}

// ObserveRemedy completes a service by what a remedy has to know: the revision
// to roll back to, where that would help, or the minimum that scaling to zero has to respect.
func (a *Account) ObserveRemedy(ctx context.Context, s guard.Service, remedy guard.ServiceRemedy) (guard.Service, error) {
	var err error
	switch remedy {
	case guard.RollBack:
		if s.Fargate == guard.No {
			return s, nil // on ECS Managed Instances no revision is any better
		}
		s.Replacement, err = a.compliantRevision(ctx, s.Definition.ARN)
	case guard.ScaleToZero:
		s, err = a.observeMinimum(ctx, s)
	case guard.AlertOnly:
	}
	return s, err
}

// observeMinimum reads Application Auto Scaling's minimum for a service, which
// undoes any lower desired count.
func (a *Account) observeMinimum(ctx context.Context, s guard.Service) (guard.Service, error) {
	if a.scaling == nil {
		return s, fmt.Errorf("read the minimum of %s: this function does not read Application Auto Scaling", s.ARN)
	}
	_, name, _ := strings.Cut(s.ARN, ":service/")
	least, err := a.scaling.Minimum(ctx, name)
	s.MinimumCount = max(s.MinimumCount, least)
	return s, err
}

func (a *Account) rollBack(ctx context.Context, call guard.RollBackService) (guard.Result, string, error) {
	out, err := a.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster:         optional(call.Cluster),
		Service:         aws.String(call.Service),
		TaskDefinition:  aws.String(call.TaskDefinition),
		PlatformVersion: aws.String(call.PlatformVersion),
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("roll back service %s: %w", call.Service, err)
	}
	if out.Service == nil || aws.ToString(out.Service.TaskDefinition) != call.TaskDefinition {
		return guard.Unconfirmed, "AWS accepted the call without answering the new task definition.", nil
	}
	return guard.Answered, "AWS answered that the service deploys " + call.TaskDefinition + " on platform version " + call.PlatformVersion + ".", nil
}

func (a *Account) scaleToZero(ctx context.Context, call guard.ScaleServiceToZero) (guard.Result, string, error) {
	out, err := a.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster:      optional(call.Cluster),
		Service:      aws.String(call.Service),
		DesiredCount: aws.Int32(int32(call.DesiredCount)),
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("scale service %s to %d: %w", call.Service, call.DesiredCount, err)
	}
	if out.Service == nil || out.Service.DesiredCount != int32(call.DesiredCount) {
		return guard.Unconfirmed, "AWS accepted the call without answering the new desired count.", nil
	}
	return guard.Answered, "AWS answered a desired count of 0.", nil
}

func providers(strategy []types.CapacityProviderStrategyItem) []string {
	list := make([]string, len(strategy))
	for i, item := range strategy {
		list[i] = aws.ToString(item.CapacityProvider)
	}
	return list
}

func (a *Account) redeploy(ctx context.Context, call guard.ForceNewDeployment) (guard.Result, string, error) {
	out, err := a.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster:            optional(call.Cluster),
		Service:            aws.String(call.Service),
		ForceNewDeployment: call.ForceNewDeployment,
	})
	if err != nil {
		return guard.Failed, "", fmt.Errorf("force a new deployment of service %s: %w", call.Service, err)
	}
	if out.Service == nil || primary(out.Service) == "" {
		return guard.Unconfirmed, "AWS accepted the call without answering the new deployment.", nil
	}
	return guard.Answered, "AWS answered deployment " + primary(out.Service) + ", which replaces the service's tasks at the pace of its configuration.", nil
}

// primary is the ID of the deployment that a service is going to.
func primary(s *types.Service) string {
	for _, d := range s.Deployments {
		if aws.ToString(d.Status) == "PRIMARY" {
			return aws.ToString(d.Id)
		}
	}
	return ""
}

package ecs

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (e *ECS) serviceOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"CreateService":    {Limit: serviceWrites, Perform: input(e, e.createService)},
		"UpdateService":    {Limit: serviceWrites, Perform: input(e, e.updateService)},
		"DeleteService":    {Perform: input(e, e.deleteService)},
		"DescribeServices": {Limit: serviceReads, Perform: input(e, e.describeServices)},
		"ListServices":     {Limit: serviceReads, Perform: input(e, e.listServices)},
	}
}

func (e *ECS) createService(c *call, in *sdk.CreateServiceInput) (*sdk.CreateServiceOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	token := aws.ToString(in.ClientToken)
	if old, err := c.region.service(k, aws.ToString(in.ServiceName)); err == nil && old.status() != "INACTIVE" {
		if token != "" && token == old.token {
			return &sdk.CreateServiceOutput{Service: old.view()}, nil
		}
		return nil, kernel.InvalidParameter("Creation of service was not idempotent.")
	}
	if err := validService(in); err != nil {
		return nil, err
	}
	s := newService(c, k, in)
	s.token = token
	if s.controller() != types.DeploymentControllerTypeExternal {
		l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
		if err != nil {
			return nil, err
		}
		e.rollOut(s, l, aws.ToString(in.PlatformVersion))
	}
	c.region.services = append(c.region.services, s)
	e.wake(c.region, s)
	return &sdk.CreateServiceOutput{Service: s.view()}, nil
}

func validService(in *sdk.CreateServiceInput) error {
	switch {
	case !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`).MatchString(aws.ToString(in.ServiceName)):
		return kernel.InvalidParameter("Invalid service name %q.", aws.ToString(in.ServiceName))
	case in.SchedulingStrategy != "" && in.SchedulingStrategy != types.SchedulingStrategyReplica:
		return kernel.InvalidParameter("This local account has no scheduling strategy %s.", in.SchedulingStrategy)
	case in.DesiredCount == nil:
		return kernel.InvalidParameter("desiredCount is required for scheduling strategy REPLICA.")
	case *in.DesiredCount < 0:
		return kernel.InvalidParameter("desiredCount must not be negative.")
	case in.DeploymentController == nil:
		return nil
	}
	switch in.DeploymentController.Type {
	case types.DeploymentControllerTypeEcs, types.DeploymentControllerTypeCodeDeploy:
		return nil
	case types.DeploymentControllerTypeExternal:
		if aws.ToString(in.TaskDefinition) != "" || in.LaunchType != "" || aws.ToString(in.PlatformVersion) != "" || in.NetworkConfiguration != nil {
			return kernel.InvalidParameter("Task definition, launch type, platform version and network configuration must be specified in the task set when using the EXTERNAL deployment controller.")
		}
		return nil
	}
	return kernel.InvalidParameter("Invalid deployment controller %q.", in.DeploymentController.Type)
}

func newService(c *call, k *cluster, in *sdk.CreateServiceInput) *service {
	s := &service{Service: types.Service{
		ServiceArn:  aws.String(c.region.ARN("ecs", "service/"+k.name()+"/"+*in.ServiceName)),
		ServiceName: in.ServiceName, ClusterArn: k.ClusterArn,
		Status: aws.String("ACTIVE"), DesiredCount: *in.DesiredCount,
		DeploymentController: in.DeploymentController,
		DeploymentConfiguration: &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{},
			MaximumPercent:           aws.Int32(200), MinimumHealthyPercent: aws.Int32(100),
		},
		NetworkConfiguration:          in.NetworkConfiguration,
		LoadBalancers:                 append([]types.LoadBalancer{}, in.LoadBalancers...),
		ServiceRegistries:             append([]types.ServiceRegistry{}, in.ServiceRegistries...),
		HealthCheckGracePeriodSeconds: in.HealthCheckGracePeriodSeconds,
		SchedulingStrategy:            types.SchedulingStrategyReplica,
		PropagateTags:                 cmp.Or(in.PropagateTags, types.PropagateTagsNone),
		EnableECSManagedTags:          in.EnableECSManagedTags,
		EnableExecuteCommand:          in.EnableExecuteCommand,
		Events:                        []types.ServiceEvent{},
		CreatedAt:                     &c.At,
		CreatedBy:                     &c.Principal.ARN,
		Tags:                          in.Tags,
	}}
	if in.DeploymentConfiguration != nil {
		s.configure(in.DeploymentConfiguration)
	}
	return s
}

// updateService makes a new deployment when what its tasks are made of
// changes, or when forced to.
func (e *ECS) updateService(c *call, in *sdk.UpdateServiceInput) (*sdk.UpdateServiceOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if in.DesiredCount != nil && *in.DesiredCount < 0 {
		return nil, kernel.InvalidParameter("desiredCount must not be negative.")
	}
	if err := s.allows(in); err != nil {
		return nil, err
	}
	if s.redeploys(in) {
		if err := e.redeploy(c, s, in); err != nil {
			return nil, err
		}
	}
	if in.DesiredCount != nil {
		s.DesiredCount = *in.DesiredCount
	}
	if in.DeploymentConfiguration != nil {
		s.configure(in.DeploymentConfiguration)
	}
	if in.HealthCheckGracePeriodSeconds != nil {
		s.HealthCheckGracePeriodSeconds = in.HealthCheckGracePeriodSeconds
	}
	e.wake(c.region, s)
	return &sdk.UpdateServiceOutput{Service: s.view()}, nil
}

// allows: with CODE_DEPLOY and EXTERNAL hardly more than the desired count can
// be changed here; the rest is the controller's.
func (s *service) allows(in *sdk.UpdateServiceInput) error {
	if s.byECS() {
		return nil
	}
	for what, given := range map[string]bool{
		"task definition":            aws.ToString(in.TaskDefinition) != "",
		"platform version":           aws.ToString(in.PlatformVersion) != "",
		"capacity provider strategy": in.CapacityProviderStrategy != nil,
		"network configuration":      in.NetworkConfiguration != nil,
	} {
		if given {
			return kernel.InvalidParameter("Unable to update %s on services with a %s deployment controller.", what, s.controller())
		}
	}
	if in.ForceNewDeployment {
		return kernel.InvalidParameter("Cannot force a new deployment on services with a %s deployment controller.", s.controller())
	}
	return nil
}

func (s *service) redeploys(in *sdk.UpdateServiceInput) bool {
	return in.ForceNewDeployment || aws.ToString(in.TaskDefinition) != "" || aws.ToString(in.PlatformVersion) != "" ||
		in.CapacityProviderStrategy != nil || in.NetworkConfiguration != nil ||
		in.EnableExecuteCommand != nil && *in.EnableExecuteCommand != s.EnableExecuteCommand
}

func (e *ECS) redeploy(c *call, s *service, in *sdk.UpdateServiceInput) error {
	definition := cmp.Or(aws.ToString(in.TaskDefinition), aws.ToString(s.TaskDefinition))
	shown := aws.ToString(s.PlatformVersion)
	version := cmp.Or(aws.ToString(in.PlatformVersion), shown)
	launchType, strategy := s.LaunchType, s.CapacityProviderStrategy
	if in.CapacityProviderStrategy != nil {
		launchType, strategy = "", in.CapacityProviderStrategy
	}
	network := cmp.Or(in.NetworkConfiguration, s.NetworkConfiguration)
	l, err := c.region.launchOf(c, s.ClusterArn, &definition, launchType, strategy, &version, network)
	if err != nil {
		return err
	}
	// Setting what is set already deploys nothing, unless forced.
	same := in.CapacityProviderStrategy == nil && in.NetworkConfiguration == nil &&
		l.definition.arn() == aws.ToString(s.TaskDefinition) && version == shown &&
		(in.EnableExecuteCommand == nil || *in.EnableExecuteCommand == s.EnableExecuteCommand)
	if same && !in.ForceNewDeployment {
		return nil
	}
	s.NetworkConfiguration = network
	if in.EnableExecuteCommand != nil {
		s.EnableExecuteCommand = *in.EnableExecuteCommand
	}
	e.rollOut(s, l, version)
	return nil
}

func (e *ECS) deleteService(c *call, in *sdk.DeleteServiceInput) (*sdk.DeleteServiceOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if s.DesiredCount > 0 && !aws.ToBool(in.Force) {
		return nil, kernel.InvalidParameter("The service cannot be stopped while it is scaled above 0.")
	}
	s.Status, s.DesiredCount = aws.String("DRAINING"), 0
	e.wake(c.region, s)
	return &sdk.DeleteServiceOutput{Service: s.view()}, nil
}

func (e *ECS) describeServices(c *call, in *sdk.DescribeServicesInput) (*sdk.DescribeServicesOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if len(in.Services) == 0 || len(in.Services) > 10 {
		return nil, kernel.InvalidParameter("Services must have between 1 and 10 elements.")
	}
	out := &sdk.DescribeServicesOutput{Services: []types.Service{}, Failures: []types.Failure{}}
	for _, reference := range in.Services {
		s, err := c.region.service(k, reference)
		if err != nil {
			out.Failures = append(out.Failures, missing(c.region, "service/"+k.name()+"/", reference))
			continue
		}
		out.Services = append(out.Services, *s.view())
	}
	return out, nil
}

func (e *ECS) listServices(c *call, in *sdk.ListServicesInput) (*sdk.ListServicesOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	arns := []string{}
	for _, s := range c.region.services {
		if *s.ClusterArn == k.arn() && s.status() == "ACTIVE" && (in.LaunchType == "" || s.LaunchType == in.LaunchType) {
			arns = append(arns, *s.ServiceArn)
		}
	}
	slices.Sort(arns)
	// "… between 1 and 100 results … If this parameter isn't used, then
	// ListServices returns up to 10 results" (API reference).
	if in.MaxResults == nil {
		in.MaxResults = aws.Int32(10)
	}
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return &sdk.ListServicesOutput{ServiceArns: arns, NextToken: next}, err
}

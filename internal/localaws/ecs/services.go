package ecs

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
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

type serviceOutput struct {
	Service service `json:"service"`
}

type createServiceInput struct {
	Cluster                       string                   `json:"cluster"`
	ServiceName                   string                   `json:"serviceName"`
	TaskDefinition                string                   `json:"taskDefinition"`
	DesiredCount                  *int                     `json:"desiredCount"`
	LaunchType                    string                   `json:"launchType"`
	CapacityProviderStrategy      []capacityUse            `json:"capacityProviderStrategy"`
	PlatformVersion               string                   `json:"platformVersion"`
	DeploymentController          *deploymentController    `json:"deploymentController"`
	DeploymentConfiguration       *deploymentConfiguration `json:"deploymentConfiguration"`
	NetworkConfiguration          json.RawMessage          `json:"networkConfiguration"`
	LoadBalancers                 []json.RawMessage        `json:"loadBalancers"`
	ServiceRegistries             []json.RawMessage        `json:"serviceRegistries"`
	HealthCheckGracePeriodSeconds *int                     `json:"healthCheckGracePeriodSeconds"`
	SchedulingStrategy            string                   `json:"schedulingStrategy"`
	PropagateTags                 string                   `json:"propagateTags"`
	EnableECSManagedTags          bool                     `json:"enableECSManagedTags"`
	EnableExecuteCommand          bool                     `json:"enableExecuteCommand"`
	ClientToken                   string                   `json:"clientToken"`
	Tags                          []json.RawMessage        `json:"tags"`
}

func (e *ECS) createService(c *call, in createServiceInput) (serviceOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return serviceOutput{}, err
	}
	if old, err := c.region.service(k, in.ServiceName); err == nil && old.Status != "INACTIVE" {
		if in.ClientToken != "" && in.ClientToken == old.token {
			return serviceOutput{old.view()}, nil
		}
		return serviceOutput{}, kernel.InvalidParameter("Creation of service was not idempotent.")
	}
	if err := in.valid(); err != nil {
		return serviceOutput{}, err
	}
	s := in.service(c, k)
	if s.controller() != "EXTERNAL" {
		l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
		if err != nil {
			return serviceOutput{}, err
		}
		e.rollOut(s, l, in.PlatformVersion)
	}
	c.region.services = append(c.region.services, s)
	e.wake(c.region, s)
	return serviceOutput{s.view()}, nil
}

func (in createServiceInput) valid() error {
	switch {
	case !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`).MatchString(in.ServiceName):
		return kernel.InvalidParameter("Invalid service name %q.", in.ServiceName)
	case in.SchedulingStrategy != "" && in.SchedulingStrategy != "REPLICA":
		return kernel.InvalidParameter("This local account has no scheduling strategy %s.", in.SchedulingStrategy)
	case in.DesiredCount == nil:
		return kernel.InvalidParameter("desiredCount is required for scheduling strategy REPLICA.")
	case *in.DesiredCount < 0:
		return kernel.InvalidParameter("desiredCount must not be negative.")
	case in.DeploymentController == nil:
		return nil
	}
	switch in.DeploymentController.Type {
	case "ECS", "CODE_DEPLOY":
		return nil
	case "EXTERNAL":
		if in.TaskDefinition != "" || in.LaunchType != "" || in.PlatformVersion != "" || in.NetworkConfiguration != nil {
			return kernel.InvalidParameter("Task definition, launch type, platform version and network configuration must be specified in the task set when using the EXTERNAL deployment controller.")
		}
		return nil
	}
	return kernel.InvalidParameter("Invalid deployment controller %q.", in.DeploymentController.Type)
}

func (in createServiceInput) service(c *call, k *cluster) *service {
	s := &service{
		ARN: c.region.ARN("ecs", "service/"+k.Name+"/"+in.ServiceName), Name: in.ServiceName, ClusterARN: k.ARN,
		Status: "ACTIVE", DesiredCount: *in.DesiredCount,
		DeploymentController:          in.DeploymentController,
		DeploymentConfiguration:       deploymentConfiguration{MaximumPercent: 200, MinimumHealthyPercent: 100},
		NetworkConfiguration:          in.NetworkConfiguration,
		LoadBalancers:                 append([]json.RawMessage{}, in.LoadBalancers...),
		ServiceRegistries:             append([]json.RawMessage{}, in.ServiceRegistries...),
		HealthCheckGracePeriodSeconds: in.HealthCheckGracePeriodSeconds,
		SchedulingStrategy:            "REPLICA",
		PropagateTags:                 cmp.Or(in.PropagateTags, "NONE"),
		EnableECSManagedTags:          in.EnableECSManagedTags,
		EnableExecuteCommand:          in.EnableExecuteCommand,
		Events:                        []serviceEvent{},
		CreatedAt:                     kernel.At(c.At),
		CreatedBy:                     c.Principal.ARN,
		Tags:                          in.Tags,
		token:                         in.ClientToken,
	}
	if in.DeploymentConfiguration != nil {
		s.configure(*in.DeploymentConfiguration)
	}
	return s
}

// configure changes what is given of a deployment configuration.
func (s *service) configure(given deploymentConfiguration) {
	s.DeploymentConfiguration = deploymentConfiguration{
		CircuitBreaker:        given.CircuitBreaker,
		MaximumPercent:        cmp.Or(given.MaximumPercent, s.DeploymentConfiguration.MaximumPercent),
		MinimumHealthyPercent: cmp.Or(given.MinimumHealthyPercent, s.DeploymentConfiguration.MinimumHealthyPercent),
	}
}

type updateServiceInput struct {
	Cluster                       string                   `json:"cluster"`
	Service                       string                   `json:"service"`
	TaskDefinition                string                   `json:"taskDefinition"`
	DesiredCount                  *int                     `json:"desiredCount"`
	PlatformVersion               string                   `json:"platformVersion"`
	ForceNewDeployment            bool                     `json:"forceNewDeployment"`
	CapacityProviderStrategy      []capacityUse            `json:"capacityProviderStrategy"`
	NetworkConfiguration          json.RawMessage          `json:"networkConfiguration"`
	DeploymentConfiguration       *deploymentConfiguration `json:"deploymentConfiguration"`
	HealthCheckGracePeriodSeconds *int                     `json:"healthCheckGracePeriodSeconds"`
	EnableExecuteCommand          *bool                    `json:"enableExecuteCommand"`
}

// updateService makes a new deployment when what its tasks are made of
// changes, or when forced to.
func (e *ECS) updateService(c *call, in updateServiceInput) (serviceOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return serviceOutput{}, err
	}
	if in.DesiredCount != nil && *in.DesiredCount < 0 {
		return serviceOutput{}, kernel.InvalidParameter("desiredCount must not be negative.")
	}
	if err := in.allowedBy(s.controller()); err != nil {
		return serviceOutput{}, err
	}
	if in.redeploys(s) {
		if err := e.redeploy(c, s, in); err != nil {
			return serviceOutput{}, err
		}
	}
	if in.DesiredCount != nil {
		s.DesiredCount = *in.DesiredCount
	}
	if in.DeploymentConfiguration != nil {
		s.configure(*in.DeploymentConfiguration)
	}
	if in.HealthCheckGracePeriodSeconds != nil {
		s.HealthCheckGracePeriodSeconds = in.HealthCheckGracePeriodSeconds
	}
	e.wake(c.region, s)
	return serviceOutput{s.view()}, nil
}

// allowedBy: with CODE_DEPLOY and EXTERNAL hardly more than the desired count
// can be changed here; the rest is the controller's.
func (in updateServiceInput) allowedBy(controller string) error {
	if controller == "ECS" {
		return nil
	}
	for what, given := range map[string]bool{
		"task definition":            in.TaskDefinition != "",
		"platform version":           in.PlatformVersion != "",
		"capacity provider strategy": in.CapacityProviderStrategy != nil,
		"network configuration":      in.NetworkConfiguration != nil,
	} {
		if given {
			return kernel.InvalidParameter("Unable to update %s on services with a %s deployment controller.", what, controller)
		}
	}
	if in.ForceNewDeployment {
		return kernel.InvalidParameter("Cannot force a new deployment on services with a %s deployment controller.", controller)
	}
	return nil
}

func (in updateServiceInput) redeploys(s *service) bool {
	return in.ForceNewDeployment || in.TaskDefinition != "" || in.PlatformVersion != "" ||
		in.CapacityProviderStrategy != nil || in.NetworkConfiguration != nil ||
		in.EnableExecuteCommand != nil && *in.EnableExecuteCommand != s.EnableExecuteCommand
}

func (e *ECS) redeploy(c *call, s *service, in updateServiceInput) error {
	definition := cmp.Or(in.TaskDefinition, s.TaskDefinition)
	version := cmp.Or(in.PlatformVersion, s.PlatformVersion)
	launchType, strategy := s.LaunchType, s.CapacityProviderStrategy
	if in.CapacityProviderStrategy != nil {
		launchType, strategy = "", in.CapacityProviderStrategy
	}
	network := in.NetworkConfiguration
	if network == nil {
		network = s.NetworkConfiguration
	}
	l, err := c.region.launchOf(c, s.ClusterARN, definition, launchType, strategy, version, network)
	if err != nil {
		return err
	}
	// Setting what is set already deploys nothing, unless forced.
	same := in.CapacityProviderStrategy == nil && in.NetworkConfiguration == nil &&
		l.definition.ARN == s.TaskDefinition && version == s.PlatformVersion &&
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

type deleteServiceInput struct {
	Cluster string `json:"cluster"`
	Service string `json:"service"`
	Force   bool   `json:"force"`
}

func (e *ECS) deleteService(c *call, in deleteServiceInput) (serviceOutput, error) {
	s, err := c.region.activeService(in.Cluster, in.Service)
	if err != nil {
		return serviceOutput{}, err
	}
	if s.DesiredCount > 0 && !in.Force {
		return serviceOutput{}, kernel.InvalidParameter("The service cannot be stopped while it is scaled above 0.")
	}
	s.Status, s.DesiredCount = "DRAINING", 0
	e.wake(c.region, s)
	return serviceOutput{s.view()}, nil
}

type describeServicesInput struct {
	Cluster  string   `json:"cluster"`
	Services []string `json:"services"`
}

type describeServicesOutput struct {
	Services []service `json:"services"`
	Failures []failure `json:"failures"`
}

func (e *ECS) describeServices(c *call, in describeServicesInput) (describeServicesOutput, error) {
	out := describeServicesOutput{Services: []service{}, Failures: []failure{}}
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	if len(in.Services) == 0 || len(in.Services) > 10 {
		return out, kernel.InvalidParameter("Services must have between 1 and 10 elements.")
	}
	for _, reference := range in.Services {
		s, err := c.region.service(k, reference)
		if err != nil {
			out.Failures = append(out.Failures, missing(c.region, "service/"+k.Name+"/", reference))
			continue
		}
		out.Services = append(out.Services, s.view())
	}
	return out, nil
}

type listServicesInput struct {
	Cluster    string `json:"cluster"`
	LaunchType string `json:"launchType"`
	listInput
}

type listServicesOutput struct {
	ARNs      []string `json:"serviceArns"`
	NextToken *string  `json:"nextToken,omitempty"`
}

func (e *ECS) listServices(c *call, in listServicesInput) (listServicesOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return listServicesOutput{}, err
	}
	arns := []string{}
	for _, s := range c.region.services {
		if s.ClusterARN == k.ARN && s.Status == "ACTIVE" && (in.LaunchType == "" || s.LaunchType == in.LaunchType) {
			arns = append(arns, s.ARN)
		}
	}
	slices.Sort(arns)
	// "… between 1 and 100 results … If this parameter isn't used, then
	// ListServices returns up to 10 results" (API reference).
	if in.MaxResults == nil {
		in.MaxResults = aws.Int32(10)
	}
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return listServicesOutput{arns, next}, err
}

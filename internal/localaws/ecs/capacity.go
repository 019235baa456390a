package ecs

import (
	"slices"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func isFargateProvider(name string) bool { return name == "FARGATE" || name == "FARGATE_SPOT" }

func notAssociated(provider string) error {
	return kernel.InvalidParameter("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster: %s.", provider)
}

// capacity is where something is launched.
type capacity struct {
	launchType types.LaunchType // FARGATE or EC2; empty with a strategy
	strategy   []types.CapacityProviderStrategyItem
	managed    *types.CapacityProvider // the first of the strategy, where that is of ECS Managed Instances
}

// capacity decides what a caller gets who asked for a launch type, a strategy,
// or neither: then the cluster's default strategy, and without one EC2.
func (r *region) capacity(k *cluster, launchType types.LaunchType, strategy []types.CapacityProviderStrategyItem) (capacity, error) {
	switch {
	case launchType != "" && len(strategy) > 0:
		return capacity{}, kernel.InvalidParameter("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	case launchType == types.LaunchTypeFargate || launchType == types.LaunchTypeEc2:
		return capacity{launchType: launchType}, nil
	case launchType == types.LaunchTypeManagedInstances: // API reference, RunTask
		return capacity{}, kernel.InvalidParameter("To use Amazon ECS Managed Instances, specify a capacityProviderStrategy and omit the launchType.")
	case launchType != "":
		return capacity{}, kernel.InvalidParameter("This local account has no capacity of launch type %s.", launchType)
	}
	if len(strategy) == 0 {
		strategy = k.DefaultCapacityProviderStrategy
	}
	for _, use := range strategy {
		if provider := aws.ToString(use.CapacityProvider); !slices.Contains(k.CapacityProviders, provider) {
			return capacity{}, notAssociated(provider)
		}
	}
	if len(strategy) == 0 {
		return capacity{launchType: types.LaunchTypeEc2}, nil
	}
	managed := 0
	for _, use := range strategy {
		if r.provider(aws.ToString(use.CapacityProvider)) != nil {
			managed++
		}
	}
	if managed > 0 && managed < len(strategy) {
		return capacity{}, kernel.InvalidParameter("The specified capacity provider strategy cannot mix capacity providers of Fargate and of ECS Managed Instances.")
	}
	c := capacity{strategy: strategy}
	if managed > 0 {
		c.managed = r.provider(aws.ToString(strategy[0].CapacityProvider))
	}
	return c, nil
}

func (c capacity) fargate() bool { return c.hasRoom() && c.managed == nil }

// hasRoom says whether there is anything to launch on: there are no instances of
// EC2.
func (c capacity) hasRoom() bool { return c.launchType != types.LaunchTypeEc2 }

// provider is that of the next task: the account has room enough for the first
// of the strategy.
func (c capacity) provider() *string {
	if len(c.strategy) == 0 {
		return nil
	}
	return c.strategy[0].CapacityProvider
}

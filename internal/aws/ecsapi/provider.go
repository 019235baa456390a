package ecsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"
)

// Providers are the capacity providers of ECS Managed Instances in clusters.
// Those of a cluster that ECS did not answer about are one of which nothing is
// known; the error says why.
func (i Inventory) Providers(ctx context.Context, clusters []string) ([]guard.CapacityProvider, error) {
	var providers collected[guard.CapacityProvider]
	var lookers errgroup.Group
	lookers.SetLimit(concurrency)
	for _, cluster := range clusters {
		lookers.Go(func() error {
			providers.add(i.providersOf(ctx, cluster))
			return nil
		})
	}
	_ = lookers.Wait() // they collect their errors
	slices.SortFunc(providers.list, func(a, b guard.CapacityProvider) int { return strings.Compare(a.ARN, b.ARN) })
	return providers.list, providers.err
}

func (i Inventory) providersOf(ctx context.Context, cluster string) ([]guard.CapacityProvider, error) {
	var found []guard.CapacityProvider
	in := &ecs.DescribeCapacityProvidersInput{Cluster: aws.String(cluster)}
	for {
		out, err := i.Lister.DescribeCapacityProviders(ctx, in)
		if err != nil {
			blind := guard.CapacityProvider{ARN: allOf(cluster, "capacity-provider"), Cluster: cluster, Unknown: "ECS did not answer DescribeCapacityProviders"}
			return append(found, blind), fmt.Errorf("describe capacity providers of %s: %w", cluster, err)
		}
		for _, p := range out.CapacityProviders {
			if p.ManagedInstancesProvider != nil || p.Type == types.CapacityProviderTypeManagedInstances {
				found = append(found, provider(p, cluster))
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return found, nil
		}
		in.NextToken = out.NextToken
	}
}

// provider: a fipsEnabled that is left out is on in GovCloud (docs/facts.md,
// section 20).
func provider(p types.CapacityProvider, cluster string) guard.CapacityProvider {
	state := guard.CapacityProvider{
		ARN: aws.ToString(p.CapacityProviderArn), Name: aws.ToString(p.Name), Cluster: cluster, Managed: guard.Yes,
	}
	if p.ManagedInstancesProvider == nil || p.ManagedInstancesProvider.InstanceLaunchTemplate == nil {
		state.Unknown = "ECS does not show its launch template"
		return state
	}
	switch fips := p.ManagedInstancesProvider.InstanceLaunchTemplate.FipsEnabled; {
	case fips == nil:
		state.FIPS, state.Omitted = guard.ModeOn, true
	case *fips:
		state.FIPS = guard.ModeOn
	default:
		state.FIPS = guard.ModeOff
	}
	return state
}

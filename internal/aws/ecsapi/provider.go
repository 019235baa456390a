package ecsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"
)

// Providers are the capacity providers in clusters, but for Fargate's. Those of a
// cluster that ECS did not answer about are one of which nothing is known; the
// error says why.
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
			if p.Type != types.CapacityProviderTypeFargate && p.Type != types.CapacityProviderTypeFargateSpot {
				found = append(found, provider(p, cluster))
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return found, nil
		}
		in.NextToken = out.NextToken
	}
}

// observeProviders reads capacity providers now, one after the other: a strategy
// names few. What ECS does not show stays unknown; an error says that it did not
// answer.
func (a *Account) observeProviders(ctx context.Context, named []guard.CapacityProvider) ([]guard.CapacityProvider, error) {
	read := slices.Clone(named)
	for i, p := range named {
		if p.Name == "" {
			continue
		}
		out, err := a.ecs.DescribeCapacityProviders(ctx, &ecs.DescribeCapacityProvidersInput{Cluster: optional(p.Cluster), CapacityProviders: []string{p.Name}})
		if err != nil {
			read[i].Unknown = "ECS did not answer DescribeCapacityProviders"
			return read, fmt.Errorf("describe capacity provider %s: %w", p.Name, err)
		}
		read[i].Unknown = "ECS does not show it"
		for _, found := range out.CapacityProviders {
			if aws.ToString(found.Name) == p.Name {
				read[i] = provider(found, p.Cluster)
			}
		}
		a.providers.keep(read[i], a.now())
	}
	return read, nil
}

// WithProviders completes what is known of a task's capacity providers. One that
// has FIPS mode on, or is not of ECS Managed Instances, is remembered for a
// minute: its tasks come in numbers, and it could only be replaced by another one
// of its name.
func (a *Account) WithProviders(ctx context.Context, t guard.Task) (guard.Task, error) {
	known := slices.Clone(t.Providers)
	for i, p := range known {
		if remembered, ok := a.providers.find(p, a.now()); ok {
			known[i] = remembered
			continue
		}
		read, err := a.observeProviders(ctx, known[i:i+1])
		if known[i] = read[0]; err != nil {
			t.Providers = known
			return t, err
		}
	}
	t.Providers = known
	return t, nil
}

// rememberedFor is how long a capacity provider is not read again.
const rememberedFor = time.Minute

// maxProviders bounds the memory of capacity providers.
const maxProviders = 1000

// providerCache remembers capacity providers that keep nothing from being
// launched.
type providerCache struct {
	mu    sync.Mutex
	known map[string]providerSeen // by cluster and name
}

type providerSeen struct {
	provider guard.CapacityProvider
	at       time.Time
}

func (c *providerCache) find(p guard.CapacityProvider, now time.Time) (guard.CapacityProvider, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen, ok := c.known[p.Cluster+" "+p.Name]
	return seen.provider, ok && now.Sub(seen.at).Abs() < rememberedFor
}

func (c *providerCache) keep(p guard.CapacityProvider, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := p.Cluster + " " + p.Name
	if p.Managed != guard.No && (p.Managed != guard.Yes || p.FIPS != guard.ModeOn) {
		delete(c.known, key)
		return
	}
	if c.known == nil || len(c.known) >= maxProviders {
		c.known = map[string]providerSeen{}
	}
	c.known[key] = providerSeen{p, now}
}

// provider: a fipsEnabled that is left out is on in GovCloud (docs/facts.md,
// section 20).
func provider(p types.CapacityProvider, cluster string) guard.CapacityProvider {
	state := guard.CapacityProvider{ARN: aws.ToString(p.CapacityProviderArn), Name: aws.ToString(p.Name), Cluster: cluster}
	switch {
	case p.ManagedInstancesProvider != nil || p.Type == types.CapacityProviderTypeManagedInstances:
		state.Managed = guard.Yes
	case p.AutoScalingGroupProvider != nil || p.Type == types.CapacityProviderTypeEc2Autoscaling:
		state.Managed = guard.No
		return state
	default:
		state.Unknown = "ECS does not show what kind of provider it is"
		return state
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

package ecs

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// cluster is a cluster as DescribeClusters shows it, but for the counts that
// counted fills in.
type cluster struct{ types.Cluster }

func (k *cluster) arn() string { return *k.ClusterArn }

func (k *cluster) name() string { return *k.ClusterName }

func (e *ECS) clusterOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"CreateCluster":    {Perform: input(e, e.createCluster)},
		"ListClusters":     {Limit: clusterReads, Perform: input(e, e.listClusters)},
		"DescribeClusters": {Limit: clusterReads, Perform: input(e, e.describeClusters)},
	}
}

// createCluster may be repeated: the cluster stays as it is.
func (e *ECS) createCluster(c *call, in *sdk.CreateClusterInput) (*sdk.CreateClusterOutput, error) {
	name := cmp.Or(aws.ToString(in.ClusterName), "default")
	if strings.ContainsAny(name, "/: ") || len(name) > 255 {
		return nil, kernel.InvalidParameter("Invalid cluster name %q.", name)
	}
	for _, use := range in.DefaultCapacityProviderStrategy {
		if provider := aws.ToString(use.CapacityProvider); !slices.Contains(in.CapacityProviders, provider) {
			return nil, notAssociated(provider)
		}
	}
	for _, provider := range in.CapacityProviders {
		if !isFargateProvider(provider) {
			return nil, kernel.InvalidParameter("The specified capacity provider %s was not found.", provider)
		}
	}
	if c.region.clusters[name] == nil {
		c.region.addCluster(name, in)
	}
	return &sdk.CreateClusterOutput{Cluster: c.region.counted(c.region.clusters[name])}, nil
}

func (r *region) addCluster(name string, in *sdk.CreateClusterInput) {
	r.clusters[name] = &cluster{types.Cluster{
		ClusterArn: aws.String(r.ARN("ecs", "cluster/"+name)), ClusterName: &name, Status: aws.String("ACTIVE"),
		CapacityProviders:               append([]string{}, in.CapacityProviders...),
		DefaultCapacityProviderStrategy: append([]types.CapacityProviderStrategyItem{}, in.DefaultCapacityProviderStrategy...),
		Settings:                        append([]types.ClusterSetting{}, in.Settings...),
		Tags:                            append([]types.Tag{}, in.Tags...),
	}}
}

// cluster finds a cluster by name or ARN; no reference is the default one.
func (r *region) cluster(reference *string) (*cluster, error) {
	name, ok := r.Named("ecs", "cluster/", cmp.Or(aws.ToString(reference), "default"))
	found := r.clusters[name]
	if !ok || found == nil {
		return nil, kernel.ClientError("ClusterNotFoundException", "Cluster not found.")
	}
	return found, nil
}

// counted is a cluster with the counts of now.
func (r *region) counted(k *cluster) *types.Cluster {
	now := k.Cluster
	for _, t := range r.tasks {
		switch {
		case *t.ClusterArn != k.arn() || t.status() == "STOPPED":
		case t.status() == "RUNNING":
			now.RunningTasksCount++
		case !t.stopping():
			now.PendingTasksCount++
		}
	}
	for _, s := range r.services {
		if *s.ClusterArn == k.arn() && s.status() == "ACTIVE" {
			now.ActiveServicesCount++
		}
	}
	return &now
}

func (e *ECS) listClusters(c *call, in *sdk.ListClustersInput) (*sdk.ListClustersOutput, error) {
	arns := []string{}
	for _, name := range slices.Sorted(maps.Keys(c.region.clusters)) {
		arns = append(arns, c.region.clusters[name].arn())
	}
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return &sdk.ListClustersOutput{ClusterArns: arns, NextToken: next}, err
}

func (e *ECS) describeClusters(c *call, in *sdk.DescribeClustersInput) (*sdk.DescribeClustersOutput, error) {
	out := &sdk.DescribeClustersOutput{Clusters: []types.Cluster{}, Failures: []types.Failure{}}
	if len(in.Clusters) == 0 {
		in.Clusters = []string{"default"}
	}
	if len(in.Clusters) > 100 {
		return nil, kernel.InvalidParameter("Clusters cannot have more than 100 elements.")
	}
	for _, reference := range in.Clusters {
		found, err := c.region.cluster(&reference)
		if err != nil {
			out.Failures = append(out.Failures, missing(c.region, "cluster/", reference))
			continue
		}
		out.Clusters = append(out.Clusters, *c.region.counted(found))
	}
	return out, nil
}

// missing is the failure for something that is not there.
func missing(r *region, prefix, reference string) types.Failure {
	if !strings.HasPrefix(reference, "arn:") {
		reference = r.ARN("ecs", prefix+reference)
	}
	return types.Failure{Arn: &reference, Reason: aws.String("MISSING")}
}

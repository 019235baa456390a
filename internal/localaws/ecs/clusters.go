package ecs

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

type cluster struct {
	ARN                             string            `json:"clusterArn"`
	Name                            string            `json:"clusterName"`
	Status                          string            `json:"status"`
	CapacityProviders               []string          `json:"capacityProviders"`
	DefaultCapacityProviderStrategy []capacityUse     `json:"defaultCapacityProviderStrategy"`
	Settings                        []json.RawMessage `json:"settings"`
	Tags                            []json.RawMessage `json:"tags"`
	RegisteredContainerInstances    int               `json:"registeredContainerInstancesCount"`
	RunningTasks                    int               `json:"runningTasksCount"`
	PendingTasks                    int               `json:"pendingTasksCount"`
	ActiveServices                  int               `json:"activeServicesCount"`
}

type capacityUse struct {
	CapacityProvider string `json:"capacityProvider"`
	Weight           int    `json:"weight"`
	Base             int    `json:"base"`
}

func (e *ECS) clusterOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"CreateCluster":    {Perform: input(e, e.createCluster)},
		"ListClusters":     {Limit: clusterReads, Perform: input(e, e.listClusters)},
		"DescribeClusters": {Limit: clusterReads, Perform: input(e, e.describeClusters)},
	}
}

type createClusterInput struct {
	ClusterName                     string            `json:"clusterName"`
	CapacityProviders               []string          `json:"capacityProviders"`
	DefaultCapacityProviderStrategy []capacityUse     `json:"defaultCapacityProviderStrategy"`
	Settings                        []json.RawMessage `json:"settings"`
	Tags                            []json.RawMessage `json:"tags"`
}

type clusterOutput struct {
	Cluster cluster `json:"cluster"`
}

// createCluster may be repeated: the cluster stays as it is.
func (e *ECS) createCluster(c *call, in createClusterInput) (clusterOutput, error) {
	name := cmp.Or(in.ClusterName, "default")
	if strings.ContainsAny(name, "/: ") || len(name) > 255 {
		return clusterOutput{}, kernel.InvalidParameter("Invalid cluster name %q.", name)
	}
	for _, use := range in.DefaultCapacityProviderStrategy {
		if !slices.Contains(in.CapacityProviders, use.CapacityProvider) {
			return clusterOutput{}, notAssociated(use.CapacityProvider)
		}
	}
	for _, provider := range in.CapacityProviders {
		if !isFargateProvider(provider) {
			return clusterOutput{}, kernel.InvalidParameter("The specified capacity provider %s was not found.", provider)
		}
	}
	if c.region.clusters[name] == nil {
		c.region.addCluster(name, in)
	}
	return clusterOutput{c.region.counted(c.region.clusters[name])}, nil
}

func (r *region) addCluster(name string, in createClusterInput) {
	r.clusters[name] = &cluster{
		ARN: r.ARN("ecs", "cluster/"+name), Name: name, Status: "ACTIVE",
		CapacityProviders:               append([]string{}, in.CapacityProviders...),
		DefaultCapacityProviderStrategy: append([]capacityUse{}, in.DefaultCapacityProviderStrategy...),
		Settings:                        append([]json.RawMessage{}, in.Settings...),
		Tags:                            append([]json.RawMessage{}, in.Tags...),
	}
}

// cluster finds a cluster by name or ARN; no reference is the default one.
func (r *region) cluster(reference string) (*cluster, error) {
	name, ok := r.Named("ecs", "cluster/", cmp.Or(reference, "default"))
	found := r.clusters[name]
	if !ok || found == nil {
		return nil, kernel.ClientError("ClusterNotFoundException", "Cluster not found.")
	}
	return found, nil
}

// counted is a cluster with the counts of now.
func (r *region) counted(k *cluster) cluster {
	now := *k
	for _, t := range r.tasks {
		switch {
		case t.ClusterARN != k.ARN || t.LastStatus == "STOPPED":
		case t.LastStatus == "RUNNING":
			now.RunningTasks++
		case !t.stopping():
			now.PendingTasks++
		}
	}
	for _, s := range r.services {
		if s.ClusterARN == k.ARN && s.Status == "ACTIVE" {
			now.ActiveServices++
		}
	}
	return now
}

type listInput struct {
	MaxResults *int32  `json:"maxResults"`
	NextToken  *string `json:"nextToken"`
}

type listClustersOutput struct {
	ARNs      []string `json:"clusterArns"`
	NextToken *string  `json:"nextToken,omitempty"`
}

func (e *ECS) listClusters(c *call, in listInput) (listClustersOutput, error) {
	arns := []string{}
	for _, name := range slices.Sorted(maps.Keys(c.region.clusters)) {
		arns = append(arns, c.region.clusters[name].ARN)
	}
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return listClustersOutput{arns, next}, err
}

type describeClustersInput struct {
	Clusters []string `json:"clusters"`
}

type describeClustersOutput struct {
	Clusters []cluster `json:"clusters"`
	Failures []failure `json:"failures"`
}

// failure is what a call could not do for one of the things it was asked for.
type failure struct {
	ARN    string `json:"arn"`
	Reason string `json:"reason"`
}

func (e *ECS) describeClusters(c *call, in describeClustersInput) (describeClustersOutput, error) {
	out := describeClustersOutput{Clusters: []cluster{}, Failures: []failure{}}
	if len(in.Clusters) == 0 {
		in.Clusters = []string{"default"}
	}
	if len(in.Clusters) > 100 {
		return out, kernel.InvalidParameter("Clusters cannot have more than 100 elements.")
	}
	for _, reference := range in.Clusters {
		found, err := c.region.cluster(reference)
		if err != nil {
			out.Failures = append(out.Failures, missing(c.region, "cluster/", reference))
			continue
		}
		out.Clusters = append(out.Clusters, c.region.counted(found))
	}
	return out, nil
}

// missing is the failure for something that is not there.
func missing(r *region, prefix, reference string) failure {
	if !strings.HasPrefix(reference, "arn:") {
		reference = r.ARN("ecs", prefix+reference)
	}
	return failure{ARN: reference, Reason: "MISSING"}
}

package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// cluster: one that was deleted is listed for a while, and is INACTIVE.
func (a Account) cluster(ctx context.Context, meant component.Meant) (map[string]any, error) {
	out, err := a.Tasks.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: []string{meant.Name}})
	if err != nil {
		return nil, err
	}
	if len(out.Clusters) == 0 || aws.ToString(out.Clusters[0].Status) == "INACTIVE" {
		return nil, errAbsent
	}
	return shape(out.Clusters[0])
}

// definition is the newest active revision of a family: the one that a witness
// runs.
func (a Account) definition(ctx context.Context, meant component.Meant) (map[string]any, error) {
	family := aws.String(meant.Name)
	active, err := a.Tasks.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{FamilyPrefix: family, Status: types.TaskDefinitionStatusActive})
	if err != nil {
		return nil, err
	}
	if len(active.TaskDefinitionArns) == 0 {
		return nil, errAbsent
	}
	out, err := a.Tasks.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: family})
	if err != nil {
		return nil, err
	}
	is, err := shape(out.TaskDefinition)
	if err != nil {
		return nil, err
	}
	containers, _ := is["ContainerDefinitions"].([]any)
	for _, c := range containers {
		if container, ok := c.(map[string]any); ok && container["Cpu"] == 0.0 {
			delete(container, "Cpu") // no share of its own
		}
	}
	return is, nil
}

// repository is of images. A policy of the repository, or one by which images
// expire, is a difference.
func (a Account) repository(ctx context.Context, meant component.Meant) (map[string]any, error) {
	var out struct {
		Repositories []struct{ ImageTagMutability string }
	}
	named := struct {
		Names []string `json:"repositoryNames"`
	}{[]string{meant.Name}}
	if err := ask(ctx, a.Images, "DescribeRepositories", named, &out); err != nil {
		return nil, err
	}
	if len(out.Repositories) == 0 {
		return nil, errAbsent
	}
	is := map[string]any{"ImageTagMutability": out.Repositories[0].ImageTagMutability}
	var policies struct{ PolicyText, LifecyclePolicyText *string }
	one := struct {
		Name string `json:"repositoryName"`
	}{meant.Name}
	for _, operation := range []string{"GetRepositoryPolicy", "GetLifecyclePolicy"} {
		if err := ask(ctx, a.Images, operation, one, &policies); err != nil && !absent(err) {
			return nil, err
		}
	}
	is["RepositoryPolicyText"] = document(policies.PolicyText)
	if policies.LifecyclePolicyText != nil {
		is["LifecyclePolicy"] = map[string]any{"LifecyclePolicyText": document(policies.LifecyclePolicyText)}
	}
	return is, nil
}

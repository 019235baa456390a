package readback

import (
	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// called is a change by one call.
func called(service func(*world) signedcall.JSON, operation string, in func(name string) map[string]any) func(*world, string, component.Meant) error {
	return func(w *world, _ string, m component.Meant) error {
		return ask(w.t.Context(), service(w), operation, in(m.Name), &struct{}{})
	}
}

func repositoryChanges() []change {
	call := func(operation string, more map[string]any) func(*world, string, component.Meant) error {
		return called(func(w *world) signedcall.JSON { return w.Images }, operation, func(name string) map[string]any {
			in := map[string]any{"repositoryName": name}
			for member, value := range more {
				in[member] = value
			}
			return in
		})
	}
	return []change{
		{"deletes it", missing, call("DeleteRepository", map[string]any{"force": true})},
		{"lets tags be moved", "ImageTagMutability is MUTABLE instead of IMMUTABLE", call("PutImageTagMutability", map[string]any{"imageTagMutability": "MUTABLE"})},
		{"lets everyone push", "RepositoryPolicyText", call("SetRepositoryPolicy", map[string]any{"policyText": everyone})},
		{"lets its images expire", "LifecyclePolicy", call("PutLifecyclePolicy", map[string]any{
			"lifecyclePolicyText": `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}`,
		})},
	}
}

func clusterChanges() []change {
	return []change{
		{"deletes it", missing, func(w *world, _ string, m component.Meant) error {
			return only(w.Tasks.DeleteCluster(w.t.Context(), &ecs.DeleteClusterInput{Cluster: &m.Name}))
		}},
		{"lets its tasks run elsewhere", "CapacityProviders is mine, and was not deployed", func(w *world, _ string, m component.Meant) error {
			return only(w.Tasks.PutClusterCapacityProviders(w.t.Context(), &ecs.PutClusterCapacityProvidersInput{
				Cluster: &m.Name, CapacityProviders: []string{"mine"}, DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
			}))
		}},
	}
}

func definitionChanges() []change {
	register := func(alter func(*ecs.RegisterTaskDefinitionInput)) func(*world, string, component.Meant) error {
		return func(w *world, _ string, m component.Meant) error {
			in := into[ecs.RegisterTaskDefinitionInput](w.t, m.Properties)
			in.Family = &m.Name
			alter(in)
			return only(w.Tasks.RegisterTaskDefinition(w.t.Context(), in))
		}
	}
	return []change{
		{"deregisters it", missing, func(w *world, _ string, m component.Meant) error {
			active, err := w.Tasks.ListTaskDefinitions(w.t.Context(), &ecs.ListTaskDefinitionsInput{FamilyPrefix: &m.Name, Status: "ACTIVE"})
			if err != nil {
				return err
			}
			for _, arn := range active.TaskDefinitionArns {
				if _, err := w.Tasks.DeregisterTaskDefinition(w.t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"registers one with another image", "ContainerDefinitions.Image is mine:latest instead of", register(func(in *ecs.RegisterTaskDefinitionInput) {
			in.ContainerDefinitions[0].Image = aws.String("mine:latest")
		})},
		{"registers one with a command", "ContainerDefinitions.Command", register(func(in *ecs.RegisterTaskDefinitionInput) { in.ContainerDefinitions[0].Command = []string{"true"} })},
		{"registers one with a role", "TaskRoleArn is", register(func(in *ecs.RegisterTaskDefinitionInput) {
			in.TaskRoleArn = aws.String("arn:aws-us-gov:iam::" + motoAccount + ":role/mine")
		})},
	}
}

func parameterChanges() []change {
	put := func(more map[string]any) func(*world, string, component.Meant) error {
		return called(func(w *world) signedcall.JSON { return w.Parameters }, "PutParameter", func(name string) map[string]any {
			in := map[string]any{"Name": name, "Type": "String", "Tier": "Advanced", "Value": "{}", "Overwrite": true}
			for member, value := range more {
				in[member] = value
			}
			return in
		})
	}
	return []change{
		{"deletes it", missing, called(func(w *world) signedcall.JSON { return w.Parameters }, "DeleteParameter", func(name string) map[string]any {
			return map[string]any{"Name": name}
		})},
		{"makes it again with room for less", "Tier is Standard instead of Advanced", put(map[string]any{"Tier": "Standard"})},
		{"makes it again as another type", "Type is SecureString instead of String", put(map[string]any{"Type": "SecureString"})},
		{"lets it expire", "Policies", put(map[string]any{
			"Policies": `[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2030-01-01T00:00:00.000Z"}}]`,
		})},
	}
}

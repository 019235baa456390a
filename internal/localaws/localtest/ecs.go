package localtest

import (
	"testing"

	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ECS is a principal's client.
func ECS(a *localaws.Account, p localaws.Principal, region string) *ecs.Client {
	return ecs.NewFromConfig(Config(a, p, region))
}

// FIPS is the setting that tests change.
const FIPS = types.SettingNameFargateFipsMode

// PutDefault sets the account's value.
func PutDefault(t *testing.T, client *ecs.Client, value string) error {
	t.Helper()
	_, err := client.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: FIPS, Value: &value})
	return err
}

// PutOwn sets a principal's own value: the caller's, when none is named.
func PutOwn(t *testing.T, client *ecs.Client, value, principal string) error {
	t.Helper()
	in := &ecs.PutAccountSettingInput{Name: FIPS, Value: &value}
	if principal != "" {
		in.PrincipalArn = &principal
	}
	_, err := client.PutAccountSetting(t.Context(), in)
	return err
}

// DeleteSetting deletes a principal's own value: the caller's, when none is
// named.
func DeleteSetting(t *testing.T, client *ecs.Client, principal string) error {
	t.Helper()
	in := &ecs.DeleteAccountSettingInput{Name: FIPS}
	if principal != "" {
		in.PrincipalArn = &principal
	}
	_, err := client.DeleteAccountSetting(t.Context(), in)
	return err
}

// Listed is fargateFIPSMode in a principal's list, as "value of whom".
func Listed(t *testing.T, client *ecs.Client, effective bool) string {
	t.Helper()
	out, err := client.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: FIPS, EffectiveSettings: effective})
	if err != nil {
		t.Fatalf("list account settings: %v", err)
	}
	if len(out.Settings) == 0 {
		return "nothing"
	}
	return aws.ToString(out.Settings[0].Value) + " of " + aws.ToString(out.Settings[0].PrincipalArn)
}

// FargateDefinition is a definition that can run on Fargate.
func FargateDefinition(family string) *ecs.RegisterTaskDefinitionInput {
	return &ecs.RegisterTaskDefinitionInput{
		Family:      &family,
		NetworkMode: types.NetworkModeAwsvpc,
		Cpu:         aws.String("1 vCPU"),
		Memory:      aws.String("2 GB"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String("public.ecr.aws/docker/library/busybox:stable"),
			Environment: []types.KeyValuePair{{Name: aws.String("COLOUR"), Value: aws.String("blue")}},
		}},
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
	}
}

// Register registers a definition and returns its ARN.
func Register(t *testing.T, client *ecs.Client, in *ecs.RegisterTaskDefinitionInput) string {
	t.Helper()
	out, err := client.RegisterTaskDefinition(t.Context(), in)
	if err != nil {
		t.Fatalf("register %s: %v", *in.Family, err)
	}
	return *out.TaskDefinition.TaskDefinitionArn
}

// Managed makes a capacity provider of ECS Managed Instances in the default
// cluster; without fips its template leaves fipsEnabled out.
func Managed(t *testing.T, client *ecs.Client, name string, fips *bool) {
	t.Helper()
	_, err := client.CreateCapacityProvider(t.Context(), &ecs.CreateCapacityProviderInput{
		Name: &name, Cluster: aws.String("default"),
		ManagedInstancesProvider: &types.CreateManagedInstancesProviderConfiguration{
			InfrastructureRoleArn: aws.String("arn:aws-us-gov:iam::111122223333:role/ecsInfrastructureRole"),
			InstanceLaunchTemplate: &types.InstanceLaunchTemplate{
				Ec2InstanceProfileArn: aws.String("arn:aws-us-gov:iam::111122223333:instance-profile/ecsInstanceRole"),
				NetworkConfiguration:  &types.ManagedInstancesNetworkConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}},
				FipsEnabled:           fips,
			},
		},
	})
	if err != nil {
		t.Fatalf("create capacity provider %s: %v", name, err)
	}
}

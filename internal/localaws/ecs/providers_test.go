package ecs_test

import (
	"testing"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// TestCapacityProvidersOfManagedInstances: what was asked for of fipsEnabled is
// what a scan reads, and no other provider is taken for one.
func TestCapacityProvidersOfManagedInstances(t *testing.T) {
	client := localtest.ECS(localtest.Start(t, localaws.Options{}), localaws.Everyone().Admin, localtest.West)
	for name, fips := range map[string]*bool{"off": aws.Bool(false), "on": aws.Bool(true), "omitted": nil} {
		_, err := client.CreateCapacityProvider(t.Context(), &ecs.CreateCapacityProviderInput{
			Name: aws.String(name), Cluster: aws.String("default"),
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
			t.Fatal(err)
		}
	}
	clusters := []string{"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/default", "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/gone"}
	found, err := ecsapi.Inventory{Lister: client}.Providers(t.Context(), clusters)
	if err == nil {
		t.Error("no error about a cluster that is not there")
	}
	got := map[string]guard.Verdict{}
	for _, p := range found {
		got[p.Subject()] = guard.Worst(guard.Check(p))
	}
	const arn = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/"
	want := map[string]guard.Verdict{arn + "off": guard.NonCompliant, arn + "on": guard.Compliant, arn + "omitted": guard.Compliant, arn + "gone/*": guard.InsufficientData}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("capacity providers (-want +got):\n%s", diff)
	}
	if _, err := client.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: aws.String("off"), Cluster: aws.String("default")}); err != nil {
		t.Error(err)
	}
	if found, _ := (ecsapi.Inventory{Lister: client}).Providers(t.Context(), clusters[:1]); len(found) != 2 {
		t.Errorf("after one was deleted there are %d", len(found))
	}
}

package localaws_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestTheStepsReplaceACapacityProvider: the commands that an alert shows, run word
// for word in a shell with the AWS CLI, leave everything on another provider that
// differs in fipsEnabled alone.
func TestTheStepsReplaceACapacityProvider(t *testing.T) {
	independent.Program(t, "aws")
	bash := independent.Program(t, "bash")
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Managed(t, client, "managed", aws.Bool(false))
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("managed"), Weight: 1}}
	if _, err := client.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
		Cluster: aws.String("default"), CapacityProviders: []string{"FARGATE", "managed"}, DefaultCapacityProviderStrategy: strategy,
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"web", "api"} {
		if _, err := client.CreateService(t.Context(), &ecs.CreateServiceInput{ // by the cluster's default strategy
			ServiceName: &name, TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(1),
			NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	inventory := ecsapi.Inventory{Account: ecsapi.NewAccount(client, nil, localtest.Noon), Lister: client}
	read := func() []guard.Finding {
		t.Helper()
		clusters, err := inventory.Clusters(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		services, _, err := inventory.Workloads(t.Context(), clusters, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		providers, err := inventory.Providers(t.Context(), clusters)
		if err != nil {
			t.Fatal(err)
		}
		var states []guard.State
		for _, p := range guard.UsedBy(providers, services, true) {
			states = append(states, p)
		}
		for _, s := range services {
			s.Providers = guard.Identified(s.Providers, providers)
			states = append(states, s)
		}
		return guard.CheckAll(states)
	}
	before := read()
	if len(before) != 3 || guard.Worst(before) != guard.NonCompliant || !strings.Contains(before[0].Reason, "Services that launch on it: api, web.") {
		t.Fatalf("before: %+v", before)
	}
	folder := t.TempDir()
	for _, step := range before[0].Steps() {
		run := exec.Command(bash, "-e", "-c", step.Command)
		run.Dir = folder
		run.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+a.Endpoint(), "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=",
			"AWS_ACCESS_KEY_ID="+localaws.Everyone().Admin.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+localaws.Everyone().Admin.SecretAccessKey)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%s\n%v: %s", step.Command, err, out)
		}
	}
	after := read()
	if len(after) != 3 || guard.Worst(after) != guard.Compliant || !strings.HasSuffix(after[0].Subject, ":capacity-provider/managed-fips") {
		t.Errorf("after: %+v", after)
	}
	made, err := client.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{Cluster: aws.String("default"), CapacityProviders: []string{"managed-fips"}})
	if err != nil || len(made.CapacityProviders) != 1 {
		t.Fatalf("%+v, %v", made, err)
	}
	template := made.CapacityProviders[0].ManagedInstancesProvider.InstanceLaunchTemplate
	if !aws.ToBool(template.FipsEnabled) || aws.ToString(template.Ec2InstanceProfileArn) == "" || len(template.NetworkConfiguration.Subnets) != 1 {
		t.Errorf("the replacement is not like the one it replaces: %+v", template)
	}
	clusters, err := client.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"default"}})
	if err != nil || *clusters.Clusters[0].DefaultCapacityProviderStrategy[0].CapacityProvider != "managed-fips" {
		t.Errorf("the default strategy is %+v, %v", clusters.Clusters[0].DefaultCapacityProviderStrategy, err)
	}
}

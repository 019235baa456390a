package ecs_test

import (
	"testing"
	"time"

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
		localtest.Managed(t, client, name, fips)
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

var network = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}

// TestTasksOnManagedInstances: they have the kernel of their provider, whatever the
// account's setting and their architecture, and no platform version.
func TestTasksOnManagedInstances(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Managed(t, client, "off", aws.Bool(false))
	localtest.Managed(t, client, "omitted", nil)
	_, err := client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("arm"), NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityManagedInstances},
		RuntimePlatform:         &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64},
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	run := func(in ecs.RunTaskInput) (*types.Task, error) {
		in.TaskDefinition, in.NetworkConfiguration = aws.String("arm"), network
		out, err := client.RunTask(t.Context(), &in)
		if err != nil {
			return nil, err
		}
		return &out.Tasks[0], nil
	}
	on := func(names ...string) (strategy []types.CapacityProviderStrategyItem) {
		for _, name := range names {
			strategy = append(strategy, types.CapacityProviderStrategyItem{CapacityProvider: aws.String(name), Weight: 1})
		}
		return strategy
	}
	for name, fips := range map[string]bool{"off": false, "omitted": true} {
		task, err := run(ecs.RunTaskInput{CapacityProviderStrategy: on(name)})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := a.TaskFIPS(*task.TaskArn); got != fips {
			t.Errorf("on %s the kernel is in FIPS mode: %t", name, got)
		}
		if task.LaunchType != types.LaunchTypeManagedInstances || aws.ToString(task.CapacityProviderName) != name || task.PlatformVersion != nil || task.ContainerInstanceArn == nil {
			t.Errorf("on %s the task is %+v", name, task)
		}
	}
	for what, in := range map[string]ecs.RunTaskInput{
		"a launch type":      {LaunchType: types.LaunchTypeManagedInstances},
		"a platform version": {CapacityProviderStrategy: on("omitted"), PlatformVersion: aws.String("1.4.0")},
		"a mix":              {CapacityProviderStrategy: on("omitted", "FARGATE")},
	} {
		if _, err := run(in); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	_, err = client.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("arm"), DesiredCount: aws.Int32(1), CapacityProviderStrategy: on("off"), NetworkConfiguration: network,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: aws.String("off")}); err == nil {
		t.Error("a provider that a service uses is deleted")
	}
}

// TestTheGuardReadsProvidersAnew: before it acts it sees the provider of a task and
// of a service as it is now. A provider with FIPS mode on is remembered for a
// minute, one without is not.
func TestTheGuardReadsProvidersAnew(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	now := localtest.Noon()
	account := ecsapi.NewAccount(client, nil, func() time.Time { return now })
	replace := func(fips bool) {
		t.Helper()
		_, _ = client.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: aws.String("managed")})
		localtest.Managed(t, client, "managed", &fips)
	}
	replace(false)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("managed"), Weight: 1}}
	ran, err := client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("web"), CapacityProviderStrategy: strategy, NetworkConfiguration: network})
	if err != nil {
		t.Fatal(err)
	}
	arn, cluster := *ran.Tasks[0].TaskArn, "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/default"
	named := guard.Task{ARN: arn, Cluster: cluster, Fargate: guard.No, Providers: guard.ProvidersOf("", []string{"managed"}, cluster)}
	for _, c := range []struct {
		name             string
		fips             bool
		later            time.Duration
		remembered, anew guard.Verdict
	}{
		{"FIPS mode off", false, 0, guard.NonCompliant, guard.NonCompliant},
		{"replaced by one with it on", true, 0, guard.Compliant, guard.Compliant},
		{"and by one without, in the same minute", false, time.Second, guard.Compliant, guard.NonCompliant},
		{"which is not remembered as on once it was read", false, 0, guard.NonCompliant, guard.NonCompliant},
	} {
		now = now.Add(c.later)
		replace(c.fips)
		known, err := account.WithProviders(t.Context(), named)
		if got := guard.Worst(guard.Check(known)); err != nil || got != c.remembered {
			t.Errorf("%s: it is known as %s, want %s, %v", c.name, got, c.remembered, err)
		}
		observed, err := account.ObserveTask(t.Context(), guard.Task{ARN: arn, Cluster: cluster})
		if got := guard.Worst(guard.Check(observed)); err != nil || got != c.anew {
			t.Errorf("%s: the task is read as %s, want %s, %v", c.name, got, c.anew, err)
		}
	}
	if _, err := client.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(1), CapacityProviderStrategy: strategy, NetworkConfiguration: network,
	}); err != nil {
		t.Fatal(err)
	}
	services, err := account.ObserveService(t.Context(), guard.Service{Name: "web", Cluster: cluster})
	if err != nil || len(services) != 1 || guard.Worst(guard.Check(services[0])) != guard.NonCompliant {
		t.Errorf("the service is read as %+v, %v", services, err)
	}
}

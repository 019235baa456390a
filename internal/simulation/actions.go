package simulation

import (
	"context"
	"fmt"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// What people do, and what happens to them. After each of their calls the
// guard has the time to respond.

func putDefault(ctx context.Context, a *Account, said phrase) error {
	_, err := a.as(said.who).PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{
		Name: guard.SettingName, Value: settingValue(said.on),
	})
	return err
}

func settingValue(on bool) *string {
	if on {
		return aws.String("enabled")
	}
	return aws.String("disabled")
}

func deleteDefault(ctx context.Context, a *Account, _ phrase) error {
	_, err := a.as(a.People.Root).DeleteAccountSetting(ctx, &ecs.DeleteAccountSettingInput{Name: guard.SettingName})
	return err
}

func putOverride(ctx context.Context, a *Account, said phrase) error {
	_, err := a.as(said.who).PutAccountSetting(ctx, &ecs.PutAccountSettingInput{
		Name: guard.SettingName, Value: settingValue(said.on), PrincipalArn: otherARN(said),
	})
	return err
}

func deleteOverride(ctx context.Context, a *Account, said phrase) error {
	_, err := a.as(said.who).DeleteAccountSetting(ctx, &ecs.DeleteAccountSettingInput{
		Name: guard.SettingName, PrincipalArn: otherARN(said),
	})
	return err
}

// otherARN names a principal to someone else, as a call has to.
func otherARN(said phrase) *string {
	if said.whom.ARN == said.who.ARN {
		return nil
	}
	return aws.String(said.whom.ARN)
}

func registerOne(ctx context.Context, a *Account, said phrase) error {
	return register(ctx, a, said, said.name)
}

func registerManaged(ctx context.Context, a *Account, said phrase) error {
	said.managed = true
	return register(ctx, a, said, said.name)
}

func registerMany(ctx context.Context, a *Account, said phrase) error {
	for i := range said.number {
		if err := register(ctx, a, said, fmt.Sprintf("%s-%d", said.name, i)); err != nil {
			return err
		}
		if err := a.AWS.Drain(ctx); err != nil {
			return err
		}
	}
	return nil
}

// register registers a task definition for Fargate or Managed Instances, as
// Terraform would.
func register(ctx context.Context, a *Account, said phrase, family string) error {
	capacity := types.CompatibilityFargate
	if said.managed {
		capacity = types.CompatibilityManagedInstances
	}
	_, err := a.as(said.who).RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family:                  aws.String(family),
		RequiresCompatibilities: []types.Compatibility{capacity},
		NetworkMode:             types.NetworkModeAwsvpc,
		Cpu:                     aws.String("256"),
		Memory:                  aws.String("512"),
		RuntimePlatform:         said.platform,
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example/" + family)}},
	})
	return err
}

// createService creates a service of the task definition of its name.
func createService(ctx context.Context, a *Account, said phrase) error {
	_, err := a.as(said.who).CreateService(ctx, &ecs.CreateServiceInput{
		ServiceName: aws.String(said.name), TaskDefinition: aws.String(said.name), DesiredCount: aws.Int32(int32(said.number)),
		LaunchType: launchType(said), CapacityProviderStrategy: strategy(said),
		PlatformVersion: orNil(said.version), EnableExecuteCommand: said.exec, NetworkConfiguration: network(),
	})
	return err
}

// launchType is Fargate, unless a capacity provider is named.
func launchType(said phrase) types.LaunchType {
	if said.provider != "" {
		return ""
	}
	return types.LaunchTypeFargate
}

func strategy(said phrase) []types.CapacityProviderStrategyItem {
	if said.provider == "" {
		return nil
	}
	return []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String(said.provider), Weight: 1}}
}

// createProvider creates a capacity provider of ECS Managed Instances. With FIPS
// mode on, its template leaves fipsEnabled out, which is on in GovCloud.
func createProvider(ctx context.Context, a *Account, said phrase) error {
	template := types.InstanceLaunchTemplate{
		Ec2InstanceProfileArn: aws.String("arn:aws-us-gov:iam::" + localaws.AccountID + ":instance-profile/ecsInstanceRole"),
		NetworkConfiguration:  &types.ManagedInstancesNetworkConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}},
	}
	if !said.on {
		template.FipsEnabled = aws.Bool(false)
	}
	_, err := a.as(said.who).CreateCapacityProvider(ctx, &ecs.CreateCapacityProviderInput{
		Name: aws.String(said.provider), Cluster: aws.String("default"),
		ManagedInstancesProvider: &types.CreateManagedInstancesProviderConfiguration{
			InfrastructureRoleArn: aws.String("arn:aws-us-gov:iam::" + localaws.AccountID + ":role/ecsInfrastructureRole"), InstanceLaunchTemplate: &template,
		},
	})
	return err
}

func runTask(ctx context.Context, a *Account, said phrase) error {
	out, err := a.as(said.who).RunTask(ctx, &ecs.RunTaskInput{
		TaskDefinition: aws.String(said.name), LaunchType: launchType(said), CapacityProviderStrategy: strategy(said), PlatformVersion: orNil(said.version),
		EnableExecuteCommand: said.exec, NetworkConfiguration: network(),
	})
	if err != nil {
		return err
	}
	if len(out.Tasks) != 1 {
		return fmt.Errorf("ECS started %d tasks", len(out.Tasks))
	}
	return nil
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

func network() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}
}

// scanAccount scans as the verifier's function does: where invocations happen one
// after the other, what the scan causes comes after it.
func scanAccount(ctx context.Context, a *Account, _ phrase) error {
	ended := make(chan error, 1)
	a.AWS.Go(func(ctx context.Context) { ended <- a.scan(ctx, "simulated scan") })
	a.AWS.Lock()
	a.AWS.Flush()
	a.AWS.Unlock()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func pass(ctx context.Context, a *Account, said phrase) error {
	return a.AWS.Advance(ctx, said.duration)
}

// stopTrail leaves EventBridge without CloudTrail's events; the event history
// goes on.
func stopTrail(_ context.Context, a *Account, _ phrase) error { return a.setTrail(false) }

func startTrail(_ context.Context, a *Account, _ phrase) error { return a.setTrail(true) }

func injectFault(_ context.Context, a *Account, said phrase) error {
	a.inject(said)
	return nil
}

// removeCat takes the program that the verifier runs out of the containers of
// a family's running tasks.
func removeCat(ctx context.Context, a *Account, said phrase) error {
	var tasks []string
	err := a.unseen(func() (err error) {
		tasks, err = tasksOf(ctx, a, said.name)
		return err
	})
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		return fmt.Errorf("no task of %s is running", said.name)
	}
	for _, task := range tasks {
		if err := a.removeCat(task); err != nil {
			return err
		}
	}
	return nil
}

// tasksOf are the ARNs of the tasks of a family that nobody stopped; without a
// family, of all.
func tasksOf(ctx context.Context, a *Account, family string) ([]string, error) {
	var tasks []string
	pages := ecs.NewListTasksPaginator(a.as(a.People.Admin), &ecs.ListTasksInput{
		Family: orNil(family), DesiredStatus: types.DesiredStatusRunning,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, page.TaskArns...)
	}
	return tasks, nil
}

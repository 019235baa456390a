package simulation

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func workloadScenarios() []closure {
	return []closure{
		{
			name:   "arm64",
			story:  "A pipeline registers an ARM64 task definition for Fargate.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				_, err := registerC(ctx, s, "reports", arm64())
				return err
			},
			expect: rejected("reports:1"),
		},
		{
			name:   "windows",
			story:  "A pipeline registers a Windows task definition for Fargate.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				_, err := registerC(ctx, s, "billing", &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core})
				return err
			},
			expect: rejected("billing:1"),
		},
		{
			name:   "platform-1.3.0",
			story:  "Somebody launches a task on platform version 1.3.0.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				if _, err := registerC(ctx, s, "web", nil); err != nil {
					return err
				}
				_, err := s.as(s.People.Admin).RunTask(ctx, &ecs.RunTaskInput{
					TaskDefinition: aws.String("web"), LaunchType: types.LaunchTypeFargate, PlatformVersion: aws.String("1.3.0"),
					NetworkConfiguration: networkC(),
				})
				if err != nil {
					return err
				}
				return s.AWS.Advance(ctx, 2*time.Minute)
			},
			expect: stoppedBeforeRunning,
		},
		{
			name:   "bad-service",
			story:  "A service is created on platform version 1.3.0; its scheduler starts what the guard stops.",
			policy: guard.DefaultPolicy,
			play:   playBadService,
			expect: serviceBounded,
		},
		{
			name:   "storm",
			story:  "A deployment gone wrong registers 500 ARM64 task definitions.",
			policy: guard.DefaultPolicy,
			play: func(ctx context.Context, s *Account) error {
				for i := range stormSize {
					if _, err := registerC(ctx, s, fmt.Sprintf("storm-%d", i), arm64()); err != nil {
						return err
					}
				}
				return nil
			},
			expect: stormBounded,
		},
		{
			name:   "expired-exemption",
			story:  "Two ARM64 families were exempt. One exemption ended yesterday, the other ends in three days.",
			policy: exemptions,
			play: func(ctx context.Context, s *Account) error {
				for _, family := range []string{"legacy-expired", "legacy-exempt"} {
					if _, err := registerC(ctx, s, family, arm64()); err != nil {
						return err
					}
				}
				return nil
			},
			expect: onlyTheExemptStands,
		},
	}
}

const stormSize = 500

func arm64() *types.RuntimePlatform {
	return &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64}
}

// register registers a task definition for Fargate as Terraform would.
func registerC(ctx context.Context, s *Account, family string, platform *types.RuntimePlatform) (string, error) {
	out, err := s.as(s.People.Terraform).RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family:                  aws.String(family),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode:             types.NetworkModeAwsvpc,
		Cpu:                     aws.String("256"),
		Memory:                  aws.String("512"),
		RuntimePlatform:         platform,
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example/" + family)}},
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.TaskDefinition.TaskDefinitionArn), s.AWS.Drain(ctx)
}

func networkC() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}
}

func isActive(ctx context.Context, s *Account, definition string) (bool, error) {
	out, err := s.as(s.People.Admin).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(definition)})
	if err != nil {
		return false, err
	}
	return out.TaskDefinition.Status == types.TaskDefinitionStatusActive, nil
}

func rejected(definition string) func(context.Context, *Account, []Activity) (string, error) {
	return func(ctx context.Context, s *Account, happened []Activity) (string, error) {
		active, err := isActive(ctx, s, definition)
		if err != nil {
			return "", err
		}
		if active || len(alerts(happened)) != 1 {
			return "", fmt.Errorf("%s is active: %t, %d alerts", definition, active, len(alerts(happened)))
		}
		return definition + " is deregistered; one alert says who registered it and what to change.", nil
	}
}

// statuses counts the state changes of tasks by status.
func statuses(happened []Activity) map[string]int {
	count := map[string]int{}
	for _, h := range happened {
		if h.Event == nil {
			continue
		}
		event, err := trail.Decode(h.Event)
		if err != nil || len(event.States) == 0 {
			continue
		}
		if task, ok := event.States[0].(guard.Task); ok {
			count[task.LastStatus]++
		}
	}
	return count
}

func stoppedBeforeRunning(ctx context.Context, s *Account, happened []Activity) (string, error) {
	running, err := s.as(s.People.Admin).ListTasks(ctx, &ecs.ListTasksInput{DesiredStatus: types.DesiredStatusRunning})
	if err != nil {
		return "", err
	}
	if len(running.TaskArns) != 0 || len(alerts(happened)) != 1 {
		return "", fmt.Errorf("%d tasks are not stopped, %d alerts, want 0 and 1", len(running.TaskArns), len(alerts(happened)))
	}
	return "The task was stopped before it ran, with the rule as the reason; one alert, not one for each state change.", nil
}

func playBadService(ctx context.Context, s *Account) error {
	if _, err := registerC(ctx, s, "web", nil); err != nil {
		return err
	}
	_, err := s.as(s.People.Terraform).CreateService(ctx, &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(2),
		LaunchType: types.LaunchTypeFargate, PlatformVersion: aws.String("1.3.0"), NetworkConfiguration: networkC(),
	})
	if err != nil {
		return err
	}
	return s.AWS.Advance(ctx, time.Hour)
}

// maxStarted is how many tasks a service of two may start in an hour in which
// none reaches RUNNING.
const maxStarted = 100

func serviceBounded(_ context.Context, _ *Account, happened []Activity) (string, error) {
	count := statuses(happened)
	if started := count["PROVISIONING"]; started == 0 || started > maxStarted || count["RUNNING"] > 0 {
		return "", fmt.Errorf("in an hour %d tasks were started and %d ran", started, count["RUNNING"])
	}
	if sent := len(alerts(happened)); sent == 0 || sent > 12 {
		return "", fmt.Errorf("%d alerts in an hour", sent)
	}
	return fmt.Sprintf("In a simulated hour the scheduler backed off: %d tasks started, none ran, %d alerts.", count["PROVISIONING"], len(alerts(happened))), nil
}

func stormBounded(_ context.Context, _ *Account, happened []Activity) (string, error) {
	corrected := 0
	for _, h := range happened {
		if h.Call != nil && h.Call.Operation == "ecs:DeregisterTaskDefinition" && h.Call.ErrorCode == "" {
			corrected++
		}
	}
	if lost := stormSize - corrected; lost != 0 {
		return "", fmt.Errorf("of %d violations %d were not corrected", stormSize, lost)
	}
	if sent := len(alerts(happened)); sent == 0 || sent > 5 {
		return "", fmt.Errorf("%d alerts", sent)
	}
	took := happened[len(happened)-1].Time.Sub(happened[0].Time).Round(time.Second)
	return fmt.Sprintf("All %d deregistered in a simulated %s, at half the rate that AWS allows the account; %d alerts.",
		stormSize, took, len(alerts(happened))), nil
}

func exemptions() guard.Policy {
	p := guard.DefaultPolicy()
	now := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	for name, ends := range map[string]time.Time{"legacy-expired": now.AddDate(0, 0, -1), "legacy-exempt": now.AddDate(0, 0, 3)} {
		p.Exemptions = append(p.Exemptions, guard.Exemption{
			Resource: "arn:aws-us-gov:ecs:*:*:task-definition/" + name + ":*",
			Reason:   "vendor image is ARM64 only", Approver: "ISSO", Expires: ends,
		})
	}
	return p
}

func onlyTheExemptStands(ctx context.Context, s *Account, happened []Activity) (string, error) {
	exempt, err := isActive(ctx, s, "legacy-exempt:1")
	if err != nil {
		return "", err
	}
	expired, err := isActive(ctx, s, "legacy-expired:1")
	if err != nil {
		return "", err
	}
	if !exempt || expired {
		return "", fmt.Errorf("exempt one active: %t, expired one active: %t", exempt, expired)
	}
	if len(alerts(happened)) == 0 {
		return "", fmt.Errorf("no alert")
	}
	return "The expired one is deregistered, the exempt one stands; alerts show both, and which exemption ends soon.", nil
}

package drills

import (
	"context"
	"errors"
	"slices"

	"fipsguard/internal/drill"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func (a account) Clusters(ctx context.Context) ([]string, error) {
	var all []string
	pages := ecs.NewListClustersPaginator(a.ecs, &ecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, page.ClusterArns...)
	}
	return all, nil
}

func (a account) ListTasks(ctx context.Context, cluster, startedBy string) ([]string, error) {
	in := &ecs.ListTasksInput{Cluster: &cluster}
	if startedBy != "" {
		in.StartedBy = &startedBy
	}
	var all []string
	pages := ecs.NewListTasksPaginator(a.ecs, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, page.TaskArns...)
	}
	return all, nil
}

// described is how many ECS describes with one call.
const described = 100

func (a account) DescribeTasks(ctx context.Context, cluster string, arns []string) ([]drill.Task, error) {
	var all []drill.Task
	for some := range slices.Chunk(arns, described) {
		out, err := a.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: some})
		if err != nil {
			return all, err
		}
		for _, t := range out.Tasks {
			all = append(all, drill.Task{
				ARN: aws.ToString(t.TaskArn), LaunchType: string(t.LaunchType), Desired: aws.ToString(t.DesiredStatus),
				StopCode: string(t.StopCode), Started: t.StartedAt != nil,
			})
		}
	}
	return all, nil
}

// describedServices is how many services ECS describes with one call.
const describedServices = 10

// Wanted are the services that want tasks, but for those on instances.
func (a account) Wanted(ctx context.Context, cluster string) ([]string, error) {
	var wanted []string
	pages := ecs.NewListServicesPaginator(a.ecs, &ecs.ListServicesInput{Cluster: &cluster})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for some := range slices.Chunk(page.ServiceArns, describedServices) {
			out, err := a.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: some})
			if err != nil {
				return nil, err
			}
			if len(out.Services) < len(some) {
				return nil, errors.New("ECS did not describe every service")
			}
			for _, s := range out.Services {
				if s.DesiredCount > 0 && s.LaunchType != types.LaunchTypeEc2 && s.LaunchType != types.LaunchTypeExternal {
					wanted = append(wanted, aws.ToString(s.ServiceArn))
				}
			}
		}
	}
	return wanted, nil
}

func (a account) Run(ctx context.Context, l drill.Launch) (string, error) {
	out, err := a.ecs.RunTask(ctx, &ecs.RunTaskInput{
		Cluster: &l.Cluster, TaskDefinition: &l.Definition, PlatformVersion: &l.Version, LaunchType: types.LaunchTypeFargate, Count: aws.Int32(1),
		StartedBy: aws.String(drill.StartedBy), Tags: []types.Tag{{Key: aws.String(drill.TaskTag), Value: aws.String("true")}},
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{
			Subnets: l.Subnets, SecurityGroups: l.Groups, AssignPublicIp: types.AssignPublicIpDisabled,
		}},
	})
	if err != nil {
		return "", err
	}
	if len(out.Tasks) == 0 {
		return "", noTask(out.Failures)
	}
	return aws.ToString(out.Tasks[0].TaskArn), nil
}

// noTask is why ECS launched none, as it answered.
func noTask(failures []types.Failure) error {
	if len(failures) == 0 {
		return errors.New("ECS launched no task and did not say why")
	}
	return failureError{aws.ToString(failures[0].Reason), aws.ToString(failures[0].Detail)}
}

// failureError is a failure in an answer of ECS.
type failureError struct{ reason, detail string }

func (f failureError) Error() string        { return f.reason + ": " + f.detail }
func (f failureError) ErrorCode() string    { return f.reason }
func (f failureError) ErrorMessage() string { return f.detail }

func (a account) Stop(ctx context.Context, cluster, arn string) (string, error) {
	out, err := a.ecs.StopTask(ctx, &ecs.StopTaskInput{Cluster: &cluster, Task: &arn, Reason: aws.String("fipsguard drill cleans up")})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Task.LastStatus), nil
}

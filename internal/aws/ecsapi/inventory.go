package ecsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"golang.org/x/sync/errgroup"
)

// Inventory is everything that runs, or may run, on Fargate or on ECS Managed
// Instances in an account and Region.
type Inventory struct {
	*Account
	Lister *ecs.Client
}

// Clusters are the ARNs of all clusters.
func (i Inventory) Clusters(ctx context.Context) ([]string, error) {
	var arns []string
	pages := ecs.NewListClustersPaginator(i.Lister, &ecs.ListClustersInput{MaxResults: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return arns, fmt.Errorf("list clusters: %w", err)
		}
		arns = append(arns, page.ClusterArns...)
	}
	slices.Sort(arns)
	return arns, nil
}

// ECS's own bounds on what one call describes.
const (
	tasksPerCall    = 100
	servicesPerCall = 10
)

// concurrency is how many calls of a kind are under way; the throttle buckets
// set the pace.
const concurrency = 8

// Workloads is what the clusters hold: services, their task sets in their
// place, and tasks that are not to stop, each with its definition as far as it
// needs it. Of their capacity providers they have the names. What ECS did not answer is in it as a state of which nothing is
// known, so that it never passes; the error says why. progress is told how many
// clusters are done.
func (i Inventory) Workloads(ctx context.Context, clusters []string, progress func(done, total int)) ([]guard.Service, []guard.Task, error) {
	var services collected[guard.Service]
	var tasks collected[guard.Task]
	var lookers errgroup.Group
	lookers.SetLimit(2 * concurrency)
	done := counter{total: 2 * len(clusters), tell: progress}
	for _, cluster := range clusters {
		lookers.Go(func() error {
			services.add(i.servicesOf(ctx, cluster))
			done.one()
			return nil
		})
		lookers.Go(func() error {
			tasks.add(i.tasksOf(ctx, cluster))
			done.one()
			return nil
		})
	}
	_ = lookers.Wait() // they collect their errors
	slices.SortFunc(services.list, func(a, b guard.Service) int { return strings.Compare(a.Subject(), b.Subject()) })
	slices.SortFunc(tasks.list, func(a, b guard.Task) int { return strings.Compare(a.ARN, b.ARN) })
	markRedeployable(tasks.list, services.list)
	return services.list, tasks.list, firstError(services.err, tasks.err)
}

func (i Inventory) tasksOf(ctx context.Context, cluster string) ([]guard.Task, error) {
	blind := guard.Task{ARN: allOf(cluster, "task"), Cluster: cluster, LastStatus: "RUNNING"}
	var found []guard.Task
	pages := ecs.NewListTasksPaginator(i.Lister, &ecs.ListTasksInput{Cluster: aws.String(cluster), MaxResults: aws.Int32(tasksPerCall)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			blind.Unknown = "ECS did not answer ListTasks"
			return append(found, blind), fmt.Errorf("list tasks of %s: %w", cluster, err)
		}
		if len(page.TaskArns) == 0 {
			continue
		}
		described, err := i.describeTasks(ctx, cluster, page.TaskArns)
		found = append(found, described...)
		if err != nil {
			blind.Unknown = "ECS did not answer DescribeTasks"
			return append(found, blind), err
		}
	}
	return found, nil
}

// describeTasks leaves out tasks that ended meanwhile and what runs neither on
// Fargate nor on a capacity provider.
func (i Inventory) describeTasks(ctx context.Context, cluster string, arns []string) ([]guard.Task, error) {
	out, err := i.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(cluster), Tasks: arns})
	if err != nil {
		return nil, fmt.Errorf("describe tasks of %s: %w", cluster, err)
	}
	var tasks []guard.Task
	for n := range out.Tasks {
		t := taskState(&out.Tasks[n])
		if !t.OnServerless() || t.Stopping() {
			continue
		}
		if t, err = i.WithDefinition(ctx, t); err != nil {
			return append(tasks, t), err
		}
		tasks = append(tasks, t)
	}
	for _, f := range out.Failures {
		if reason := aws.ToString(f.Reason); reason != "MISSING" {
			tasks = append(tasks, guard.Task{ARN: aws.ToString(f.Arn), Cluster: cluster, LastStatus: "RUNNING", Unknown: "ECS answered DescribeTasks with " + reason})
		}
	}
	return tasks, nil
}

func (i Inventory) servicesOf(ctx context.Context, cluster string) ([]guard.Service, error) {
	blind := guard.Service{ARN: allOf(cluster, "service"), Cluster: cluster, VersionUnknown: true}
	var found []guard.Service
	pages := ecs.NewListServicesPaginator(i.Lister, &ecs.ListServicesInput{Cluster: aws.String(cluster), MaxResults: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			blind.Unknown = "ECS did not answer ListServices"
			return append(found, blind), fmt.Errorf("list services of %s: %w", cluster, err)
		}
		for some := range slices.Chunk(page.ServiceArns, servicesPerCall) {
			described, err := i.describeServices(ctx, cluster, some)
			found = append(found, described...)
			if err != nil {
				blind.Unknown = "ECS did not answer for a part of them"
				return append(found, blind), err
			}
		}
	}
	return found, nil
}

func (i Inventory) describeServices(ctx context.Context, cluster string, arns []string) ([]guard.Service, error) {
	out, err := i.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: arns})
	if err != nil {
		return nil, fmt.Errorf("describe services of %s: %w", cluster, err)
	}
	states, err := i.completed(ctx, out, guard.Service{Cluster: cluster})
	return slices.DeleteFunc(states, func(s guard.Service) bool { return !s.OnServerless() }), err
}

// Definitions are the task definitions that workloads use, each read once.
// Those whose platform is wrong are read again, since their status is not
// remembered.
func (i Inventory) Definitions(ctx context.Context, services []guard.Service, tasks []guard.Task) ([]guard.TaskDefinition, error) {
	used := map[string]bool{}
	for _, t := range tasks {
		used[t.Definition] = true
	}
	for _, s := range services {
		used[s.Definition.ARN] = true
	}
	delete(used, "")
	var found []guard.TaskDefinition
	var failed error
	for arn := range used {
		d, err := i.DefinitionOf(ctx, arn)
		if err == nil && guard.Worst(guard.Check(d)) == guard.NonCompliant {
			d, err = i.ObserveTaskDefinition(ctx, d)
		}
		failed = firstError(failed, err)
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b guard.TaskDefinition) int { return strings.Compare(a.ARN, b.ARN) })
	return found, failed
}

// markRedeployable finds the tasks that a forced new deployment of their
// service would replace: those of its newest deployment, under ECS's own
// controller. Others are being replaced already.
func markRedeployable(tasks []guard.Task, services []guard.Service) {
	of := map[string]guard.Service{}
	for _, s := range services {
		if s.Controller == "ECS" && s.Deployment != "" {
			of[s.Cluster+" "+s.Name] = s
		}
	}
	for n, t := range tasks {
		s, ok := of[t.Cluster+" "+t.Service()]
		if ok && t.Service() != "" && t.Deployment == s.Deployment {
			tasks[n].Redeployable = s.ARN
		}
	}
}

// allOf stands for everything of a kind in a cluster:
// arn:…:task/NAME/* for arn:…:cluster/NAME.
func allOf(cluster, kind string) string {
	return strings.Replace(cluster, ":cluster/", ":"+kind+"/", 1) + "/*"
}

// collected is what several goroutines found.
type collected[T any] struct {
	mu   sync.Mutex
	list []T
	err  error // the first
}

func (c *collected[T]) add(some []T, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, some...)
	c.err = firstError(c.err, err)
}

type counter struct {
	mu          sync.Mutex
	done, total int
	tell        func(done, total int)
}

func (c *counter) one() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.tell(c.done, c.total)
}

// firstError bounds what thousands of calls can fail with.
func firstError(first, later error) error {
	if first != nil {
		return first
	}
	return later
}

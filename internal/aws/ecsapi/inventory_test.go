package ecsapi

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fleet is a local account full of services, and the inventory of it.
type fleet struct {
	world
	inventory Inventory
}

// newFleet starts clusters, in each of them services, and waits, in the
// account's time, until their tasks run.
func newFleet(t testing.TB, clusters, services, tasks int, options localaws.Options) fleet {
	t.Helper()
	local := localaws.New(options)
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	people := localaws.Everyone()
	guards := local.Config(people.Guard, region)
	client := ecs.NewFromConfig(guards, HalfOfBuckets(1, time.Now, Sleep))
	account := NewAccount(client, scaling.New(guards), time.Now)
	f := fleet{world{local, account, ecs.NewFromConfig(local.Config(people.Admin, region))}, Inventory{account, client}}

	for c := range clusters {
		name := fmt.Sprintf("cluster-%02d", c)
		if _, err := f.admin.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String(name), CapacityProviders: []string{"FARGATE"}}); err != nil {
			t.Fatal(err)
		}
		for s := range services {
			family := fmt.Sprintf("web-%d", s)
			if c == 0 {
				f.registerIn(t, family)
			}
			f.serve(t, name, family, tasks)
		}
	}
	if err := f.Advance(t.Context(), 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f fleet) registerIn(t testing.TB, family string) {
	t.Helper()
	_, err := f.admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(family), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		ContainerDefinitions: []types.ContainerDefinition{
			{Name: aws.String("main"), Image: aws.String("x")},
			{Name: aws.String("sealed"), Image: aws.String("x"), ReadonlyRootFilesystem: aws.Bool(true)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (f fleet) serve(t testing.TB, cluster, family string, tasks int) {
	t.Helper()
	_, err := f.admin.CreateService(t.Context(), &ecs.CreateServiceInput{
		Cluster: aws.String(cluster), ServiceName: aws.String(family), TaskDefinition: aws.String(family), DesiredCount: aws.Int32(int32(tasks)),
		LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Advance(t.Context(), time.Second); err != nil { // for the throttle bucket
		t.Fatal(err)
	}
}

func quiet(int, int) {}

func TestInventory(t *testing.T) {
	f := newFleet(t, 3, 2, 4, localaws.Options{})
	clusters, err := f.inventory.Clusters(t.Context())
	if err != nil || len(clusters) != 4 { // with the default one
		t.Fatalf("clusters %v, error %v", clusters, err)
	}
	told := 0
	services, tasks, err := f.inventory.Workloads(t.Context(), clusters, func(done, total int) { told = done * 100 / total })
	if err != nil || len(services) != 6 || len(tasks) != 24 || told != 100 {
		t.Fatalf("%d services, %d tasks, %d%% told, error %v", len(services), len(tasks), told, err)
	}
	for _, s := range services {
		if guard.Worst(guard.Check(s)) != guard.Compliant || s.Deployment == "" {
			t.Errorf("service %+v is not compliant", s)
		}
	}
	for _, task := range tasks {
		if guard.Worst(guard.Check(task)) != guard.Compliant || task.Created.IsZero() || task.LastStatus != "RUNNING" {
			t.Errorf("task %+v is not a compliant running one", task)
		}
		if task.Redeployable == "" {
			t.Errorf("a new deployment of its service would not replace %s", task.ARN)
		}
		obstacles := map[string]string{}
		for _, c := range task.Containers {
			obstacles[c.Name] = c.Obstacle
		}
		if obstacles["main"] != "" || obstacles["sealed"] != "" { // volumes may make it work: its agent is running
			t.Errorf("obstacles in the containers of %s: %q", task.ARN, obstacles)
		}
	}
	definitions, err := f.inventory.Definitions(t.Context(), services, tasks)
	if err != nil || len(definitions) != 2 {
		t.Errorf("definitions %v, error %v", definitions, err)
	}
	if described := f.made("ecs:DescribeTaskDefinition"); described != 2 {
		t.Errorf("two definitions were described %d times", described)
	}
}

// TestWhatIsBeingReplacedIsNotRedeployable: a task of an older deployment goes
// by itself.
func TestWhatIsBeingReplacedIsNotRedeployable(t *testing.T) {
	tasks := []guard.Task{
		{ARN: "new", Cluster: "c", Group: "service:web", Deployment: "ecs-svc/2"},
		{ARN: "old", Cluster: "c", Group: "service:web", Deployment: "ecs-svc/1"},
		{ARN: "elsewhere", Cluster: "d", Group: "service:web", Deployment: "ecs-svc/2"},
		{ARN: "blue", Cluster: "c", Group: "service:blue", Deployment: "ecs-svc/3"},
		{ARN: "alone", Cluster: "c", Group: "family:web"},
	}
	markRedeployable(tasks, []guard.Service{
		{ARN: "web", Name: "web", Cluster: "c", Controller: "ECS", Deployment: "ecs-svc/2"},
		{ARN: "blue", Name: "blue", Cluster: "c", Controller: "CODE_DEPLOY", Deployment: "ecs-svc/3"},
	})
	var found []string
	for _, task := range tasks {
		if task.Redeployable != "" {
			found = append(found, task.ARN)
		}
	}
	if !slices.Equal(found, []string{"new"}) {
		t.Errorf("redeployable are %v, want only the new one", found)
	}
}

// TestWhatAClusterHidesStaysUnknown: the rest of the inventory is there, and
// what was not answered is a doubt.
func TestWhatAClusterHidesStaysUnknown(t *testing.T) {
	for operation, unknown := range map[string]string{
		"ListTasks": "task/default/*", "DescribeTasks": "task/cluster-00/*", "ListServices": "service/default/*", "DescribeServices": "service/cluster-00/*",
	} {
		t.Run(operation, func(t *testing.T) {
			f := newFleet(t, 1, 1, 1, localaws.Options{})
			clusters, err := f.inventory.Clusters(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f.Deny(localaws.Everyone().Guard, "ecs:"+operation)
			services, tasks, err := f.inventory.Workloads(t.Context(), clusters, quiet)
			if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
				t.Errorf("error is %v", err)
			}
			doubts := map[string]guard.Verdict{}
			for _, s := range services {
				doubts[s.ARN[strings.LastIndex(s.ARN, ":")+1:]] = guard.Worst(guard.Check(s))
			}
			for _, task := range tasks {
				doubts[task.ARN[strings.LastIndex(task.ARN, ":")+1:]] = guard.Worst(guard.Check(task))
			}
			if verdict, ok := doubts[unknown]; !ok || verdict != guard.InsufficientData {
				t.Errorf("%s is %v of %v; want INSUFFICIENT_DATA", unknown, verdict, doubts)
			}
		})
	}
}

// partial is ECS that answers DescribeTasks with failures.
type partial struct {
	API
	reasons map[string]string // by ARN
}

func (p partial) DescribeTasks(_ context.Context, in *ecs.DescribeTasksInput, _ ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	out := &ecs.DescribeTasksOutput{}
	for _, arn := range in.Tasks {
		out.Failures = append(out.Failures, types.Failure{Arn: aws.String(arn), Reason: aws.String(p.reasons[arn])})
	}
	return out, nil
}

// TestATaskThatECSDoesNotDescribe is a doubt, unless it is gone.
func TestATaskThatECSDoesNotDescribe(t *testing.T) {
	account := NewAccount(partial{reasons: map[string]string{"gone": "MISSING", "hidden": "ACCESS_DENIED"}}, nil, time.Now)
	tasks, err := Inventory{Account: account}.describeTasks(t.Context(), "main", []string{"gone", "hidden"})
	if err != nil || len(tasks) != 1 || tasks[0].ARN != "hidden" || guard.Worst(guard.Check(tasks[0])) != guard.InsufficientData {
		t.Errorf("tasks %+v, error %v; want the hidden one, in doubt", tasks, err)
	}
}

// BenchmarkInventory takes stock of 10,000 tasks in 50 clusters behind ECS's
// throttle buckets, in real time, and prints how much longer it takes than half
// of the buckets allows, and how much memory it takes.
func BenchmarkInventory(b *testing.B) {
	const clusters, services, tasks = 50, 4, 50
	f := newFleet(b, clusters, services, tasks, localaws.Options{Throttling: true})
	// The most used bucket is that of ListTasks and DescribeTasks: two pages of
	// a hundred in every cluster, and one of the default cluster.
	const burst, perSecond, calls = 100, 20, clusters*2*2 + 1
	allowed := time.Duration(float64(calls-burst/2) / (perSecond / 2) * float64(time.Second))
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var throttledEarly int
		first := time.AfterFunc(time.Second, func() { throttledEarly = sum(f.Throttled()) })
		started := time.Now()
		all, err := f.inventory.Clusters(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		_, found, err := f.inventory.Workloads(context.Background(), all, quiet)
		if err != nil || len(found) != clusters*services*tasks {
			b.Fatalf("%d tasks, error %v", len(found), err)
		}
		took := time.Since(started)
		first.Stop()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(took.Seconds()/allowed.Seconds(), "ratio-to-half-of-the-buckets")
		b.ReportMetric(float64(sum(f.Throttled())-throttledEarly), "calls-throttled-after-the-first-second")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
		runtime.KeepAlive(found)
	}
}

func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

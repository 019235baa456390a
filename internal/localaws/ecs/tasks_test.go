package ecs_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func subnets() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}

func runInput(definition string) *ecs.RunTaskInput {
	return &ecs.RunTaskInput{TaskDefinition: &definition, LaunchType: types.LaunchTypeFargate, NetworkConfiguration: subnets()}
}

func run(t *testing.T, client *ecs.Client, in *ecs.RunTaskInput) types.Task {
	t.Helper()
	out, err := client.RunTask(t.Context(), in)
	if err != nil {
		t.Fatalf("run task: %v", err)
	}
	if len(out.Tasks) == 0 {
		t.Fatalf("run task: no tasks, failures %v", out.Failures)
	}
	return out.Tasks[0]
}

func describeTask(t *testing.T, client *ecs.Client, arn string) types.Task {
	t.Helper()
	out, err := client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}})
	if err != nil || len(out.Tasks) != 1 {
		t.Fatalf("describe task %s: %v, %+v", arn, err, out)
	}
	return out.Tasks[0]
}

// taskChanges are the events of task state changes, as their details.
func taskChanges(t *testing.T, a *localaws.Account) []map[string]any {
	t.Helper()
	var details []map[string]any
	for _, data := range a.Events() {
		var e struct {
			DetailType string `json:"detail-type"`
			Detail     map[string]any
		}
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatal(err)
		}
		if e.DetailType == "ECS Task State Change" {
			details = append(details, e.Detail)
		}
	}
	return details
}

// statuses are "last/desired" of all task state changes.
func statuses(t *testing.T, a *localaws.Account) []string {
	t.Helper()
	var all []string
	for _, d := range taskChanges(t, a) {
		all = append(all, fmt.Sprintf("%v/%v", d["lastStatus"], d["desiredStatus"]))
	}
	return all
}

func TestTaskLivesAndStops(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	definition := localtest.Register(t, client, onPlatform(localtest.FargateDefinition("web"), "WINDOWS_SERVER_2022_CORE", "X86_64"))
	in := runInput("web")
	in.StartedBy = aws.String("jane")
	in.EnableExecuteCommand = true
	task := run(t, client, in)
	if got := aws.ToString(task.LastStatus) + " " + aws.ToString(task.PlatformFamily) + " " + aws.ToString(task.PlatformVersion); got != "PROVISIONING Windows_Server_2022_Core 1.0.0" {
		t.Errorf("launched as %s", got)
	}
	localtest.Advance(t, a, time.Minute)
	running := describeTask(t, client, *task.TaskArn)
	if *running.LastStatus != "RUNNING" || *running.Containers[0].LastStatus != "RUNNING" || !running.StartedAt.Equal(localtest.Noon().Add(30*time.Second)) {
		t.Errorf("after a minute the task is %s, started %v", *running.LastStatus, running.StartedAt)
	}
	if agents := running.Containers[0].ManagedAgents; len(agents) != 1 || *agents[0].LastStatus != "RUNNING" {
		t.Errorf("ECS Exec is on, but the managed agents are %+v", agents)
	}
	for range 2 { // stopping twice is stopping once
		if _, err := client.StopTask(t.Context(), &ecs.StopTaskInput{Task: task.TaskArn, Reason: aws.String("rule X")}); err != nil {
			t.Fatal(err)
		}
	}
	localtest.Advance(t, a, time.Minute)
	stopped := describeTask(t, client, *task.TaskArn)
	if *stopped.LastStatus != "STOPPED" || *stopped.StoppedReason != "rule X" || stopped.StopCode != types.TaskStopCodeUserInitiated || *stopped.Containers[0].ExitCode != 143 {
		t.Errorf("stopped: %s, %q, %s, exit code %v", *stopped.LastStatus, *stopped.StoppedReason, stopped.StopCode, *stopped.Containers[0].ExitCode)
	}
	want := []string{
		"PROVISIONING/RUNNING", "PENDING/RUNNING", "ACTIVATING/RUNNING", "RUNNING/RUNNING",
		"RUNNING/STOPPED", "DEACTIVATING/STOPPED", "STOPPING/STOPPED", "DEPROVISIONING/STOPPED", "STOPPED/STOPPED",
	}
	if diff := cmp.Diff(want, statuses(t, a)); diff != "" {
		t.Errorf("task state changes (-want +got):\n%s", diff)
	}
	detail := taskChanges(t, a)[3]
	for name, want := range map[string]any{
		"launchType": "FARGATE", "platformVersion": "1.0.0", "group": "family:web", "startedBy": "jane",
		"createdAt": "2026-11-02T12:00:00.000Z", "startedAt": "2026-11-02T12:00:30.000Z", "version": 4.0,
		"taskArn": *task.TaskArn, "taskDefinitionArn": definition,
		"clusterArn": "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/default",
		"attributes": []any{map[string]any{"name": "ecs.cpu-architecture", "value": "x86_64"}},
	} {
		if diff := cmp.Diff(want, detail[name]); diff != "" {
			t.Errorf("%s in the event (-want +got):\n%s", name, diff)
		}
	}
	for _, e := range a.Events() {
		if strings.Contains(string(e), "ECS Task State Change") && strings.Contains(strings.ToLower(string(e)), "windows") {
			t.Errorf("a task state change tells the operating system: %s", e)
		}
	}
	localtest.Advance(t, a, time.Hour)
	out, err := client.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{*task.TaskArn, "unknown"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Tasks) != 0 || len(out.Failures) != 2 || *out.Failures[0].Reason != "MISSING" {
		t.Errorf("an hour after it stopped the task is still there: %+v", out)
	}
}

func TestTaskStoppedBeforeItRan(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	task := run(t, client, runInput("web"))
	localtest.Advance(t, a, 12*time.Second)
	if _, err := client.StopTask(t.Context(), &ecs.StopTaskInput{Task: task.TaskArn}); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, time.Minute)
	want := []string{"PROVISIONING/RUNNING", "PENDING/RUNNING", "PENDING/STOPPED", "DEPROVISIONING/STOPPED", "STOPPED/STOPPED"}
	if diff := cmp.Diff(want, statuses(t, a)); diff != "" {
		t.Errorf("task state changes (-want +got):\n%s", diff)
	}
	if stopped := describeTask(t, client, *task.TaskArn); stopped.StartedAt != nil || stopped.Containers[0].ExitCode != nil {
		t.Errorf("a task that never ran has a start (%v) and an exit code", stopped.StartedAt)
	}
}

func TestLaunches(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("linux"))
	localtest.Register(t, client, onPlatform(localtest.FargateDefinition("arm"), "LINUX", "ARM64"))
	localtest.Register(t, client, onPlatform(localtest.FargateDefinition("windows"), "WINDOWS_SERVER_2019_CORE", "X86_64"))
	bridge := localtest.FargateDefinition("bridge")
	bridge.NetworkMode, bridge.RequiresCompatibilities = types.NetworkModeBridge, nil
	localtest.Register(t, client, bridge)
	spot := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE_SPOT"), Weight: 1}}
	if _, err := client.CreateCluster(t.Context(), &ecs.CreateClusterInput{
		ClusterName: aws.String("spot"), CapacityProviders: []string{"FARGATE_SPOT"}, DefaultCapacityProviderStrategy: spot,
	}); err != nil {
		t.Fatal(err)
	}
	edit := func(family string, f func(*ecs.RunTaskInput)) *ecs.RunTaskInput {
		in := runInput(family)
		f(in)
		return in
	}
	version := func(family, v string) *ecs.RunTaskInput {
		return edit(family, func(in *ecs.RunTaskInput) { in.PlatformVersion = &v })
	}
	cases := []struct {
		name string
		in   *ecs.RunTaskInput
		want string // launch type, provider, resolved version and architecture; or an error code
	}{
		{"Linux", runInput("linux"), "FARGATE  1.4.0 x86_64"},
		{"LATEST", version("linux", "LATEST"), "FARGATE  1.4.0 x86_64"},
		{"an older platform", version("linux", "1.3.0"), "FARGATE  1.3.0 x86_64"},
		{"a retired platform", version("linux", "1.2.0"), "PlatformUnknownException"},
		{"no platform", version("linux", "newest"), "PlatformUnknownException"},
		{"ARM64", runInput("arm"), "FARGATE  1.4.0 arm64"},
		{"ARM64 on an older platform", version("arm", "1.3.0"), "PlatformTaskDefinitionIncompatibilityException"},
		{"Windows", version("windows", "LATEST"), "FARGATE  1.0.0 x86_64"},
		{"Windows on Linux's platform", version("windows", "1.4.0"), "PlatformTaskDefinitionIncompatibilityException"},
		{"by capacity provider", edit("linux", func(in *ecs.RunTaskInput) {
			in.LaunchType, in.CapacityProviderStrategy = "", spot
		}), "FARGATE FARGATE_SPOT 1.4.0 x86_64"},
		{"by the cluster's default", edit("linux", func(in *ecs.RunTaskInput) {
			in.LaunchType, in.Cluster = "", aws.String("spot")
		}), "FARGATE FARGATE_SPOT 1.4.0 x86_64"},
		{"by a provider that the cluster has not", edit("linux", func(in *ecs.RunTaskInput) {
			in.LaunchType, in.Cluster = "", aws.String("spot")
			in.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE")}}
		}), "InvalidParameterException"},
		{"launch type and strategy", edit("linux", func(in *ecs.RunTaskInput) { in.CapacityProviderStrategy = spot }), "InvalidParameterException"},
		{"neither, without a default: EC2, where nothing is", edit("linux", func(in *ecs.RunTaskInput) { in.LaunchType = "" }), "InvalidParameterException"},
		{"not for Fargate", runInput("bridge"), "InvalidParameterException"},
		{"no network", edit("linux", func(in *ecs.RunTaskInput) { in.NetworkConfiguration = nil }), "InvalidParameterException"},
		{"eleven at once", edit("linux", func(in *ecs.RunTaskInput) { in.Count = aws.Int32(11) }), "InvalidParameterException"},
		{"a service's group", edit("linux", func(in *ecs.RunTaskInput) { in.Group = aws.String("service:web") }), "InvalidParameterException"},
		{"no definition", runInput("nothing"), "ClientException"},
		{"no cluster", edit("linux", func(in *ecs.RunTaskInput) { in.Cluster = aws.String("nowhere") }), "ClusterNotFoundException"},
	}
	for _, c := range cases {
		out, err := client.RunTask(t.Context(), c.in)
		got := localtest.Code(err)
		if err == nil {
			k := out.Tasks[0]
			got = fmt.Sprintf("%s %s %s %s", k.LaunchType, aws.ToString(k.CapacityProviderName), *k.PlatformVersion, *k.Attributes[0].Value)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestRepeatedClientTokenLaunchesOnce(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	cfg := localtest.Config(a, localaws.Everyone().Admin, localtest.West)
	cfg.RetryMaxAttempts = 3
	client := ecs.NewFromConfig(cfg)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	a.Inject(localaws.Fault{Operation: "RunTask", Times: 1, Effect: localaws.LoseAnswer})
	run(t, client, runInput("web"))
	if got := len(statuses(t, a)); got != 1 {
		t.Errorf("a call whose answer was lost and that the SDK repeated launched %d tasks, want 1", got)
	}
}

func TestTasksRememberFIPSMode(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	admin, app := localtest.ECS(a, all.Admin, localtest.West), localtest.ECS(a, all.Application, localtest.West)
	localtest.Register(t, admin, localtest.FargateDefinition("linux"))
	localtest.Register(t, admin, onPlatform(localtest.FargateDefinition("arm"), "LINUX", "ARM64"))
	old := runInput("linux")
	old.PlatformVersion = aws.String("1.3.0")
	if err := localtest.PutDefault(t, admin, "enabled"); err != nil {
		t.Fatal(err)
	}
	if err := localtest.PutOwn(t, app, "disabled", ""); err != nil {
		t.Fatal(err)
	}
	on := run(t, admin, runInput("linux"))
	arns := map[string]struct {
		arn  string
		fips bool
	}{
		"launched with the mode on":            {*on.TaskArn, true},
		"launched by a role that overrides it": {*run(t, app, runInput("linux")).TaskArn, false},
		"on ARM64":                             {*run(t, admin, runInput("arm")).TaskArn, false},
		"on platform 1.3.0":                    {*run(t, admin, old).TaskArn, false},
	}
	if err := localtest.PutDefault(t, admin, "disabled"); err != nil {
		t.Fatal(err)
	}
	for name, want := range arns {
		if got, found := a.TaskFIPS(want.arn); !found || got != want.fips {
			t.Errorf("%s: FIPS mode %v (found %v), want %v", name, got, found, want.fips)
		}
	}
	if got, _ := a.TaskFIPS(*run(t, admin, runInput("linux")).TaskArn); got {
		t.Error("a task launched after the mode was turned off has it")
	}
	if _, found := a.TaskFIPS("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/default/0"); found {
		t.Error("a task that does not exist was found")
	}
}

func TestListedTasks(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	localtest.Register(t, client, localtest.FargateDefinition("batch"))
	var web []string
	for range 3 {
		web = append(web, *run(t, client, runInput("web")).TaskArn)
	}
	batch := runInput("batch")
	batch.StartedBy = aws.String("cron")
	other := *run(t, client, batch).TaskArn
	if _, err := client.StopTask(t.Context(), &ecs.StopTaskInput{Task: &web[0]}); err != nil {
		t.Fatal(err)
	}
	list := func(in ecs.ListTasksInput) []string {
		t.Helper()
		in.MaxResults = aws.Int32(1)
		var arns []string
		pages := ecs.NewListTasksPaginator(client, &in)
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			arns = append(arns, out.TaskArns...)
		}
		return arns
	}
	cases := []struct {
		name string
		in   ecs.ListTasksInput
		want []string
	}{
		{"all that are to run", ecs.ListTasksInput{}, []string{web[1], web[2], other}},
		{"those that are to stop", ecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped}, []string{web[0]}},
		{"one family", ecs.ListTasksInput{Family: aws.String("web")}, []string{web[1], web[2]}},
		{"started by", ecs.ListTasksInput{StartedBy: aws.String("cron")}, []string{other}},
		{"on EC2", ecs.ListTasksInput{LaunchType: types.LaunchTypeEc2}, nil},
	}
	for _, c := range cases {
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, list(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if _, err := client.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("nothing")}); localtest.Code(err) != "ServiceNotFoundException" {
		t.Errorf("tasks of a service that is not there: %v", err)
	}
}

func TestClusters(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	for range 2 {
		if _, err := client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("blue")}); err != nil {
			t.Fatal(err)
		}
	}
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	run(t, client, runInput("web"))
	listed, err := client.ListClusters(t.Context(), &ecs.ListClustersInput{})
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/"
	if diff := cmp.Diff([]string{prefix + "blue", prefix + "default"}, listed.ClusterArns); diff != "" {
		t.Errorf("clusters (-want +got):\n%s", diff)
	}
	out, err := client.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"default", prefix + "blue", "green"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Clusters) != 2 || out.Clusters[0].PendingTasksCount != 1 || out.Clusters[1].PendingTasksCount != 0 {
		t.Errorf("described %+v", out.Clusters)
	}
	if len(out.Failures) != 1 || *out.Failures[0].Arn != prefix+"green" {
		t.Errorf("failures %+v", out.Failures)
	}
}

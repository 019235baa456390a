package ecs_test

import (
	"context"
	"encoding/json"
	"fmt"
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

func serviceInput(name, definition string, count int32) *ecs.CreateServiceInput {
	return &ecs.CreateServiceInput{
		ServiceName: &name, TaskDefinition: &definition, DesiredCount: &count,
		LaunchType: types.LaunchTypeFargate, NetworkConfiguration: subnets(),
	}
}

func create(t *testing.T, client *ecs.Client, in *ecs.CreateServiceInput) *types.Service {
	t.Helper()
	out, err := client.CreateService(t.Context(), in)
	if err != nil {
		t.Fatalf("create service %s: %v", *in.ServiceName, err)
	}
	return out.Service
}

func update(t *testing.T, client *ecs.Client, in *ecs.UpdateServiceInput) *types.Service {
	t.Helper()
	out, err := client.UpdateService(t.Context(), in)
	if err != nil {
		t.Fatalf("update service %s: %v", *in.Service, err)
	}
	return out.Service
}

func describeService(t *testing.T, client *ecs.Client, name string) types.Service {
	t.Helper()
	out, err := client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{name}})
	if err != nil || len(out.Services) != 1 {
		t.Fatalf("describe service %s: %v, %+v", name, err, out)
	}
	return out.Services[0]
}

// deployments are "status version running/desired state" of each.
func deployments(s types.Service) []string {
	var all []string
	for _, d := range s.Deployments {
		definition := (*d.TaskDefinition)[strings.LastIndex(*d.TaskDefinition, "/")+1:]
		all = append(all, fmt.Sprintf("%s %s %s %d/%d %s", *d.Status, definition, aws.ToString(d.PlatformVersion), d.RunningCount, d.DesiredCount, d.RolloutState))
	}
	return all
}

// launches counts the tasks that ever were.
func launches(t *testing.T, a *localaws.Account) int {
	t.Helper()
	n := 0
	for _, s := range statuses(t, a) {
		if s == "PROVISIONING/RUNNING" {
			n++
		}
	}
	return n
}

func TestServiceDeploysAndRedeploys(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	second := localtest.Register(t, client, localtest.FargateDefinition("web"))
	in := serviceInput("shop", "web:1", 2)
	in.PlatformVersion = aws.String("1.3.0")
	created := create(t, client, in)
	if created.DeploymentController != nil {
		t.Errorf("the default controller, which nobody named, is answered: %+v", created.DeploymentController)
	}
	localtest.Advance(t, a, time.Minute)
	s := describeService(t, client, "shop")
	if diff := cmp.Diff([]string{"PRIMARY web:1 1.3.0 2/2 COMPLETED"}, deployments(s)); diff != "" {
		t.Errorf("deployed (-want +got):\n%s", diff)
	}
	if s.RunningCount != 2 || *s.PlatformVersion != "1.3.0" || !strings.Contains(*s.Events[0].Message, "steady state") {
		t.Errorf("service: running %d, platform %s, last event %s", s.RunningCount, *s.PlatformVersion, *s.Events[0].Message)
	}
	for _, d := range taskChanges(t, a) {
		if d["group"] != "service:shop" || d["startedBy"] != *s.Deployments[0].Id {
			t.Fatalf("a service's task has group %v, startedBy %v", d["group"], d["startedBy"])
		}
	}
	for _, r := range a.Records() {
		if r.EventName == "RunTask" {
			t.Error("the scheduler's launch was recorded as RunTask")
		}
	}

	update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), TaskDefinition: &second, PlatformVersion: aws.String("LATEST")})
	localtest.Advance(t, a, 15*time.Second)
	want := []string{"PRIMARY web:2 1.4.0 0/2 IN_PROGRESS", "ACTIVE web:1 1.3.0 2/2 COMPLETED"}
	if diff := cmp.Diff(want, deployments(describeService(t, client, "shop"))); diff != "" {
		t.Errorf("while it is redeployed (-want +got):\n%s", diff)
	}
	localtest.Advance(t, a, 2*time.Minute)
	s = describeService(t, client, "shop")
	if diff := cmp.Diff([]string{"PRIMARY web:2 1.4.0 2/2 COMPLETED"}, deployments(s)); diff != "" {
		t.Errorf("redeployed (-want +got):\n%s", diff)
	}
	if *s.PlatformVersion != "LATEST" {
		t.Errorf("the service shows platform version %s, want LATEST as asked for", *s.PlatformVersion)
	}
	before := *s.Deployments[0].Id
	if got := *update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), TaskDefinition: &second, DesiredCount: aws.Int32(3)}).Deployments[0].Id; got != before {
		t.Errorf("an update that changes only the count made deployment %s", got)
	}
	if got := *update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), ForceNewDeployment: true}).Deployments[0].Id; got == before {
		t.Error("a forced deployment was not made")
	}
}

func TestServiceScalesDownAndIsDeleted(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	create(t, client, serviceInput("shop", "web", 2))
	localtest.Advance(t, a, time.Minute)
	remove := &ecs.DeleteServiceInput{Service: aws.String("shop")}
	if _, err := client.DeleteService(t.Context(), remove); localtest.Code(err) != "InvalidParameterException" {
		t.Errorf("a service with tasks was deleted: %v", err)
	}
	update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), DesiredCount: aws.Int32(0)})
	localtest.Advance(t, a, time.Minute)
	if s := describeService(t, client, "shop"); s.RunningCount != 0 || s.PendingCount != 0 || *s.Status != "ACTIVE" {
		t.Errorf("scaled to zero: %d running, %d pending, %s", s.RunningCount, s.PendingCount, *s.Status)
	}
	if _, err := client.DeleteService(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, time.Minute)
	if s := describeService(t, client, "shop"); *s.Status != "INACTIVE" {
		t.Errorf("deleted: %s", *s.Status)
	}
	if _, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("shop")}); localtest.Code(err) != "ServiceNotActiveException" {
		t.Errorf("a deleted service was updated: %v", err)
	}
	out, err := client.ListServices(t.Context(), &ecs.ListServicesInput{})
	if err != nil || len(out.ServiceArns) != 0 {
		t.Errorf("a deleted service is listed: %v, %v", out.ServiceArns, err)
	}
	create(t, client, serviceInput("shop", "web", 1))
	if s := describeService(t, client, "shop"); *s.Status != "ACTIVE" {
		t.Errorf("created again under the name of a deleted one: %s", *s.Status)
	}
}

// stopEvery attaches a function that stops the tasks of the Region when they
// reach a status.
func stopEvery(t *testing.T, a *localaws.Account, status string) {
	t.Helper()
	client := localtest.ECS(a, localaws.Everyone().Guard, localtest.West)
	err := a.Attach(localaws.Rule{
		Name: "tasks", Region: localtest.West,
		Pattern: `{"detail-type": ["ECS Task State Change"], "detail": {"lastStatus": ["` + status + `"], "desiredStatus": ["RUNNING"]}}`,
		Invoke: func(ctx context.Context, event []byte) error {
			var e struct{ Detail struct{ TaskArn string } }
			if err := json.Unmarshal(event, &e); err != nil {
				return err
			}
			_, err := client.StopTask(ctx, &ecs.StopTaskInput{Task: &e.Detail.TaskArn})
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStoppedTasksOfAServiceOverAnHour is the difference that decides when a
// guard may stop a service's task.
func TestStoppedTasksOfAServiceOverAnHour(t *testing.T) {
	cases := []struct {
		status      string
		count       int32
		least, most int // launches in an hour
	}{
		// Waits of 10, 20, 40, … seconds, up to 27 minutes: about 9 rounds,
		// however many tasks fail in each.
		{"PROVISIONING", 2, 16, 20},
		{"PENDING", 8, 64, 80},
		// One round every half minute, for ever.
		{"RUNNING", 2, 200, 240},
	}
	for _, c := range cases {
		t.Run(c.status, func(t *testing.T) {
			a := localtest.Start(t, localaws.Options{})
			client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
			localtest.Register(t, client, localtest.FargateDefinition("web"))
			stopEvery(t, a, c.status)
			create(t, client, serviceInput("shop", "web", c.count))
			localtest.Advance(t, a, time.Hour)
			if got := launches(t, a); got < c.least || got > c.most {
				t.Errorf("%d tasks were started in an hour, want between %d and %d", got, c.least, c.most)
			}
			said := false
			for _, e := range describeService(t, client, "shop").Events {
				said = said || strings.Contains(*e.Message, "unable to consistently start tasks successfully")
			}
			if said != (c.status != "RUNNING") {
				t.Errorf("the service says that it cannot start tasks: %v", said)
			}
		})
	}
}

// TestBackOffEndsWhenATaskRuns: what failed before does not slow down what
// fails after.
func TestBackOffEndsWhenATaskRuns(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	create(t, client, serviceInput("shop", "web", 1))
	stopOne := func() {
		t.Helper()
		out, err := client.ListTasks(t.Context(), &ecs.ListTasksInput{})
		if err != nil || len(out.TaskArns) != 1 {
			t.Fatalf("list tasks: %v, %v", out.TaskArns, err)
		}
		if _, err := client.StopTask(t.Context(), &ecs.StopTaskInput{Task: &out.TaskArns[0]}); err != nil {
			t.Fatal(err)
		}
	}
	restarted := func() time.Duration {
		t.Helper()
		before := launches(t, a)
		for waited := time.Duration(0); waited < time.Hour; waited += time.Second {
			if launches(t, a) > before {
				return waited
			}
			localtest.Advance(t, a, time.Second)
		}
		t.Fatal("nothing was started within an hour")
		return 0
	}
	localtest.Advance(t, a, 2*time.Second)
	var waits []time.Duration
	for range 4 {
		stopOne()
		waits = append(waits, restarted())
	}
	localtest.Advance(t, a, time.Minute)
	stopOne() // one that ran
	waits = append(waits, restarted())
	stopOne() // one that did not
	waits = append(waits, restarted())
	for i := range waits {
		waits[i] -= time.Second // until the scheduler sees it
	}
	want := []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 0, 10 * time.Second}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("waits before tasks were replaced (-want +got):\n%s", diff)
	}
}

func TestCircuitBreaker(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	in := serviceInput("shop", "web:1", 1)
	in.DeploymentConfiguration = &types.DeploymentConfiguration{
		DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true},
	}
	create(t, client, in)
	localtest.Advance(t, a, time.Minute)
	before := launches(t, a)

	err := a.Attach(localaws.Rule{
		Name: "second", Region: localtest.West,
		Pattern: `{"detail": {"lastStatus": ["PENDING"], "desiredStatus": ["RUNNING"], "taskDefinitionArn": ["arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:2"]}}`,
		Invoke: func(ctx context.Context, event []byte) error {
			var e struct{ Detail struct{ TaskArn string } }
			if err := json.Unmarshal(event, &e); err != nil {
				return err
			}
			_, err := client.StopTask(ctx, &ecs.StopTaskInput{Task: &e.Detail.TaskArn})
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), TaskDefinition: aws.String("web:2")})
	localtest.Advance(t, a, 10*time.Minute)
	s := describeService(t, client, "shop")
	if diff := cmp.Diff([]string{"PRIMARY web:1 1.4.0 1/1 COMPLETED"}, deployments(s)); diff != "" {
		t.Errorf("after three tasks that never ran (-want +got):\n%s", diff)
	}
	if got, want := launches(t, a)-before, 3+1; got != want {
		t.Errorf("%d tasks were started, want three that fail and one to roll back", got)
	}

	update(t, client, &ecs.UpdateServiceInput{
		Service: aws.String("shop"), TaskDefinition: aws.String("web:2"),
		DeploymentConfiguration: &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true}},
	})
	localtest.Advance(t, a, 10*time.Minute)
	want := []string{"PRIMARY web:2 1.4.0 0/0 FAILED", "ACTIVE web:1 1.4.0 1/1 COMPLETED"}
	if diff := cmp.Diff(want, deployments(describeService(t, client, "shop"))); diff != "" {
		t.Errorf("without rollback (-want +got):\n%s", diff)
	}
}

func TestInactiveDefinitionOfAService(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	arn := localtest.Register(t, client, localtest.FargateDefinition("web"))
	create(t, client, serviceInput("shop", "web", 1))
	if _, err := client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn}); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, time.Hour)
	update(t, client, &ecs.UpdateServiceInput{Service: aws.String("shop"), DesiredCount: aws.Int32(3)})
	localtest.Advance(t, a, time.Minute)
	if got := describeService(t, client, "shop").RunningCount; got != 3 {
		t.Errorf("a service with an INACTIVE definition scaled to %d tasks, want 3", got)
	}
	_, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("shop"), ForceNewDeployment: true})
	if localtest.Code(err) != "ClientException" {
		t.Errorf("it was redeployed with it: %v", err)
	}
}

func TestServicesOfOtherControllers(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	green := localtest.Register(t, client, localtest.FargateDefinition("web"))
	blue := serviceInput("blue", "web:1", 1)
	blue.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}
	create(t, client, blue)
	external := &ecs.CreateServiceInput{
		ServiceName: aws.String("external"), DesiredCount: aws.Int32(4),
		DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeExternal},
	}
	create(t, client, external)
	for _, name := range []string{"blue", "external"} {
		for what, in := range map[string]ecs.UpdateServiceInput{
			"task definition":    {TaskDefinition: &green},
			"platform version":   {PlatformVersion: aws.String("LATEST")},
			"forced deployment":  {ForceNewDeployment: true},
			"network":            {NetworkConfiguration: subnets()},
			"capacity providers": {CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE")}}},
		} {
			in.Service = &name
			if _, err := client.UpdateService(t.Context(), &in); localtest.Code(err) != "InvalidParameterException" {
				t.Errorf("%s of service %s was changed: %v", what, name, err)
			}
		}
		update(t, client, &ecs.UpdateServiceInput{Service: &name, DesiredCount: aws.Int32(2)})
	}
	set := func(version string, percent float64) *types.TaskSet {
		t.Helper()
		out, err := client.CreateTaskSet(t.Context(), &ecs.CreateTaskSetInput{
			Cluster: aws.String("default"), Service: aws.String("external"), TaskDefinition: &green, PlatformVersion: &version,
			LaunchType: types.LaunchTypeFargate, NetworkConfiguration: subnets(),
			Scale: &types.Scale{Value: percent, Unit: types.ScaleUnitPercent},
		})
		if err != nil {
			t.Fatalf("create task set: %v", err)
		}
		return out.TaskSet
	}
	first, second := set("1.3.0", 100), set("LATEST", 50)
	if _, err := client.UpdateServicePrimaryTaskSet(t.Context(), &ecs.UpdateServicePrimaryTaskSetInput{
		Cluster: aws.String("default"), Service: aws.String("external"), PrimaryTaskSet: first.Id,
	}); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, time.Minute)
	out, err := client.DescribeTaskSets(t.Context(), &ecs.DescribeTaskSetsInput{
		Cluster: aws.String("default"), Service: aws.String("external"), TaskSets: []string{*first.Id, *second.TaskSetArn, "ecs-svc/0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range out.TaskSets {
		got = append(got, fmt.Sprintf("%s %s %d/%d %s", *s.Status, *s.PlatformVersion, s.RunningCount, s.ComputedDesiredCount, s.StabilityStatus))
	}
	if diff := cmp.Diff([]string{"PRIMARY 1.3.0 2/2 STEADY_STATE", "ACTIVE 1.4.0 1/1 STEADY_STATE"}, got); diff != "" {
		t.Errorf("task sets (-want +got):\n%s", diff)
	}
	if len(out.Failures) != 1 {
		t.Errorf("failures %+v, want one for the set that is not there", out.Failures)
	}
	s := describeService(t, client, "external")
	if s.RunningCount != 3 || len(s.TaskSets) != 2 || *s.TaskDefinition != green || len(s.Deployments) != 0 {
		t.Errorf("service: %d running, %d task sets, definition %v, %d deployments", s.RunningCount, len(s.TaskSets), aws.ToString(s.TaskDefinition), len(s.Deployments))
	}
	if b := describeService(t, client, "blue"); len(b.TaskSets) != 1 || b.RunningCount != 2 {
		t.Errorf("the CODE_DEPLOY service has %d task sets and %d running", len(b.TaskSets), b.RunningCount)
	}
	if _, err := client.CreateTaskSet(t.Context(), &ecs.CreateTaskSetInput{
		Cluster: aws.String("default"), Service: aws.String("blue"), TaskDefinition: &green, NetworkConfiguration: subnets(),
	}); localtest.Code(err) != "InvalidParameterException" {
		t.Errorf("a task set was created beside CodeDeploy: %v", err)
	}
}

func TestServiceCallsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	create(t, client, serviceInput("shop", "web", 1))
	edit := func(f func(*ecs.CreateServiceInput)) *ecs.CreateServiceInput {
		in := serviceInput("other", "web", 1)
		f(in)
		return in
	}
	cases := []struct {
		name string
		in   *ecs.CreateServiceInput
		code string
	}{
		{"a name that is taken", serviceInput("shop", "web", 1), "InvalidParameterException"},
		{"a name with a slash", serviceInput("a/b", "web", 1), "InvalidParameterException"},
		{"a negative count", serviceInput("other", "web", -1), "InvalidParameterException"},
		{"no count", edit(func(in *ecs.CreateServiceInput) { in.DesiredCount = nil }), "InvalidParameterException"},
		{"no definition", serviceInput("other", "nothing", 1), "ClientException"},
		{"a platform that is none", edit(func(in *ecs.CreateServiceInput) { in.PlatformVersion = aws.String("9") }), "PlatformUnknownException"},
		{"no cluster", edit(func(in *ecs.CreateServiceInput) { in.Cluster = aws.String("nowhere") }), "ClusterNotFoundException"},
		{"an external controller's definition", edit(func(in *ecs.CreateServiceInput) {
			in.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}
		}), "InvalidParameterException"},
	}
	for _, c := range cases {
		if _, err := client.CreateService(t.Context(), c.in); localtest.Code(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
	if _, err := client.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("nothing")}); localtest.Code(err) != "ServiceNotFoundException" {
		t.Errorf("update of a service that is not there: %v", err)
	}
}

// TestRunKeepsTime: with the wall clock, what falls due happens by itself.
func TestRunKeepsTime(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		a.Run(ctx)
		close(ended)
	}()
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	create(t, client, serviceInput("shop", "web", 1))
	for deadline := time.Now().Add(10 * time.Second); launches(t, a) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("after ten seconds the scheduler has started nothing")
		}
	}
	cancel()
	<-ended
}

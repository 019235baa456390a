package ecs_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func onPlatform(in *ecs.RegisterTaskDefinitionInput, os types.OSFamily, arch types.CPUArchitecture) *ecs.RegisterTaskDefinitionInput {
	in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: os, CpuArchitecture: arch}
	return in
}

func TestRegisteredDefinitionIsAnsweredAndDescribed(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Terraform, localtest.West)
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	in := localtest.FargateDefinition("web")
	in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}
	in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64}
	localtest.Register(t, client, in)

	out, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String("web"), Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := out.TaskDefinition
	got := map[string]any{
		"arn": *d.TaskDefinitionArn, "revision": d.Revision, "status": d.Status, "cpu": *d.Cpu, "memory": *d.Memory,
		"requires": d.RequiresCompatibilities, "computed": d.Compatibilities, "by": *d.RegisteredBy, "at": *d.RegisteredAt,
		"arch": d.RuntimePlatform.CpuArchitecture, "os": d.RuntimePlatform.OperatingSystemFamily,
		"env": *d.ContainerDefinitions[0].Environment[0].Value, "tag": *out.Tags[0].Value,
	}
	want := map[string]any{
		"arn":      "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:2",
		"revision": int32(2), "status": types.TaskDefinitionStatusActive, "cpu": "1024", "memory": "2048",
		"requires": []types.Compatibility{"FARGATE"}, "computed": []types.Compatibility{"EC2", "FARGATE", "MANAGED_INSTANCES"},
		"by": localaws.Everyone().Terraform.ARN, "at": localtest.Noon(),
		"arch": types.CPUArchitectureArm64, "os": types.OSFamily(""),
		"env": "blue", "tag": "shop",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("described (-want +got):\n%s", diff)
	}
	first, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("web:1")})
	if err != nil {
		t.Fatal(err)
	}
	if first.TaskDefinition.RuntimePlatform != nil {
		t.Errorf("a runtime platform that nobody gave is answered: %+v", first.TaskDefinition.RuntimePlatform)
	}
	data, err := json.Marshal(a.Records()[1])
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		ResponseElements struct{ TaskDefinition map[string]any }
	}
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	response := record.ResponseElements.TaskDefinition
	if got, want := response["registeredAt"], "Nov 2, 2026, 12:00:00\u202fPM"; got != want {
		t.Errorf("CloudTrail shows registeredAt %v, want %q", got, want)
	}
	if got := response["revision"]; got != 2.0 {
		t.Errorf("CloudTrail shows revision %v, want the number 2", got)
	}
}

func TestWhereADefinitionCanRun(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	edit := func(f func(*ecs.RegisterTaskDefinitionInput)) *ecs.RegisterTaskDefinitionInput {
		in := localtest.FargateDefinition("web")
		in.RequiresCompatibilities = nil
		f(in)
		return in
	}
	cases := []struct {
		name string
		in   *ecs.RegisterTaskDefinitionInput
		want string // compatibilities, or an error code
	}{
		{"for Fargate, without saying so", edit(func(*ecs.RegisterTaskDefinitionInput) {}), "[EC2 FARGATE MANAGED_INSTANCES]"},
		{"bridge", edit(func(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = types.NetworkModeBridge }), "[EC2 EXTERNAL]"},
		{"no size", edit(func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu, in.Memory = nil, nil }), "[EC2 MANAGED_INSTANCES]"},
		{"no such Fargate size", edit(func(in *ecs.RegisterTaskDefinitionInput) { in.Memory = aws.String("1GB") }), "[EC2 MANAGED_INSTANCES]"},
		{"no such Fargate size, but asked for", edit(func(in *ecs.RegisterTaskDefinitionInput) {
			in.Memory = aws.String("1GB")
			in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate}
		}), "ClientException"},
		{"Fargate with bridge", edit(func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode = types.NetworkModeBridge
			in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate}
		}), "ClientException"},
		{"Windows", onPlatform(edit(func(*ecs.RegisterTaskDefinitionInput) {}), "WINDOWS_SERVER_2022_CORE", "X86_64"), "[EC2 FARGATE]"},
		{"Windows that Fargate has not", onPlatform(edit(func(*ecs.RegisterTaskDefinitionInput) {}), "WINDOWS_SERVER_2016_FULL", "X86_64"), "[EC2]"},
		{"Windows on ARM64", onPlatform(edit(func(*ecs.RegisterTaskDefinitionInput) {}), "WINDOWS_SERVER_2022_CORE", "ARM64"), "ClientException"},
		{"an architecture that is none", onPlatform(edit(func(*ecs.RegisterTaskDefinitionInput) {}), "LINUX", "x86_64"), "InvalidParameterException"},
		{"an operating system that is none", onPlatform(edit(func(*ecs.RegisterTaskDefinitionInput) {}), "PLAN9", "X86_64"), "InvalidParameterException"},
		{"a family with a slash", edit(func(in *ecs.RegisterTaskDefinitionInput) { in.Family = aws.String("a/b") }), "ClientException"},
		{"no containers", edit(func(in *ecs.RegisterTaskDefinitionInput) { in.ContainerDefinitions = []types.ContainerDefinition{} }), "ClientException"},
	}
	for _, c := range cases {
		out, err := client.RegisterTaskDefinition(t.Context(), c.in)
		got := localtest.Code(err)
		if err == nil {
			got = fmt.Sprint(out.TaskDefinition.Compatibilities)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s (%v)", c.name, got, c.want, err)
		}
	}
}

func TestDeregisteredDefinitionLaunchesForTenMinutesMore(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	arn := localtest.Register(t, client, localtest.FargateDefinition("web"))
	localtest.Register(t, client, localtest.FargateDefinition("web"))
	deregister := func() *types.TaskDefinition {
		t.Helper()
		out, err := client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn})
		if err != nil {
			t.Fatalf("deregister: %v", err)
		}
		return out.TaskDefinition
	}
	first := deregister()
	if first.Status != types.TaskDefinitionStatusInactive || !first.DeregisteredAt.Equal(localtest.Noon()) {
		t.Errorf("deregistered: status %s at %v", first.Status, first.DeregisteredAt)
	}
	localtest.Advance(t, a, time.Minute)
	if again := deregister(); !again.DeregisteredAt.Equal(localtest.Noon()) {
		t.Errorf("deregistering again changed the time to %v", again.DeregisteredAt)
	}
	launch := func() string {
		_, err := client.RunTask(t.Context(), runInput(arn))
		return localtest.Code(err)
	}
	if got := launch(); got != "" {
		t.Errorf("within ten minutes a launch fails with %q", got)
	}
	localtest.Advance(t, a, 10*time.Minute)
	if got := launch(); got != "ClientException" {
		t.Errorf("after ten minutes a launch gives %q, want ClientException", got)
	}
	out, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("web")})
	if err != nil || out.TaskDefinition.Revision != 2 {
		t.Errorf("the newest ACTIVE revision is %+v (%v), want 2", out, err)
	}
	for _, reference := range []string{"web", "web:9", "nothing:1", "arn:aws:ecs:us-east-1:1:task-definition/web:1", ""} {
		if _, err := client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &reference}); localtest.Code(err) != "ClientException" {
			t.Errorf("deregister %q: got %v, want ClientException", reference, err)
		}
	}
}

func TestListedDefinitions(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	for range 11 {
		localtest.Register(t, client, localtest.FargateDefinition("b"))
	}
	localtest.Register(t, client, localtest.FargateDefinition("a"))
	inactive := localtest.Register(t, client, localtest.FargateDefinition("b-side"))
	if _, err := client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &inactive}); err != nil {
		t.Fatal(err)
	}
	list := func(in ecs.ListTaskDefinitionsInput) []string {
		t.Helper()
		in.MaxResults = aws.Int32(5)
		var names []string
		pages := ecs.NewListTaskDefinitionsPaginator(client, &in)
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, arn := range out.TaskDefinitionArns {
				names = append(names, arn[len("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/"):])
			}
		}
		return names
	}
	b := []string{"b:1", "b:2", "b:3", "b:4", "b:5", "b:6", "b:7", "b:8", "b:9", "b:10", "b:11"}
	cases := []struct {
		name string
		in   ecs.ListTaskDefinitionsInput
		want []string
	}{
		{"ascending, by number", ecs.ListTaskDefinitionsInput{}, append([]string{"a:1"}, b...)},
		{"descending", ecs.ListTaskDefinitionsInput{Sort: types.SortOrderDesc},
			[]string{"b:11", "b:10", "b:9", "b:8", "b:7", "b:6", "b:5", "b:4", "b:3", "b:2", "b:1", "a:1"}},
		{"one family", ecs.ListTaskDefinitionsInput{FamilyPrefix: aws.String("b")}, b},
		{"inactive", ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusInactive}, []string{"b-side:1"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, list(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

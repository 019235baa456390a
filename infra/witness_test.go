package main

import (
	"strings"
	"testing"

	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// TestWitness: it runs this build's image and can do nothing; the verifier may
// launch it and pass its role, and nothing else of the kind.
func TestWitness(t *testing.T) {
	const subnets = "subnet-0123456789abcdef0,subnet-0123456789abcdef1"
	stack := synthesizeFor(t, map[string]string{"witnessSubnets": subnets, "witnessSecurityGroup": "sg-0123456789abcdef0"})[accountStack]
	checkMessages(t, stack)
	checkGovCloud(t, stack)
	checkGranted(t, stack, "any", map[string][]string{"Verifier": {
		"ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecs:DescribeClusters", "ecs:RunTask", "iam:PassRole",
	}}, func(string) bool { return true })
	template := assertions.Template_FromString(jsii.String(string(stack.text)), nil)
	has := func(kind string, properties map[string]any) {
		t.Helper()
		template.HasResourceProperties(jsii.String(kind), assertions.Match_ObjectLike(&properties))
	}
	has("AWS::ECR::Repository", map[string]any{"RepositoryName": product.Witness, "ImageTagMutability": "IMMUTABLE"})
	has("AWS::ECS::Cluster", map[string]any{"ClusterName": product.Witness})
	has("AWS::ECS::TaskDefinition", map[string]any{
		"Family": product.Witness, "Cpu": "256", "Memory": "512", "TaskRoleArn": assertions.Match_Absent(),
		"RuntimePlatform": map[string]any{"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"},
	})
	if !strings.Contains(string(stack.text), "@"+witness.Digest) {
		t.Error("the task definition does not name this build's image by its digest")
	}
	has("AWS::Lambda::Function", map[string]any{"FunctionName": product.Verifier, "Environment": map[string]any{"Variables": map[string]any{
		"FIPSGUARD_WITNESS_SUBNETS": subnets, "FIPSGUARD_WITNESS_GROUP": "sg-0123456789abcdef0",
	}}})
	for _, text := range []string{`"iam:PassedToService": "ecs-tasks.amazonaws.com"`, `:cluster/` + product.Witness} {
		if !strings.Contains(string(stack.text), text) {
			t.Errorf("the template has no %s", text)
		}
	}
	without := synthesizeFor(t, nil)[accountStack]
	if strings.Contains(string(without.text), "AWS::ECR::Repository") {
		t.Error("there is a witness that nobody asked for")
	}
}

// TestTheCanarysAlarm: where the guard only audits, no canary is sent and none is
// missed.
func TestTheCanarysAlarm(t *testing.T) {
	conditions := 0
	for name, alarm := range synthesizeFor(t, nil)[accountStack].resources("AWS::CloudWatch::Alarm") {
		if alarm["Properties"].(map[string]any)["AlarmName"] != product.Prefix+"canary" {
			continue
		}
		if conditions++; alarm["Condition"] != "Enforcing" {
			t.Errorf("%s is there in condition %v", name, alarm["Condition"])
		}
	}
	if conditions != 1 {
		t.Errorf("%d alarms of the canary", conditions)
	}
}

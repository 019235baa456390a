package main

import (
	"strings"
	"testing"
	"time"

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
	checkGranted(t, stack, map[string][]string{"Verifier": {"ecs:RunTask", "iam:PassRole"}}, func(string) bool { return true })
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

// TestTheCanarysAlarm: where no canary is sent, none is missed.
func TestTheCanarysAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		want    bool
	}{
		"by default":               {Options{}, true},
		"audit mode":               {Options{Audit: true}, false},
		"a policy that enforces":   {Options{Policy: `{"version": 1, "rules": {"fips-mode-default": "enforce"}}`}, true},
		"a policy that audits":     {Options{Policy: `{"version": 1, "rules": {"fips-mode-default": "audit"}}`}, false},
		"a policy that is refused": {Options{Policy: `{"version": 9}`}, true},
	} {
		if got := c.options.sendsCanaries(time.Now()); got != c.want {
			t.Errorf("%s: canaries are sent: %t", name, got)
		}
	}
}

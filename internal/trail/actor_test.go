package trail

import (
	"fmt"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

// TestTools: what user agents say, without versions. The texts are of the kinds
// in docs/facts.md.
func TestTools(t *testing.T) {
	for agent, want := range map[string]string{
		"APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.80.0 aws-sdk-go-v2/1.32.6": "Terraform",
		"[APN/1.0 HashiCorp/1.0 Terraform/1.5.7 aws-sdk-go/1.44]":                                                              "Terraform",
		"APN/1.0 Pulumi/1.0 PulumiAwsNative/1.2 aws-sdk-go-v2/1.30":                                                            "Pulumi",
		"cloudformation.amazonaws.com":                                                                                         "CloudFormation",
		"aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux md/command#ecs.put-account-setting-default":                             "the AWS CLI",
		"aws-cli/2.31.0 exec-env/CloudShell":                                                                                   "CloudShell",
		"aws-cli/1.29.0 Python/3.11 Botocore/1.31":                                                                             "the AWS CLI",
		"Boto3/1.35 md/Botocore#1.35":                                                                                          "Boto3",
		"Botocore/1.35 Python/3.12":                                                                                            "Boto3",
		"aws-sdk-go-v2/1.32 exec-env/AWS_Lambda_provided.al2023":                                                               "a Lambda function",
		"aws-sdk-go-v2/1.32 exec-env/AWS_Lambda_provided.al2023 app/fipsguard":                                                 "fipsguard",
		"aws-sdk-js/3.600":         "an AWS SDK",
		"console.amazonaws.com":    "the console",
		"signin.amazonaws.com":     "the console",
		"Mozilla/5.0 (X11; Linux)": "the console",
		"AWS Internal":             "",
		"batch.amazonaws.com":      "",
		"":                         "",
	} {
		event, err := Decode(fmt.Appendf(nil, `{"eventSource":"ecs.amazonaws.com","eventName":"RunTask","userAgent":%q}`, agent))
		if err != nil || event.Cause.Actor.Tool != want || event.Cause.Actor.UserAgent != agent {
			t.Errorf("%s is called %q, error %v; want %q", agent, event.Cause.Actor.Tool, err, want)
		}
	}
}

func TestTheConsoleIsAWSsWord(t *testing.T) {
	for member, want := range map[string]bool{`"true"`: true, `true`: true, `"false"`: false, `null`: false, `{}`: false} {
		event, err := Decode(fmt.Appendf(nil, `{"eventSource":"ecs.amazonaws.com","eventName":"RunTask","sessionCredentialFromConsole":%s}`, member))
		if err != nil || event.Cause.Actor.Console != want {
			t.Errorf("sessionCredentialFromConsole %s: %t, error %v; want %t", member, event.Cause.Actor.Console, err, want)
		}
	}
}

// TestLaunchesNameWhatAndWhom: every task of a launch has its definition, its
// group and what AWS Batch says; of a container's environment nothing else is
// kept.
func TestLaunchesNameWhatAndWhom(t *testing.T) {
	const web = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7"
	night := &guard.Batch{JobQueue: "night", ComputeEnvironment: "fargate"}
	type launch struct {
		Definition, Group string
		Batch             *guard.Batch
	}
	for name, want := range map[string]struct {
		actor    string
		launches []launch
	}{
		"launch-two-tasks-one-bad":            {"role Admin, session jane.doe", []launch{{web, "family:web", nil}, {web, "family:web", nil}}},
		"launch-by-batch":                     {"role AWSServiceRoleForBatch, session aws-batch, through batch.amazonaws.com", []launch{{web, "family:web", night}, {web, "family:web", night}}},
		"change-batch-arm64-pending":          {"AWS Batch, for job queue night", []launch{{web, "family:web", night}}},
		"change-service-task-arm64-pending":   {"ECS, for service web", []launch{{web, "service:web", nil}}},
		"change-standalone-started-by-nobody": {"ECS, task of group family:web", []launch{{web, "family:web", nil}}},
	} {
		event, err := Decode(events(t)[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []launch
		for _, s := range event.States {
			task, _ := s.(guard.Task)
			got = append(got, launch{task.Definition, task.Group, task.Batch})
		}
		if diff := cmp.Diff(want.launches, got); diff != "" || event.Cause.Actor.Name != want.actor {
			t.Errorf("%s by %q, want %q (-want +got):\n%s", name, event.Cause.Actor.Name, want.actor, diff)
		}
		if strings.Contains(fmt.Sprintf("%+v", event), "hunter2") {
			t.Errorf("%s: a password of a container's environment is kept", name)
		}
	}
}

// TestDefinitionsOfBatch: also where the record leaves the answer out.
func TestDefinitionsOfBatch(t *testing.T) {
	const caller = `"userIdentity":{"type":"AssumedRole","arn":"arn:aws-us-gov:sts::111122223333:assumed-role/AWSServiceRoleForBatch/aws-batch"}`
	for name, members := range map[string]string{
		"answered":   `"responseElements":{"taskDefinition":{"taskDefinitionArn":"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/nightly:3","family":"nightly","registeredBy":"arn:aws-us-gov:sts::111122223333:assumed-role/AWSServiceRoleForBatch/aws-batch"}}`,
		"asked":      `"requestParameters":{"family":"nightly"},` + caller,
		"unanswered": `"responseElements":{"taskDefinition":{"taskDefinitionArn":"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/nightly:3","family":"nightly"}},` + caller,
	} {
		event, err := Decode([]byte(`{"eventSource":"ecs.amazonaws.com","eventName":"RegisterTaskDefinition",` + members + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if d, _ := event.States[0].(guard.TaskDefinition); d.JobDefinition() != "nightly" {
			t.Errorf("%s: the job definition is %q, want nightly", name, d.JobDefinition())
		}
	}
}

// TestEnvelopesLackingMembers: what has a detail-type and a detail is an
// EventBridge event.
func TestEnvelopesLackingMembers(t *testing.T) {
	for text, want := range map[string]guard.Verdict{
		`{"detail-type":"AWS API Call via CloudTrail","detail":{}}`:                                                                                                         guard.NotApplicable,
		`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"CreateService"}}`:                                                                              guard.InsufficientData,
		`{"detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","detail":{"eventName":"RunTask"}}`:                                                                 guard.InsufficientData,
		`{"detail-type":"AWS API Call via CloudTrail","source":"aws.apprunner","detail":{"eventName":"CreateService"}}`:                                                     guard.NotApplicable,
		`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"PutAccountSettingDefault","requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}}`: guard.NonCompliant,
		`{"detail-type":"ECS Task State Change","detail":{}}`:                                                                                                               guard.InsufficientData,
		`{"detail-type":"ECS Task State Change","time":5,"detail":{"taskArn":7}}`:                                                                                           guard.InsufficientData,
		`{"detail-type":"Another Kind","detail":{"eventName":5}}`:                                                                                                           guard.NotApplicable,
		`{"detail-type":"AWS Service Event via CloudTrail","detail":{"eventName":"x"}}`:                                                                                     guard.NotApplicable,
	} {
		event, err := Decode([]byte(text))
		if got := guard.Worst(guard.CheckAll(event.States)); err != nil || got != want {
			t.Errorf("%s: %s, error %v; want %s", text, got, err, want)
		}
	}
}

package guard

import (
	"strings"
	"testing"
)

const batch = "arn:aws-us-gov:sts::111122223333:assumed-role/AWSServiceRoleForBatch/aws-batch"

// TestAdviceAboutBatchNamesTheJobDefinition: nobody can change the task
// definitions that AWS Batch registers.
func TestAdviceAboutBatchNamesTheJobDefinition(t *testing.T) {
	armed := Platform{OS: "LINUX", Architecture: "ARM64"}
	definition := TaskDefinition{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/nightly:3", Family: "nightly", RegisteredBy: batch, Fargate: Yes, Platform: armed}
	task := Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/c/1", Definition: definition.ARN, Fargate: Yes, Platform: armed, PlatformVersion: "1.4.0",
		Batch: &Batch{JobQueue: "night", ComputeEnvironment: "fargate"},
	}
	for _, c := range []struct {
		name  string
		state State
		names []string
	}{
		{"a task definition", definition, []string{"job definition nightly"}},
		{"a task", task, []string{"job definition nightly", "job queue night", "compute environment fargate"}},
	} {
		advice := Check(c.state)[0].Advice()
		for _, name := range c.names {
			if !strings.Contains(advice, name) {
				t.Errorf("the advice about %s does not name %s: %s", c.name, name, advice)
			}
		}
	}
	definition.RegisteredBy = strings.Replace(batch, "AWSServiceRoleForBatch", "Pipeline", 1)
	if advice := Check(definition)[0].Advice(); strings.Contains(advice, "Batch") {
		t.Errorf("a pipeline's task definition is taken for AWS Batch's: %s", advice)
	}
}

func TestThroughWhat(t *testing.T) {
	for _, c := range []struct {
		name string
		a    Actor
		want string
	}{
		{"nothing known", Actor{}, ""},
		{"a tool's own word", Actor{Tool: "Terraform"}, "says it is Terraform"},
		{"the console's credentials", Actor{Console: true}, "through the console"},
		{"a browser that AWS vouches for", Actor{Console: true, Tool: ConsoleTool}, "through the console"},
		{"a browser that nobody vouches for", Actor{Tool: ConsoleTool}, "says it is the console"},
		{"a tool with the console's credentials", Actor{Console: true, Tool: "the AWS CLI"}, "says it is the AWS CLI"},
	} {
		if got := c.a.Through(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

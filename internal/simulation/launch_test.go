package simulation

import (
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestWhoLaunchedTasksIsNamedWithAllOfThem: ECS shows a task's changes before
// CloudTrail has the record of the call, and the guard has stopped it by then.
// The record's alert names the person, the tool, the definition and every task.
func TestWhoLaunchedTasksIsNamedWithAllOfThem(t *testing.T) {
	a, err := Start(t.Context(), guard.DefaultPolicy(), Options{Now: standing})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	if err := a.Do(t.Context(), "The pipeline registers the task definition web."); err != nil {
		t.Fatal(err)
	}
	a.AWS.Inject(localaws.Fault{Operation: "RunTask", Caller: a.People.Terraform.AccessKeyID, Times: 1, Effect: localaws.ReorderEvent})
	out, err := a.as(a.People.Terraform).RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String("web"), Count: aws.Int32(3), LaunchType: types.LaunchTypeFargate, PlatformVersion: aws.String("1.3.0"), NetworkConfiguration: network(),
	})
	if err != nil || len(out.Tasks) != 3 {
		t.Fatalf("%d tasks were launched: %v", len(out.Tasks), err)
	}
	if err := a.AWS.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range alerts(a.seen()) {
		if text := m.For("email"); strings.Contains(text, "user terraform-ci (says it is an AWS SDK), by RunTask") {
			named = append(named, text)
		}
	}
	if len(named) != 1 {
		t.Fatalf("the person is named in %d alerts", len(named))
	}
	for _, task := range out.Tasks {
		if !strings.Contains(named[0], aws.ToString(task.TaskArn)) {
			t.Errorf("the alert does not name task %s:\n%s", aws.ToString(task.TaskArn), named[0])
		}
	}
	if !strings.Contains(named[0], "The task is of web:1; the guard ") {
		t.Errorf("the alert does not say what the tasks are of:\n%s", named[0])
	}
}

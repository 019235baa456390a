package ecs

import (
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// deletionTime is how long a deleted revision can still be described, at least:
// AWS names no time.
const deletionTime = time.Hour

// deleteTaskDefinitions: "You must deregister a task definition revision before
// you delete it. … When you delete a task definition revision, it is immediately
// transitions from the INACTIVE to DELETE_IN_PROGRESS." (API reference)
func (e *ECS) deleteTaskDefinitions(c *call, in *sdk.DeleteTaskDefinitionsInput) (*sdk.DeleteTaskDefinitionsOutput, error) {
	if n := len(in.TaskDefinitions); n == 0 || n > 10 {
		return nil, kernel.InvalidParameter("Task definitions must have between 1 and 10 elements.")
	}
	out := &sdk.DeleteTaskDefinitionsOutput{TaskDefinitions: []types.TaskDefinition{}, Failures: []types.Failure{}}
	for _, reference := range in.TaskDefinitions {
		d := c.region.definition(reference)
		switch {
		case d == nil:
			out.Failures = append(out.Failures, types.Failure{Arn: &reference, Reason: aws.String("The specified task definition does not exist.")})
			continue
		case d.active():
			out.Failures = append(out.Failures, types.Failure{Arn: &reference, Reason: aws.String("The specified task definition is still in ACTIVE status. Please deregister the target and try again.")})
			continue
		case d.Status == types.TaskDefinitionStatusInactive:
			d.Status = types.TaskDefinitionStatusDeleteInProgress
			e.forgetLater(c.region, d)
		}
		out.TaskDefinitions = append(out.TaskDefinitions, d.TaskDefinition)
	}
	return out, nil
}

// forgetLater lets a deleted revision go when no task has it any more. Its number
// is not used again.
func (e *ECS) forgetLater(r *region, d *taskDefinition) {
	e.kernel.Clock.After(deletionTime, func() {
		if slices.ContainsFunc(r.tasks, func(t *task) bool { return *t.TaskDefinitionArn == d.arn() }) {
			e.forgetLater(r, d)
			return
		}
		d.gone = true
	})
}

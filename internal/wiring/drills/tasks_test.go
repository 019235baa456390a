package drills

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestNoTaskSaysWhy: a failure in ECS's answer is an answer, and kept as one.
func TestNoTaskSaysWhy(t *testing.T) {
	var answered interface {
		error
		ErrorCode() string
		ErrorMessage() string
	}
	err := noTask([]types.Failure{{Reason: aws.String("RESOURCE:FARGATE"), Detail: aws.String("no capacity")}})
	if !errors.As(err, &answered) || answered.ErrorCode() != "RESOURCE:FARGATE" || answered.ErrorMessage() != "no capacity" {
		t.Errorf("%v", err)
	}
}

package drill

import (
	"errors"
	"fmt"
	"testing"
)

type refused struct{ code, message string }

func (r refused) Error() string        { return "refused" }
func (r refused) ErrorCode() string    { return r.code }
func (r refused) ErrorMessage() string { return r.message }

type unanswered struct{ error }

func (unanswered) Operation() string { return "RunTask" }

// TestAnswers: what AWS answered is kept as it is, and silence is called silence.
func TestAnswers(t *testing.T) {
	for want, err := range map[string]error{
		"INACTIVE":                       nil,
		"AccessDeniedException: not you": fmt.Errorf("stop: %w", refused{"AccessDeniedException", "not you"}),
		"RESOURCE:FARGATE":               refused{"RESOURCE:FARGATE", ""},
		"no answer":                      fmt.Errorf("launch: %w", unanswered{errors.New("connection reset")}),
		"ECS launched no task and did not say why": errors.New("ECS launched no task and did not say why"),
	} {
		if got := answerOf("INACTIVE", err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

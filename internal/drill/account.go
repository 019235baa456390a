package drill

import (
	"context"
	"errors"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// Account is the account in the hands of the drill's role.
type Account interface {
	Setting
	Definitions
	Tasks
	Links
	Probes
}

// Probes are the guard's own ways of trying itself.
type Probes interface {
	// Canaries are those that the enforcer received since a moment, or why that
	// is unknown.
	Canaries(ctx context.Context, since time.Time) ([]guard.Canary, string)
	// Witness launches a witness and waits for what it says.
	Witness(ctx context.Context) guard.Witness
}

// Setting reads and writes FIPS mode.
type Setting interface {
	// Modes are the account default's, and the role's own override's: nil where
	// it has none.
	Modes(ctx context.Context) (account guard.Mode, own *guard.Mode, err error)
	PutOwn(ctx context.Context, value string) error
	DeleteOwn(ctx context.Context) error
	PutDefault(ctx context.Context, value string) error
}

// Definitions are task definitions.
type Definitions interface {
	// Register registers one that has no roles and whose image exists nowhere.
	Register(ctx context.Context, family, architecture string) (arn string, err error)
	// Revisions are those of a family that are ACTIVE, INACTIVE or
	// DELETE_IN_PROGRESS.
	Revisions(ctx context.Context, family, status string) ([]string, error)
	Revision(ctx context.Context, arn string) (Revision, error)
	Deregister(ctx context.Context, arn string) (status string, err error)
	// Delete returns why revisions were not deleted.
	Delete(ctx context.Context, arns []string) (left []string, err error)
}

// Revision is one of a task definition.
type Revision struct {
	Status     string
	Registered time.Time
}

// Tasks are tasks.
type Tasks interface {
	Clusters(ctx context.Context) ([]string, error)
	// ListTasks are those of a cluster that run or are starting, by whom they
	// were started where that is not empty.
	ListTasks(ctx context.Context, cluster, startedBy string) ([]string, error)
	DescribeTasks(ctx context.Context, cluster string, arns []string) ([]Task, error)
	// Wanted are services that want tasks of Fargate.
	Wanted(ctx context.Context, cluster string) ([]string, error)
	Run(ctx context.Context, l Launch) (arn string, err error)
	Stop(ctx context.Context, cluster, arn string) (status string, err error)
}

// Launch is one task to launch.
type Launch struct {
	Cluster, Definition, Version string
	Subnets, Groups              []string
}

// Task is one as it was described.
type Task struct {
	ARN, LaunchType string
	Desired         string // RUNNING or STOPPED
	StopCode        string
	Started         bool // it reached RUNNING
}

// Links are what lies between a call and the alert about it.
type Links interface {
	// Alerts are those that came into the drill's queue, each once.
	Alerts(ctx context.Context) ([]Alert, error)
	// Filtered is how many came into the queue behind a filter policy.
	Filtered(ctx context.Context) (int, error)
	// Components are those of the guard that the drill's role may read.
	Components(ctx context.Context) []guard.Component
	// Waiting is how many events wait for the gate, and how many it took and has
	// not handled yet, or failed to.
	Waiting(ctx context.Context) (waiting, taken int, err error)
	// Recorded are CloudTrail's records of the role's own calls since a moment.
	Recorded(ctx context.Context, since time.Time) ([]Record, error)
}

// Record is what the event history has of a call.
type Record struct {
	Event string
	At    time.Time
	JSON  string
}

// refusal is an error that AWS answered with; the SDK's has this shape.
type refusal interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// callError is an error of a call; the SDK's have this shape.
type callError interface {
	error
	Operation() string
}

// answerOf is what AWS answered, raw. What is no error of a call says itself what is
// wrong with the answer.
func answerOf(value string, err error) string {
	var r refusal
	var c callError
	switch {
	case err == nil:
		return value
	case errors.As(err, &r):
		return strings.TrimSuffix(r.ErrorCode()+": "+r.ErrorMessage(), ": ")
	case errors.As(err, &c):
		return "no answer"
	}
	return err.Error()
}

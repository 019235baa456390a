package witness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// API are the calls of ECS that a witness takes. *ecs.Client makes them.
type API interface {
	RunTask(context.Context, *ecs.RunTaskInput, ...func(*ecs.Options)) (*ecs.RunTaskOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
}

// Task launches the witness in one account and Region.
type Task struct {
	ECS           API
	Subnets       []string
	SecurityGroup string // empty: that of the VPC
	Now           func() time.Time
	Sleep         func(context.Context, time.Duration) error
}

const (
	// pause is between two readings of a task.
	pause = 5 * time.Second
	// lifetime is how long a witness may take: Fargate starts a task within a
	// minute, the program ends at once.
	lifetime = 4 * time.Minute
)

// Start launches a witness. By is who asked for it, in letters and hyphens; it is
// shown as startedBy. Where none was launched, the result has no Task and says why.
func (t Task) Start(ctx context.Context, location guard.Location, by string) guard.Witness {
	w := guard.Witness{Account: location.Account, Region: location.Region, At: t.Now().UTC()}
	network := &types.AwsVpcConfiguration{Subnets: t.Subnets, AssignPublicIp: types.AssignPublicIpDisabled}
	if t.SecurityGroup != "" {
		network.SecurityGroups = []string{t.SecurityGroup}
	}
	out, err := t.ECS.RunTask(ctx, &ecs.RunTaskInput{
		Cluster: aws.String(product.Witness), TaskDefinition: aws.String(product.Witness), LaunchType: types.LaunchTypeFargate,
		StartedBy: aws.String(product.Prefix + by), NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: network},
	})
	switch {
	case err != nil:
		w.Unknown = answer.Why("RunTask", err)
	case len(out.Tasks) == 1:
		w.Task = aws.ToString(out.Tasks[0].TaskArn)
	case len(out.Failures) > 0:
		w.Unknown = "ECS launched none: " + aws.ToString(out.Failures[0].Reason)
	default:
		w.Unknown = "ECS launched none"
	}
	return w
}

// Wait waits until a witness that was started has ended, and returns what it
// says. One that was not started is returned as it is.
func (t Task) Wait(ctx context.Context, w guard.Witness) guard.Witness {
	if w.Task == "" || w.FIPS != guard.Unknown {
		return w
	}
	for {
		ended, task, err := t.read(ctx, w.Task)
		switch {
		case errors.Is(err, errMissing):
			w.Unknown = "ECS does not know its task" // yet, right after the launch
		case err != nil:
			w.Unknown = answer.Why("DescribeTasks", err)
			return w
		case ended:
			w.FIPS, w.Read, w.Unknown = reading(task)
			return w
		default:
			w.Unknown = fmt.Sprintf("it did not end within %d minutes", lifetime/time.Minute)
		}
		if t.Now().Sub(w.At) > lifetime || t.Sleep(ctx, pause) != nil {
			return w
		}
	}
}

func (t Task) read(ctx context.Context, arn string) (ended bool, task types.Task, err error) {
	out, err := t.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(product.Witness), Tasks: []string{arn}})
	switch {
	case err != nil:
		return false, types.Task{}, err
	case len(out.Tasks) == 0:
		return false, types.Task{}, errMissing
	}
	return aws.ToString(out.Tasks[0].LastStatus) == "STOPPED", out.Tasks[0], nil
}

var errMissing = errors.New("ECS does not know the task")

// reading is what a task that ended says. Only the program of this build's image
// is believed, by the digest in the task's definition, and only where it ended by
// itself.
func reading(task types.Task) (fips guard.Answer, read, unknown string) {
	if len(task.Containers) != 1 {
		return guard.Unknown, "", fmt.Sprintf("its task has %d containers", len(task.Containers))
	}
	c := task.Containers[0]
	digest := cmp.Or(aws.ToString(c.ImageDigest), witness.Digest)
	switch {
	case !strings.HasSuffix(aws.ToString(c.Image), "/"+product.Witness+"@"+witness.Digest) || digest != witness.Digest:
		return guard.Unknown, "", fmt.Sprintf("its task ran image %s instead of this version's; deploy the guard's stack again", aws.ToString(c.Image))
	case c.ExitCode == nil || task.StopCode != types.TaskStopCodeEssentialContainerExited:
		return guard.Unknown, "", fmt.Sprintf("its task ended by %s: %s", cmp.Or(string(task.StopCode), "nothing known"), reason(task, c))
	}
	fips, read = witness.Read(*c.ExitCode)
	if fips == guard.Unknown {
		return fips, "", read
	}
	return fips, read, ""
}

// maxReason bounds what AWS says about a task that failed.
const maxReason = 200

func reason(task types.Task, c types.Container) string {
	text := cmp.Or(aws.ToString(c.Reason), aws.ToString(task.StoppedReason), "no reason given")
	return text[:min(len(text), maxReason)]
}

package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/guard"

	"golang.org/x/sync/errgroup"
)

// command reads whether the kernel runs in FIPS mode. It is run without a
// shell.
const command = "cat /proc/sys/crypto/fips_enabled"

const (
	// atOnce is how many containers are asked at once. Every session lasts at
	// least a second (docs/facts.md), and half of ExecuteCommand's bucket lets
	// twenty begin in one.
	atOnce = 24
	// answerTime is what one attempt may take.
	answerTime = 20 * time.Second
)

// readKernels reads the kernels under tasks, as many as the request allows,
// those read longest ago first. The checks come in the order of the tasks; for
// a task whose kernel was not read now comes what is known of it.
func (r run) readKernels(ctx context.Context, tasks []guard.Task) (checks []guard.KernelCheck, opened sessions) {
	checks = make([]guard.KernelCheck, len(tasks))
	for i, t := range tasks {
		checks[i] = r.knownOf(t)
	}
	if !r.exec {
		return checks, opened
	}
	order := r.order(checks)
	var done sync.Mutex
	asked := 0
	var asking errgroup.Group
	asking.SetLimit(atOnce)
	for _, i := range order {
		asking.Go(func() error {
			if r.late(ctx) {
				return nil
			}
			check, tried := r.askTask(ctx, tasks[i])
			done.Lock()
			defer done.Unlock()
			opened.tried += tried.tried
			opened.refused += tried.refused
			if check.Answer != "" || checks[i].Answer == "" {
				// An answer holds as long as the task runs: that the task does
				// not answer now is no news about its kernel.
				checks[i] = check
			}
			asked++
			r.progress("kernels")(asked, len(order))
			return nil
		})
	}
	_ = asking.Wait() // the checks carry what went wrong
	return checks, opened
}

// sessions are how many a scan asked for, and how many of them AWS refused.
type sessions struct{ tried, refused int }

// checkSessions checks whether the guard may ask containers at all.
func (r run) checkSessions(s sessions) stage {
	if s.tried == 0 {
		return stage{}
	}
	return stage{findings: r.check(r.reading(guard.Configured), s.component())}
}

// component is what they say of the guard: where every one is refused it is no
// matter of the tasks.
func (s sessions) component() guard.Component {
	c := guard.Component{Rule: guard.GuardSessions, Name: "sessions in containers"}
	if s.tried == s.refused {
		c.Faults = []string{fmt.Sprintf("AWS refused every session in a container that this scan asked for: %d of %d", s.refused, s.tried)}
	}
	c.Seen = "Sessions in containers are not all refused."
	return c
}

// knownOf is what earlier scans found out about a task's kernel.
func (r run) knownOf(t guard.Task) guard.KernelCheck {
	check, ok := r.request.Known.Kernels[t.ARN]
	if !ok {
		return guard.KernelCheck{Task: t}
	}
	check.Task = t
	switch age := r.Now().Sub(check.At); {
	case age < 0:
		return guard.KernelCheck{Task: t, Unknown: fmt.Sprintf("the time of its last kernel check, %s, is in the future", check.At.UTC().Format(time.RFC3339))}
	case age > r.Class.Cycle():
		// A kernel does not change under a running task, but whether it was
		// shown lately is what the cycle is about.
		return guard.KernelCheck{Task: t, Unknown: fmt.Sprintf("its last kernel check, of %s, is older than %d days", check.At.UTC().Format(time.RFC3339), r.Class.Cycle()/(24*time.Hour))}
	}
	return check
}

// order returns the indexes of the tasks to ask, by what is known of them.
func (r run) order(checks []guard.KernelCheck) []int {
	order := make([]int, len(checks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			checks[a].At.Compare(checks[b].At),
			checks[a].Task.Created.Compare(checks[b].Task.Created),
		)
	})
	if r.request.Sample > 0 && len(order) > r.request.Sample {
		order = order[:r.request.Sample]
	}
	return order
}

// late reports whether there is no time left to ask.
func (r run) late(ctx context.Context) bool {
	return ctx.Err() != nil || !r.request.KernelsEnd.IsZero() && r.Now().Add(answerTime).After(r.request.KernelsEnd)
}

// askTask asks one task, in one container at a time, and once more if the first
// attempt went wrong in a way that may pass or that another container may not
// have.
func (r run) askTask(ctx context.Context, t guard.Task) (guard.KernelCheck, sessions) {
	able, obstacle := askable(t)
	if len(able) == 0 {
		return guard.KernelCheck{Task: t, At: r.Now().UTC(), Unknown: obstacle}, sessions{}
	}
	check, err := r.attempt(ctx, t, able[0])
	if mayPass(check, err) && !r.late(ctx) {
		check, err = r.attempt(ctx, t, able[len(able)-1])
	}
	var failed SessionError
	if errors.As(err, &failed) && failed.Refused() {
		return check, sessions{tried: 1, refused: 1}
	}
	return check, sessions{tried: 1}
}

// mayPass reports whether another attempt makes sense.
func mayPass(check guard.KernelCheck, err error) bool {
	var failed SessionError
	if errors.As(err, &failed) {
		return failed.MayPass()
	}
	return err != nil || check.Answer == ""
}

// askable returns the containers in which a command can be run, at most two. All
// containers of a task share one kernel.
func askable(t guard.Task) (able []guard.Container, obstacle string) {
	obstacle = "ECS shows no container of it"
	for _, c := range t.Containers {
		if c.Obstacle != "" {
			obstacle = c.Obstacle
		} else if len(able) < 2 {
			able = append(able, c)
		}
	}
	return able, obstacle
}

// maxAnswer is how much of an answer is kept as evidence.
const maxAnswer = 256

// attempt asks one container. The error says why it did not answer.
func (r run) attempt(ctx context.Context, t guard.Task, c guard.Container) (guard.KernelCheck, error) {
	check := guard.KernelCheck{Task: t, Container: c.Name}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer, err := r.Exec.Run(ctx, t, c, command)
	check.At = r.Now().UTC()
	switch {
	case err != nil:
		check.Unknown = reason(c, err)
	case answer == "":
		check.Unknown = "container " + c.Name + " answered nothing"
	default:
		check.Answer = shortened(answer)
	}
	return check, err
}

// shortened cuts an answer that is too long to keep so that it says the same: what
// is not 1 or 0 as a whole does not become it by being cut.
func shortened(answer string) string {
	if len(answer) <= maxAnswer {
		return answer
	}
	if strings.TrimSpace(answer[maxAnswer:]) == "" {
		return answer[:maxAnswer]
	}
	return answer[:maxAnswer] + "…"
}

// SessionError is an error of Exec that says why a container did not answer.
type SessionError interface {
	error
	Reason() string // for people, as the end of a sentence: "because …"
	MayPass() bool  // trying again makes sense
	Refused() bool  // AWS denied the session, whatever the container
}

// reason is why a container did not answer.
func reason(c guard.Container, err error) string {
	var failed SessionError
	if errors.As(err, &failed) {
		return failed.Reason()
	}
	return "no command could be run in container " + c.Name
}

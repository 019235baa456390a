package verifier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/guard"

	"golang.org/x/sync/errgroup"
)

// command asks a kernel whether it runs in FIPS mode. It is run without a
// shell.
const command = "cat /proc/sys/crypto/fips_enabled"

const (
	// sessions is how many containers are asked at once. Every session lasts at
	// least a second (docs/facts.md), and half of ExecuteCommand's bucket lets
	// twenty begin in one.
	sessions = 24
	// answerTime is what one attempt may take.
	answerTime = 20 * time.Second
	// proofLife is how long a proof is shown without being renewed. A kernel
	// does not change under a running task, but drift-prone resources are to be
	// checked at least every 7 days (FedRAMP's 2026 rules).
	proofLife = 7 * 24 * time.Hour
)

// prove asks the tasks' kernels, as many as the request allows, those that were
// asked longest ago first. The proofs come in the order of the tasks; of a task
// that was not asked now comes what is known of it.
func (l *look) prove(ctx context.Context, tasks []guard.Task) []guard.KernelCheck {
	proofs := make([]guard.KernelCheck, len(tasks))
	for i, t := range tasks {
		proofs[i] = l.known(t)
	}
	if !l.seen.Exec {
		return proofs
	}
	order := l.order(tasks)
	var done sync.Mutex
	asked := 0
	var asking errgroup.Group
	asking.SetLimit(sessions)
	for _, i := range order {
		asking.Go(func() error {
			if l.late(ctx) {
				return nil
			}
			proof := l.askTask(ctx, tasks[i])
			done.Lock()
			defer done.Unlock()
			if proof.Answer != "" || proofs[i].Answer == "" {
				// An answer holds as long as the task runs: that the task does
				// not answer now is no news about its kernel.
				proofs[i] = proof
			}
			asked++
			l.progress("proofs")(asked, len(order))
			return nil
		})
	}
	_ = asking.Wait() // the proofs carry what went wrong
	return proofs
}

// known is what an earlier look knew of a task's kernel.
func (l *look) known(t guard.Task) guard.KernelCheck {
	proof, ok := l.ask.Known.Proofs[t.ARN]
	if !ok {
		return guard.KernelCheck{Task: t}
	}
	proof.Task = t
	if l.Now().Sub(proof.At) > proofLife {
		return guard.KernelCheck{Task: t, Unknown: fmt.Sprintf("its last proof, of %s, is older than a week", proof.At.UTC().Format(time.RFC3339))}
	}
	return proof
}

// order is the indexes of the tasks to ask.
func (l *look) order(tasks []guard.Task) []int {
	order := make([]int, len(tasks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			l.ask.Known.Proofs[tasks[a].ARN].At.Compare(l.ask.Known.Proofs[tasks[b].ARN].At),
			tasks[a].Created.Compare(tasks[b].Created),
		)
	})
	if l.ask.Sample > 0 && len(order) > l.ask.Sample {
		order = order[:l.ask.Sample]
	}
	return order
}

// late reports whether there is no time left to ask.
func (l *look) late(ctx context.Context) bool {
	return ctx.Err() != nil || !l.ask.ProofsEnd.IsZero() && l.Now().Add(answerTime).After(l.ask.ProofsEnd)
}

// askTask asks one task, in one container at a time, and once more if the first
// attempt went wrong in a way that may pass or that another container may not
// have.
func (l *look) askTask(ctx context.Context, t guard.Task) guard.KernelCheck {
	able, obstacle := askable(t)
	if len(able) == 0 {
		return guard.KernelCheck{Task: t, At: l.Now().UTC(), Unknown: obstacle}
	}
	proof, again := l.attempt(ctx, t, able[0])
	if again && !l.late(ctx) {
		proof, _ = l.attempt(ctx, t, able[len(able)-1])
	}
	return proof
}

// askable are the containers in which a command can be run, at most two. All
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

// attempt asks one container, and says whether another attempt makes sense.
func (l *look) attempt(ctx context.Context, t guard.Task, c guard.Container) (proof guard.KernelCheck, again bool) {
	proof = guard.KernelCheck{Task: t, Container: c.Name}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer, err := l.Exec.Run(ctx, ecsexec.Target{Cluster: t.Cluster, Task: t.ARN, Container: c.Name, RuntimeID: c.RuntimeID}, command)
	proof.At = l.Now().UTC()
	switch {
	case err != nil:
		proof.Unknown = reason(c, err)
		return proof, passing(err)
	case answer == "":
		proof.Unknown = "container " + c.Name + " answered nothing"
		return proof, true
	case len(answer) > maxAnswer:
		answer = answer[:maxAnswer]
	}
	proof.Answer = answer
	return proof, false
}

// passing reports whether trying again makes sense. A session that may still
// run keeps its slot in the container, and what AWS refuses it refuses again.
func passing(err error) bool {
	return !errors.Is(err, ecsexec.ErrNotTerminated) && !errors.Is(err, ecsexec.ErrRefused) && !errors.Is(err, ecsexec.ErrEncryption)
}

// reason is why a container did not answer, as the end of a sentence.
func reason(c guard.Container, err error) string {
	var failed *ecsexec.ChannelError
	switch {
	case errors.Is(err, ecsexec.ErrRefused):
		return "AWS refused the session in container " + c.Name
	case errors.Is(err, ecsexec.ErrNotReady):
		return "ECS Exec is not ready in container " + c.Name
	case errors.As(err, &failed):
		return fmt.Sprintf("the command could not be run in container %s (%v)", c.Name, failed)
	case errors.Is(err, ecsexec.ErrTimedOut), errors.Is(err, context.DeadlineExceeded):
		return "container " + c.Name + " did not answer in time"
	case errors.Is(err, ecsexec.ErrIncomplete):
		return "the answer of container " + c.Name + " was cut off"
	case errors.Is(err, ecsexec.ErrTooLong):
		return "container " + c.Name + " answered too much"
	case errors.Is(err, ecsexec.ErrEncryption):
		return "the session in container " + c.Name + " could not be encrypted"
	case errors.Is(err, ecsexec.ErrProtocol):
		return "the message channel of container " + c.Name + " broke its protocol"
	}
	return "AWS did not open a session in container " + c.Name
}

package ecs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// schedulerPause is how soon the service scheduler sees a change.
const schedulerPause = time.Second

// The waits of the scheduler after tasks that never reached RUNNING: AWS says
// that they grow, "up to a maximum of 27 minutes" (developer guide, "Service
// throttle logic"); how, it does not say. Here they double.
const (
	firstBackOff = 10 * time.Second
	mostBackOff  = 27 * time.Minute
)

// wake makes the scheduler check a service.
func (e *ECS) wake(r *region, s *service) {
	if s.awake {
		return
	}
	s.awake = true
	e.kernel.Clock.After(schedulerPause, func() {
		s.awake = false
		e.schedule(r, s)
	})
}

// schedule starts and stops tasks until there are as many as wanted, and says
// which deployments are done.
func (e *ECS) schedule(r *region, s *service) {
	for _, o := range slices.Clone(s.rollouts) {
		e.scale(r, o)
	}
	s.rollouts = slices.DeleteFunc(s.rollouts, func(o *rollout) bool {
		return s.byECS() && o.status == "ACTIVE" && len(o.tasks) == 0
	})
	e.complete(s)
	if s.status() == "DRAINING" && !slices.ContainsFunc(s.rollouts, func(o *rollout) bool { return len(o.tasks) > 0 }) {
		s.Status = aws.String("INACTIVE")
	}
}

func (e *ECS) scale(r *region, o *rollout) {
	live, want := o.live(), int(o.want())
	for len(live) > want {
		e.stop(r, live[len(live)-1], types.TaskStopCodeServiceSchedulerInitiated, "Scaling activity initiated by (deployment "+o.id+")")
		live = live[:len(live)-1]
	}
	if len(live) == want || !o.launch.capacity.hasRoom() {
		return
	}
	if wait := o.notBefore.Sub(e.kernel.Clock.Now()); wait > 0 {
		e.kernel.Clock.After(wait, func() { e.wake(r, o.service) })
		return
	}
	l := o.launch
	l.group, l.startedBy, l.of = "service:"+o.service.name(), &o.id, o
	// It is the service's role that launches, so the account's value decides.
	l.owner, l.execute = kernel.IAMARN("root"), o.service.EnableExecuteCommand
	var started []string
	for len(live)+len(started) < want {
		t := e.start(r, l)
		o.tasks = append(o.tasks, t)
		started = append(started, "(task "+t.id()+")")
	}
	e.say(o.service, "has started %d tasks: %s.", len(started), strings.Join(started, " "))
}

// complete marks the deployment that has all of its tasks, and no others
// beside it.
func (e *ECS) complete(s *service) {
	o := s.primary()
	if o == nil || o.state != types.DeploymentRolloutStateInProgress || len(s.rollouts) > 1 && s.byECS() {
		return
	}
	if running, pending := o.counts(); running < o.want() || pending > 0 {
		return
	}
	o.state, o.reason = types.DeploymentRolloutStateCompleted, "ECS deployment "+o.id+" completed."
	o.updated = e.kernel.Clock.Now()
	s.lastGood = o
	e.say(s, "has reached a steady state.")
}

// taskEntered is called at every stage of every task.
func (e *ECS) taskEntered(r *region, t *task) {
	o := t.of
	if o == nil {
		return
	}
	switch t.status() {
	case "RUNNING":
		o.failed, o.streak = 0, 0
	case "STOPPED":
		o.tasks = slices.DeleteFunc(o.tasks, func(other *task) bool { return other == t })
	default:
		return
	}
	e.wake(r, o.service)
}

// taskStops is called when a task is to stop. One that ran is replaced at once;
// those that never did are replaced ever more slowly, and trip the circuit
// breaker.
func (e *ECS) taskStops(r *region, t *task) {
	o := t.of
	if o == nil {
		return
	}
	e.wake(r, o.service)
	if t.ran() || t.StopCode == types.TaskStopCodeServiceSchedulerInitiated {
		return
	}
	now := e.kernel.Clock.Now()
	o.failed++
	if t.CreatedAt.After(o.failedAt) {
		o.failedAt = now
		wait := min(firstBackOff<<min(o.streak, 10), mostBackOff)
		o.notBefore = now.Add(wait)
		o.streak++
		if o.streak > 1 {
			e.say(o.service, "is unable to consistently start tasks successfully.")
		}
	}
	if o.service.DeploymentConfiguration.DeploymentCircuitBreaker.Enable && o.failed >= breakerThreshold(o.service.DesiredCount) {
		e.tripBreaker(o)
	}
}

// breakerThreshold: half of the desired count, at least 3 and at most 200
// (developer guide, "How the Amazon ECS deployment circuit breaker detects
// failures").
func breakerThreshold(desired int32) int32 {
	return min(max((desired+1)/2, 3), 200)
}

// tripBreaker fails a deployment that has never been complete, and rolls back
// if that is configured and there is something to roll back to.
func (e *ECS) tripBreaker(o *rollout) {
	s := o.service
	if o.state != types.DeploymentRolloutStateInProgress || !s.byECS() {
		return
	}
	o.state, o.reason = types.DeploymentRolloutStateFailed, "ECS deployment circuit breaker: tasks failed to start."
	o.updated = e.kernel.Clock.Now()
	e.say(s, "(deployment %s) deployment failed: tasks failed to start.", o.id)
	if back := s.lastGood; s.DeploymentConfiguration.DeploymentCircuitBreaker.Rollback && back != nil && o.status == "PRIMARY" {
		next := e.rollOut(s, back.launch, back.version)
		next.reason = "ECS deployment circuit breaker: rolling back to deploymentId " + back.id + "."
	}
}

// mostEvents: "The event stream for your service. A maximum of 100 of the
// latest events are displayed" (API reference).
const mostEvents = 100

func (e *ECS) say(s *service, format string, args ...any) {
	said := types.ServiceEvent{
		Id: aws.String(e.kernel.IDs.UUID()), CreatedAt: aws.Time(e.kernel.Clock.Now()),
		Message: aws.String("(service " + s.name() + ") " + fmt.Sprintf(format, args...)),
	}
	s.Events = slices.Insert(s.Events, 0, said)
	s.Events = s.Events[:min(len(s.Events), mostEvents)]
}

package ecs

import (
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// stage is where a task goes next, and after how long.
type stage struct {
	status string
	after  time.Duration
}

// next is the way of a task through its life (developer guide, "Task
// lifecycle"), at about Fargate's pace.
func (t *task) next() (stage, bool) {
	if t.stopping() {
		switch t.status() {
		case "PROVISIONING", "PENDING":
			return stage{"DEPROVISIONING", time.Second}, true
		case "ACTIVATING", "RUNNING":
			return stage{"DEACTIVATING", time.Second}, true
		case "DEACTIVATING":
			return stage{"STOPPING", time.Second}, true
		case "STOPPING":
			return stage{"DEPROVISIONING", 2 * time.Second}, true
		case "DEPROVISIONING":
			return stage{"STOPPED", 10 * time.Second}, true
		}
		return stage{}, false
	}
	switch t.status() {
	case "PROVISIONING":
		return stage{"PENDING", 10 * time.Second}, true
	case "PENDING":
		return stage{"ACTIVATING", 15 * time.Second}, true
	case "ACTIVATING":
		return stage{"RUNNING", 5 * time.Second}, true
	}
	return stage{}, false
}

// planNext sets the timer for the task's next stage.
func (e *ECS) planNext(r *region, t *task) {
	next, ok := t.next()
	if !ok {
		return
	}
	version := t.Version
	e.kernel.Clock.After(next.after, func() {
		// Whoever changed the task in between has set another timer.
		if t.Version == version {
			e.enter(r, t, next.status)
		}
	})
}

// enter brings a task to a stage.
func (e *ECS) enter(r *region, t *task, status string) {
	now := e.kernel.Clock.Now()
	t.LastStatus = &status
	t.Version++
	switch status {
	case "PENDING":
		t.Attachments[0].Status = aws.String("ATTACHED")
		t.PullStartedAt = &now
	case "ACTIVATING":
		t.PullStoppedAt = &now
		t.Connectivity, t.ConnectivityAt = types.ConnectivityConnected, &now
	case "RUNNING":
		t.StartedAt = &now
		e.containersRun(t, now)
		e.planExit(r, t)
	case "STOPPING":
		t.ExecutionStoppedAt = &now
	case "DEPROVISIONING":
		t.Attachments[0].Status = aws.String("DELETED")
	case "STOPPED":
		t.StoppedAt = &now
		e.containersStopped(t)
		e.kernel.Clock.After(stoppedTaskLife, func() { r.forget(t) })
	}
	e.changed(r, t)
	e.planNext(r, t)
	e.taskEntered(r, t)
}

// planExit has a task end by itself, where its program does.
func (e *ECS) planExit(r *region, t *task) {
	code, ends := e.exits(aws.ToString(t.Containers[0].Image), t.fips)
	if !ends {
		return
	}
	e.kernel.Clock.After(time.Second, func() {
		if !t.stopping() {
			t.exit = &code
			e.stop(r, t, types.TaskStopCodeEssentialContainerExited, "Essential container in task exited")
		}
	})
}

func (e *ECS) containersRun(t *task, now time.Time) {
	for i := range t.Containers {
		c := &t.Containers[i]
		c.LastStatus, c.RuntimeId = aws.String("RUNNING"), aws.String(t.id()+"-"+e.kernel.IDs.Hex(5))
		if t.EnableExecuteCommand {
			c.ManagedAgents = []types.ManagedAgent{{
				Name: types.ManagedAgentNameExecuteCommandAgent, LastStatus: aws.String("RUNNING"), LastStartedAt: &now,
			}}
		}
	}
}

func (e *ECS) containersStopped(t *task) {
	for i := range t.Containers {
		c := &t.Containers[i]
		switch {
		case t.exit != nil:
			c.ExitCode = t.exit
		case t.ran():
			// Ended by SIGTERM.
			c.ExitCode = aws.Int32(143)
		}
		c.LastStatus, c.ManagedAgents = aws.String("STOPPED"), nil
	}
}

// stop begins to stop a task. It may be repeated: the first reason stays.
func (e *ECS) stop(r *region, t *task, code types.TaskStopCode, reason string) {
	if t.stopping() {
		return
	}
	now := e.kernel.Clock.Now()
	t.DesiredStatus, t.StopCode, t.StoppedReason, t.StoppingAt = aws.String("STOPPED"), code, &reason, &now
	t.Version++
	e.changed(r, t)
	e.planNext(r, t)
	e.taskStops(r, t)
}

func (r *region) forget(t *task) {
	delete(r.byARN, t.arn())
	r.tasks = slices.DeleteFunc(r.tasks, func(other *task) bool { return other == t })
}

// changed sends the event of a task's change. Its detail is the task as
// DescribeTasks shows it, but for the operating system and the tags.
func (e *ECS) changed(r *region, t *task) {
	shown := t.Task
	shown.PlatformFamily, shown.Tags = nil, nil
	detail, ok := kernel.WriteTimes(kernel.Tree(shown, lowerFirst), eventTime).(map[string]any)
	if !ok {
		return
	}
	detail["updatedAt"] = eventTime(e.kernel.Clock.Now())
	const detailType = "ECS Task State Change"
	e.publish(kernel.Event{
		Region: r.Region, Source: "aws.ecs", DetailType: detailType, Time: e.kernel.Clock.Now(),
		Resources: []string{t.arn()}, Detail: detail, Subject: detailType,
	})
}

// eventTime is how ECS writes times in its own events.
func eventTime(t time.Time) any { return t.Format("2006-01-02T15:04:05.000Z") }

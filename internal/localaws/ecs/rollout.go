package ecs

import (
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// rollout is a generation of a service's tasks: a deployment, or with
// CODE_DEPLOY and EXTERNAL a task set.
type rollout struct {
	service          *service
	id               string
	status           string                       // PRIMARY or ACTIVE
	state            types.DeploymentRolloutState // of a deployment
	reason           string
	launch           launch
	version          string // the platform version as asked for
	network          *types.NetworkConfiguration
	scale            float64
	externalID       *string
	tasks            []*task // that are not STOPPED
	created, updated time.Time

	failed    int32     // tasks that never ran, since the last that did
	streak    int       // the same, counting those of one start as one
	failedAt  time.Time // when streak was last raised
	notBefore time.Time // the next start, after failures
}

func (o *rollout) deployment() types.Deployment {
	running, pending := o.counts()
	return types.Deployment{
		Id: &o.id, Status: &o.status, TaskDefinition: o.launch.definition.TaskDefinitionArn,
		DesiredCount: o.want(), PendingCount: pending, RunningCount: running, FailedTasks: o.failed,
		LaunchType: o.launch.capacity.launchType, CapacityProviderStrategy: o.launch.capacity.strategy,
		PlatformVersion: orNil(o.launch.platformVersion), PlatformFamily: o.platformFamily(),
		RolloutState: o.state, RolloutStateReason: &o.reason, CreatedAt: &o.created, UpdatedAt: &o.updated,
	}
}

func (o *rollout) platformFamily() *string {
	if !o.launch.capacity.fargate() {
		return nil
	}
	return aws.String(platformOf(o.launch.definition.RuntimePlatform).family())
}

// counts are the tasks that run and those that are to.
func (o *rollout) counts() (running, pending int32) {
	for _, t := range o.live() {
		if t.status() == "RUNNING" {
			running++
		} else {
			pending++
		}
	}
	return running, pending
}

// live are the tasks that are not to stop.
func (o *rollout) live() []*task {
	var live []*task
	for _, t := range o.tasks {
		if !t.stopping() {
			live = append(live, t)
		}
	}
	return live
}

// want is how many tasks there should be. A deployment that another one has
// replaced only shrinks, and one that failed has none.
func (o *rollout) want() int32 {
	desired := o.service.DesiredCount
	switch {
	case !o.service.byECS():
		return int32(math.Ceil(float64(desired) * o.scale / 100))
	case o.state == types.DeploymentRolloutStateFailed:
		return 0
	case o.status == "PRIMARY":
		return desired
	}
	next := o.service.primary()
	running, _ := next.counts()
	if running >= next.want() && next.state != types.DeploymentRolloutStateFailed {
		return 0
	}
	return min(desired, int32(len(o.live())))
}

// rollOut gives a service a new primary rollout.
func (e *ECS) rollOut(s *service, l launch, version string) *rollout {
	if version == "" && l.capacity.fargate() {
		version = "LATEST"
	}
	now := e.kernel.Clock.Now()
	o := &rollout{
		service: s, id: "ecs-svc/" + e.kernel.IDs.Digits(19), status: "PRIMARY", state: types.DeploymentRolloutStateInProgress,
		launch: l, version: version, network: s.NetworkConfiguration, scale: 100, created: now, updated: now,
	}
	o.reason = "ECS deployment " + o.id + " in progress."
	for _, old := range s.rollouts {
		old.status = "ACTIVE"
	}
	s.rollouts = slices.Insert(s.rollouts, 0, o)
	s.show(o)
	return o
}

// show makes a rollout's choices those that the service shows.
func (s *service) show(o *rollout) {
	s.TaskDefinition = o.launch.definition.TaskDefinitionArn
	s.LaunchType, s.CapacityProviderStrategy = o.launch.capacity.launchType, o.launch.capacity.strategy
	s.PlatformVersion, s.PlatformFamily = orNil(o.version), o.platformFamily()
}

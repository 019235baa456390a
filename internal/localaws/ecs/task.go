package ecs

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// task is a task as DescribeTasks shows it, and what no call shows of it.
type task struct {
	types.Task
	exec Exec     // how it answers commands
	fips bool     // was on when the task was launched, on a platform that has it
	exit *int32   // of the program, once it has ended by itself
	of   *rollout // of a service, that wanted the task; nil for others
}

func (t *task) arn() string { return *t.TaskArn }

func (t *task) id() string { return t.arn()[strings.LastIndex(t.arn(), "/")+1:] }

func (t *task) status() string { return *t.LastStatus }

// stopping says whether the task is to stop, or has.
func (t *task) stopping() bool { return *t.DesiredStatus == "STOPPED" }

// ran says whether the task ever reached RUNNING.
func (t *task) ran() bool { return t.StartedAt != nil }

// launch is what a new task is made of.
type launch struct {
	cluster         *cluster
	definition      *taskDefinition
	capacity        capacity
	platformVersion string // resolved
	group           string
	startedBy       *string
	owner           string // whose setting of FIPS mode decides
	execute         bool
	overrides       *types.TaskOverride
	tags            []types.Tag
	of              *rollout
}

// start puts a task into PROVISIONING. Only Fargate and ECS Managed Instances have
// room here.
func (e *ECS) start(r *region, l launch) *task {
	now := e.kernel.Clock.Now()
	p := platformOf(l.definition.RuntimePlatform)
	t := &task{
		Task: types.Task{
			TaskArn:    aws.String(r.ARN("ecs", "task/"+l.cluster.name()+"/"+e.kernel.IDs.Hex(16))),
			ClusterArn: l.cluster.ClusterArn, TaskDefinitionArn: l.definition.TaskDefinitionArn, Group: &l.group, StartedBy: l.startedBy,
			LaunchType: types.LaunchTypeFargate, CapacityProviderName: l.capacity.provider(),
			PlatformVersion: orNil(l.platformVersion), PlatformFamily: aws.String(p.family()),
			LastStatus: aws.String("PROVISIONING"), DesiredStatus: aws.String("RUNNING"), HealthStatus: types.HealthStatusUnknown,
			Cpu: l.definition.Cpu, Memory: l.definition.Memory, AvailabilityZone: aws.String(string(r.Region) + "a"),
			Attributes: []types.Attribute{{Name: aws.String("ecs.cpu-architecture"), Value: aws.String(p.architectureAttribute())}},
			Attachments: []types.Attachment{{
				Id: aws.String(e.kernel.IDs.UUID()), Type: aws.String("ElasticNetworkInterface"), Status: aws.String("PRECREATED"), Details: []types.KeyValuePair{},
			}},
			EphemeralStorage:     &types.EphemeralStorage{SizeInGiB: 20},
			EnableExecuteCommand: l.execute,
			Overrides:            l.overrides,
			Tags:                 append([]types.Tag{}, l.tags...),
			CreatedAt:            &now, Version: 1,
		},
		fips: l.platformVersion == "1.4.0" && p.architecture == types.CPUArchitectureX8664 && r.fipsMode(l.owner),
		of:   l.of,
	}
	if managed := l.capacity.managed; managed != nil {
		// In GovCloud it is on when it is left out, on every architecture.
		fips := managed.ManagedInstancesProvider.InstanceLaunchTemplate.FipsEnabled
		t.fips, t.LaunchType, t.PlatformFamily = fips == nil || *fips, types.LaunchTypeManagedInstances, nil
		t.ContainerInstanceArn = aws.String(r.ARN("ecs", "container-instance/"+l.cluster.name()+"/"+e.kernel.IDs.Hex(16)))
	}
	if t.Overrides == nil {
		t.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{}}
	}
	for _, c := range l.definition.ContainerDefinitions {
		t.Containers = append(t.Containers, types.Container{
			ContainerArn: aws.String(r.ARN("ecs", "container/"+l.cluster.name()+"/"+t.id()+"/"+e.kernel.IDs.UUID())),
			TaskArn:      t.TaskArn, Name: c.Name, Image: c.Image, LastStatus: aws.String("PENDING"),
		})
	}
	r.tasks = append(r.tasks, t)
	r.byARN[t.arn()] = t
	e.changed(r, t)
	e.planNext(r, t)
	return t
}

// fipsMode says whether new tasks of a principal get it.
func (r *region) fipsMode(owner string) bool {
	kind, err := settingNamed(types.SettingNameFargateFipsMode)
	if err != nil {
		return false
	}
	value := r.effective(kind, owner)
	return strings.EqualFold(value, "enabled") || strings.EqualFold(value, "on")
}

// TaskFIPS says whether a task's kernel runs in FIPS mode: the mode was on for
// whoever launched it, and the platform has it. It keeps that when the setting
// changes. Tasks that the account does not know (any more) are not found.
func (e *ECS) TaskFIPS(taskARN string) (on, found bool) {
	e.kernel.Lock()
	defer e.kernel.Unlock()
	for _, r := range e.regions {
		if t := r.task(taskARN); t != nil {
			return t.fips, true
		}
	}
	return false, false
}

// task finds a task by its ARN; nil when there is none.
func (r *region) task(arn string) *task {
	return r.byARN[arn]
}

// taskIn finds a task in a cluster by identifier or ARN.
func (r *region) taskIn(k *cluster, reference string) *task {
	if !strings.HasPrefix(reference, "arn:") {
		reference = r.ARN("ecs", "task/"+k.name()+"/"+reference)
	}
	t := r.task(reference)
	if t == nil || *t.ClusterArn != k.arn() {
		return nil
	}
	return t
}

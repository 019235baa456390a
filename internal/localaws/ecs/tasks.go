package ecs

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

type task struct {
	ARN                  string            `json:"taskArn"`
	ClusterARN           string            `json:"clusterArn"`
	TaskDefinitionARN    string            `json:"taskDefinitionArn"`
	Group                string            `json:"group"`
	StartedBy            string            `json:"startedBy,omitempty"`
	LaunchType           string            `json:"launchType"`
	CapacityProviderName string            `json:"capacityProviderName,omitempty"`
	PlatformVersion      string            `json:"platformVersion"`
	PlatformFamily       string            `json:"platformFamily"`
	LastStatus           string            `json:"lastStatus"`
	DesiredStatus        string            `json:"desiredStatus"`
	CPU                  string            `json:"cpu"`
	Memory               string            `json:"memory"`
	AvailabilityZone     string            `json:"availabilityZone"`
	Attributes           []taskAttribute   `json:"attributes"`
	Attachments          []attachment      `json:"attachments"`
	Containers           []container       `json:"containers"`
	EphemeralStorage     storage           `json:"ephemeralStorage"`
	EnableExecuteCommand bool              `json:"enableExecuteCommand"`
	HealthStatus         string            `json:"healthStatus"`
	Overrides            json.RawMessage   `json:"overrides"`
	Tags                 []json.RawMessage `json:"tags"`
	Version              int               `json:"version"`
	Connectivity         string            `json:"connectivity,omitempty"`
	ConnectivityAt       *kernel.Moment    `json:"connectivityAt,omitempty"`
	CreatedAt            *kernel.Moment    `json:"createdAt"`
	PullStartedAt        *kernel.Moment    `json:"pullStartedAt,omitempty"`
	PullStoppedAt        *kernel.Moment    `json:"pullStoppedAt,omitempty"`
	StartedAt            *kernel.Moment    `json:"startedAt,omitempty"`
	StoppingAt           *kernel.Moment    `json:"stoppingAt,omitempty"`
	ExecutionStoppedAt   *kernel.Moment    `json:"executionStoppedAt,omitempty"`
	StoppedAt            *kernel.Moment    `json:"stoppedAt,omitempty"`
	StopCode             string            `json:"stopCode,omitempty"`
	StoppedReason        string            `json:"stoppedReason,omitempty"`

	exec Exec     // how it answers commands
	fips bool     // was on when the task was launched, on a platform that has it
	of   *rollout // of a service, that wanted the task; nil for others
}

type taskAttribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type attachment struct {
	ID      string   `json:"id"`
	Type    string   `json:"type"`
	Status  string   `json:"status"`
	Details []string `json:"details"`
}

type container struct {
	ARN           string         `json:"containerArn"`
	TaskARN       string         `json:"taskArn"`
	Name          string         `json:"name"`
	Image         string         `json:"image"`
	RuntimeID     string         `json:"runtimeId,omitempty"`
	LastStatus    string         `json:"lastStatus"`
	ExitCode      *int           `json:"exitCode,omitempty"`
	ManagedAgents []managedAgent `json:"managedAgents,omitempty"`
}

type managedAgent struct {
	Name          string         `json:"name"`
	LastStatus    string         `json:"lastStatus"`
	LastStartedAt *kernel.Moment `json:"lastStartedAt,omitempty"`
}

type storage struct {
	SizeInGiB int `json:"sizeInGiB"`
}

// stopping says whether the task is to stop, or has.
func (t *task) stopping() bool { return t.DesiredStatus == "STOPPED" }

// ran says whether the task ever reached RUNNING.
func (t *task) ran() bool { return t.StartedAt != nil }

func (t *task) id() string { return t.ARN[strings.LastIndex(t.ARN, "/")+1:] }

// launch is what a new task is made of.
type launch struct {
	cluster         *cluster
	definition      *taskDefinition
	capacity        capacity
	platformVersion string // resolved
	group           string
	startedBy       string
	owner           string // whose setting of FIPS mode decides
	execute         bool
	overrides       json.RawMessage
	tags            []json.RawMessage
	of              *rollout
}

// start puts a task into PROVISIONING. Only Fargate has room here.
func (e *ECS) start(r *region, l launch) *task {
	now := e.kernel.Clock.Now()
	platform := l.definition.RuntimePlatform.orDefault()
	t := &task{
		ARN:        r.ARN("ecs", "task/"+l.cluster.Name+"/"+e.kernel.IDs.Hex(16)),
		ClusterARN: l.cluster.ARN, TaskDefinitionARN: l.definition.ARN, Group: l.group, StartedBy: l.startedBy,
		LaunchType: "FARGATE", CapacityProviderName: l.capacity.provider(),
		PlatformVersion: l.platformVersion, PlatformFamily: platform.platformFamily(),
		LastStatus: "PROVISIONING", DesiredStatus: "RUNNING", HealthStatus: "UNKNOWN",
		CPU: l.definition.CPU, Memory: l.definition.Memory, AvailabilityZone: string(r.Region) + "a",
		Attributes:           []taskAttribute{{"ecs.cpu-architecture", platform.architectureAttribute()}},
		Attachments:          []attachment{{e.kernel.IDs.UUID(), "ElasticNetworkInterface", "PRECREATED", []string{}}},
		EphemeralStorage:     storage{20},
		EnableExecuteCommand: l.execute,
		Overrides:            l.overrides,
		Tags:                 append([]json.RawMessage{}, l.tags...),
		CreatedAt:            kernel.At(now), Version: 1,
		fips: l.platformVersion == "1.4.0" && platform.CPUArchitecture == "X86_64" && r.fipsMode(l.owner),
		of:   l.of,
	}
	if t.Overrides == nil {
		t.Overrides = json.RawMessage(`{"containerOverrides":[]}`)
	}
	containers, err := l.definition.containers()
	if err != nil {
		// The definition was valid when it was registered.
		containers = nil
	}
	for _, c := range containers {
		t.Containers = append(t.Containers, container{
			ARN:     r.ARN("ecs", "container/"+l.cluster.Name+"/"+t.id()+"/"+e.kernel.IDs.UUID()),
			TaskARN: t.ARN, Name: c.Name, Image: c.Image, LastStatus: "PENDING",
		})
	}
	r.tasks = append(r.tasks, t)
	r.byARN[t.ARN] = t
	e.changed(r, t)
	e.planNext(r, t)
	return t
}

// fipsMode says whether new tasks of a principal get it.
func (r *region) fipsMode(owner string) bool {
	kind, err := settingNamed("fargateFIPSMode")
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
		reference = r.ARN("ecs", "task/"+k.Name+"/"+reference)
	}
	t := r.task(reference)
	if t == nil || t.ClusterARN != k.ARN {
		return nil
	}
	return t
}

func (e *ECS) taskOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{
		"RunTask":       {Limit: taskWrites, Perform: input(e, e.runTask)},
		"StopTask":      {Limit: taskWrites, Perform: input(e, e.stopTask)},
		"DescribeTasks": {Limit: taskReads, Perform: input(e, e.describeTasks)},
		"ListTasks":     {Limit: taskReads, Perform: input(e, e.listTasks)},
	}
}

type runTaskInput struct {
	Cluster                  string            `json:"cluster"`
	TaskDefinition           string            `json:"taskDefinition"`
	Count                    *int              `json:"count"`
	LaunchType               string            `json:"launchType"`
	CapacityProviderStrategy []capacityUse     `json:"capacityProviderStrategy"`
	PlatformVersion          string            `json:"platformVersion"`
	NetworkConfiguration     json.RawMessage   `json:"networkConfiguration"`
	Group                    string            `json:"group"`
	StartedBy                string            `json:"startedBy"`
	ClientToken              string            `json:"clientToken"`
	EnableExecuteCommand     bool              `json:"enableExecuteCommand"`
	Overrides                json.RawMessage   `json:"overrides"`
	Tags                     []json.RawMessage `json:"tags"`
}

type tasksOutput struct {
	Tasks    []*task   `json:"tasks"`
	Failures []failure `json:"failures"`
}

// runTask answers a repeated client token with the tasks of the first call.
func (e *ECS) runTask(c *call, in runTaskInput) (tasksOutput, error) {
	count := 1
	if in.Count != nil {
		count = *in.Count
	}
	if count < 1 || count > 10 {
		return tasksOutput{}, kernel.InvalidParameter("Count must be between 1 and 10.")
	}
	token := c.Principal.ARN + " " + in.ClientToken
	if tasks, ok := c.region.launched[token]; ok {
		return tasksOutput{tasks, []failure{}}, nil
	}
	l, err := c.region.launchOf(c, in.Cluster, in.TaskDefinition, in.LaunchType, in.CapacityProviderStrategy, in.PlatformVersion, in.NetworkConfiguration)
	if err != nil {
		return tasksOutput{}, err
	}
	if !l.capacity.fargate() {
		return tasksOutput{}, kernel.InvalidParameter("No Container Instances were found in your cluster.")
	}
	if strings.HasPrefix(in.Group, "service:") {
		return tasksOutput{}, kernel.InvalidParameter("Invalid namespace for group: service.")
	}
	l.group = cmp.Or(in.Group, "family:"+l.definition.Family)
	l.startedBy, l.owner, l.execute = in.StartedBy, c.Principal.ARN, in.EnableExecuteCommand
	l.overrides, l.tags = in.Overrides, in.Tags
	out := tasksOutput{Tasks: []*task{}, Failures: []failure{}}
	for range count {
		out.Tasks = append(out.Tasks, e.start(c.region, l))
	}
	if in.ClientToken != "" {
		c.region.launched[token] = out.Tasks
	}
	return out, nil
}

// launchOf checks and resolves what tasks, services and task sets have in
// common.
func (r *region) launchOf(c *call, clusterName, definition, launchType string, strategy []capacityUse, version string, network json.RawMessage) (launch, error) {
	var l launch
	var err error
	if l.cluster, err = r.cluster(clusterName); err != nil {
		return launch{}, err
	}
	if l.definition, err = r.usable(definition, c.At); err != nil {
		return launch{}, err
	}
	if l.capacity, err = l.cluster.capacity(launchType, strategy); err != nil {
		return launch{}, err
	}
	if l.definition.NetworkMode == "awsvpc" && network == nil {
		return launch{}, kernel.InvalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	if !l.capacity.fargate() {
		if version != "" {
			return launch{}, kernel.InvalidParameter("The platform version must be null when specifying an EC2 launch type.")
		}
		return l, nil
	}
	if !l.definition.supports("FARGATE") {
		return launch{}, kernel.InvalidParameter("Task definition does not support launch_type FARGATE.")
	}
	l.platformVersion, err = resolvePlatformVersion(version, l.definition.RuntimePlatform.orDefault())
	return l, err
}

type stopTaskInput struct {
	Cluster string `json:"cluster"`
	Task    string `json:"task"`
	Reason  string `json:"reason"`
}

type taskOutput struct {
	Task *task `json:"task"`
}

// stopTask may be repeated; the first reason stays.
func (e *ECS) stopTask(c *call, in stopTaskInput) (taskOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return taskOutput{}, err
	}
	if len(in.Reason) > 1024 {
		return taskOutput{}, kernel.InvalidParameter("The reason must be no more than 1024 characters.")
	}
	t := c.region.taskIn(k, in.Task)
	if t == nil {
		return taskOutput{}, kernel.InvalidParameter("The referenced task was not found.")
	}
	e.stop(c.region, t, "UserInitiated", cmp.Or(in.Reason, "Task stopped by user"))
	return taskOutput{t}, nil
}

type describeTasksInput struct {
	Cluster string   `json:"cluster"`
	Tasks   []string `json:"tasks"`
}

func (e *ECS) describeTasks(c *call, in describeTasksInput) (tasksOutput, error) {
	out := tasksOutput{Tasks: []*task{}, Failures: []failure{}}
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	if len(in.Tasks) == 0 || len(in.Tasks) > 100 {
		return out, kernel.InvalidParameter("Tasks must have between 1 and 100 elements.")
	}
	for _, reference := range in.Tasks {
		if t := c.region.taskIn(k, reference); t != nil {
			out.Tasks = append(out.Tasks, t)
		} else {
			out.Failures = append(out.Failures, missing(c.region, "task/"+k.Name+"/", reference))
		}
	}
	return out, nil
}

type listTasksInput struct {
	Cluster       string `json:"cluster"`
	Family        string `json:"family"`
	ServiceName   string `json:"serviceName"`
	StartedBy     string `json:"startedBy"`
	LaunchType    string `json:"launchType"`
	DesiredStatus string `json:"desiredStatus"`
	listInput
}

type listTasksOutput struct {
	ARNs      []string `json:"taskArns"`
	NextToken *string  `json:"nextToken,omitempty"`
}

func (e *ECS) listTasks(c *call, in listTasksInput) (listTasksOutput, error) {
	k, err := c.region.cluster(in.Cluster)
	if err != nil {
		return listTasksOutput{}, err
	}
	group := ""
	if in.ServiceName != "" {
		s, err := c.region.service(k, in.ServiceName)
		if err != nil {
			return listTasksOutput{}, err
		}
		group = "service:" + s.Name
	}
	arns := []string{}
	for _, t := range c.region.tasks {
		family := c.region.definition(t.TaskDefinitionARN).Family
		if t.ClusterARN == k.ARN && t.DesiredStatus == cmp.Or(in.DesiredStatus, "RUNNING") &&
			(group == "" || t.Group == group) &&
			(in.Family == "" || family == in.Family) &&
			(in.StartedBy == "" || t.StartedBy == in.StartedBy) &&
			(in.LaunchType == "" || t.LaunchType == in.LaunchType) {
			arns = append(arns, t.ARN)
		}
	}
	slices.Sort(arns)
	arns, next, err := kernel.Page(arns, strings.Compare, in.NextToken, in.MaxResults, 100)
	return listTasksOutput{arns, next}, err
}

// stoppedTaskLife: "Stopped tasks … remain available for at least one hour".
const stoppedTaskLife = time.Hour

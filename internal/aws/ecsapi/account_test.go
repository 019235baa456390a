package ecsapi

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const region = "us-gov-west-1"

// world is a local account with the guard's and an administrator's hands in it.
type world struct {
	*localaws.Account
	guard *Account
	admin *ecs.Client
}

func newWorld(t *testing.T) world {
	t.Helper()
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	config := func(p localaws.Principal) aws.Config {
		c := local.Config(p, region)
		c.RetryMaxAttempts = 2
		return c
	}
	people := localaws.Everyone()
	return world{local,
		NewAccount(ecs.NewFromConfig(config(people.Guard)), scaling.New(config(people.Guard)), time.Now),
		ecs.NewFromConfig(config(people.Admin)),
	}
}

// made is how often a call was made.
func (w world) made(operation string) int {
	n := 0
	for _, c := range w.Calls() {
		if c.Operation == operation {
			n++
		}
	}
	return n
}

func (w world) register(t *testing.T, family string, platform *types.RuntimePlatform) string {
	t.Helper()
	out, err := w.admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(family), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"), RuntimePlatform: platform,
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.TaskDefinition.TaskDefinitionArn)
}

var (
	turnOn    = guard.Remediation{Call: guard.PutAccountSettingDefault{Name: guard.SettingName, Value: "enabled"}}
	arm       = &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64}
	inSubnet  = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	appRole   = localaws.Everyone().Application.ARN
	guardRole = localaws.Everyone().Guard.ARN
)

func TestObserveSetting(t *testing.T) {
	w := newWorld(t)
	observe := func() []guard.State {
		t.Helper()
		states, err := w.guard.ObserveSetting(t.Context(), localaws.AccountID, region)
		if err != nil {
			t.Fatal(err)
		}
		return states
	}
	mode := func(s guard.State) guard.Mode { return s.(guard.Setting).Mode }
	if got := observe(); mode(got[0]) != guard.ModeOff {
		t.Errorf("an account that never had a value: %+v", got)
	}
	if o := w.guard.Apply(t.Context(), turnOn); o.Result != guard.Unconfirmed {
		t.Errorf("an accepted default is %s before it is read back", o.Result)
	}
	if got := observe(); mode(got[0]) != guard.ModeOn || len(got) != 1 {
		t.Errorf("turned on: %+v", got)
	}
	asRoot := ecs.NewFromConfig(w.Config(localaws.Everyone().Root, region))
	if _, err := asRoot.PutAccountSetting(t.Context(), &ecs.PutAccountSettingInput{Name: guard.SettingName, Value: aws.String("disabled"), PrincipalArn: aws.String(guardRole)}); err != nil {
		t.Fatal(err)
	}
	got := observe()
	if mode(got[0]) != guard.ModeUnknown || len(got) != 2 || mode(got[1]) != guard.ModeOff {
		t.Errorf("behind an override of the guard's own role: %+v", got)
	}
}

func TestObserveSettingWithoutAnAnswer(t *testing.T) {
	w := newWorld(t)
	w.Deny(localaws.Everyone().Guard, "ecs:ListAccountSettings")
	states, err := w.guard.ObserveSetting(t.Context(), localaws.AccountID, region)
	if err == nil || guard.Worst(guard.CheckAll(states)) != guard.InsufficientData {
		t.Errorf("a setting that cannot be read is %+v, error %v", states, err)
	}
}

func TestApplyTellsRefusalsFromFailures(t *testing.T) {
	override := guard.Remediation{Call: guard.PutAccountSetting{Name: guard.SettingName, Value: "enabled", PrincipalARN: appRole}}
	own := guard.Remediation{Call: guard.PutAccountSetting{Name: guard.SettingName, Value: "enabled", PrincipalARN: guardRole}}
	for name, c := range map[string]struct {
		action  guard.Remediation
		prepare func(world)
		want    guard.Result
	}{
		"another principal's override":      {override, func(world) {}, guard.RefusedByAWS},
		"the guard's own override":          {own, func(world) {}, guard.Answered},
		"without permission":                {turnOn, func(w world) { w.Deny(localaws.Everyone().Guard, "ecs:*") }, guard.RefusedByAWS},
		"throttled for good":                {turnOn, func(w world) { w.Inject(localaws.Fault{Effect: localaws.Throttle}) }, guard.Failed},
		"an override throttled for good":    {override, func(w world) { w.Inject(localaws.Fault{Effect: localaws.Throttle}) }, guard.Failed},
		"throttled once":                    {turnOn, func(w world) { w.Inject(localaws.Fault{Times: 1, Effect: localaws.Throttle}) }, guard.Unconfirmed},
		"a server error once":               {turnOn, func(w world) { w.Inject(localaws.Fault{Times: 1, Effect: localaws.ServerError}) }, guard.Unconfirmed},
		"a connection that breaks for good": {turnOn, func(w world) { w.Inject(localaws.Fault{Effect: localaws.DropConnection}) }, guard.Failed},
		"a connection that breaks once":     {turnOn, func(w world) { w.Inject(localaws.Fault{Times: 1, Effect: localaws.DropConnection}) }, guard.Unconfirmed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.prepare(w)
			if o := w.guard.Apply(t.Context(), c.action); o.Result != c.want || o.Detail == "" || o.At.IsZero() {
				t.Errorf("the outcome is %s (%s) at %v, want %s", o.Result, o.Detail, o.At, c.want)
			}
		})
	}
}

func TestDeregisterTwice(t *testing.T) {
	w := newWorld(t)
	arn := w.register(t, "web", arm)
	for range 2 {
		if o := w.guard.Apply(t.Context(), guard.Remediation{Call: guard.DeregisterTaskDefinition{TaskDefinition: arn}}); o.Result != guard.Answered {
			t.Errorf("deregistering is %s (%s)", o.Result, o.Detail)
		}
	}
	d, err := w.guard.ObserveTaskDefinition(t.Context(), guard.TaskDefinition{ARN: arn})
	if err != nil || !d.Inactive || d.Platform.Architecture != "ARM64" || d.Fargate != guard.Yes {
		t.Errorf("observed %+v, error %v", d, err)
	}
}

func TestARevisionIsReadOnce(t *testing.T) {
	w := newWorld(t)
	arn := w.register(t, "web", nil)
	for range 3 {
		task, err := w.guard.WithDefinition(t.Context(), guard.Task{Definition: arn})
		if err != nil || task.Platform != (guard.Platform{OS: "LINUX", Architecture: "X86_64"}) {
			t.Errorf("the task's platform is %+v, error %v", task.Platform, err)
		}
	}
	if reads := w.made("ecs:DescribeTaskDefinition"); reads != 1 {
		t.Errorf("the revision was read %d times", reads)
	}
}

func TestTasks(t *testing.T) {
	w := newWorld(t)
	arn := w.register(t, "web", arm)
	out, err := w.admin.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(arn), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: inSubnet})
	if err != nil {
		t.Fatal(err)
	}
	launched := guard.Task{ARN: aws.ToString(out.Tasks[0].TaskArn), Cluster: aws.ToString(out.Tasks[0].ClusterArn)}
	task, err := w.guard.ObserveTask(t.Context(), launched)
	if err != nil || task.Platform.Architecture != "ARM64" || task.Platform.OS != "LINUX" || task.PlatformVersion != "1.4.0" || task.Started() {
		t.Errorf("observed %+v, error %v", task, err)
	}
	if o := w.guard.Apply(t.Context(), guard.Remediation{Call: guard.StopTask{Cluster: task.Cluster, Task: task.ARN, Reason: "test"}}); o.Result != guard.Answered {
		t.Errorf("stopping is %s (%s)", o.Result, o.Detail)
	}
	if task, err = w.guard.ObserveTask(t.Context(), launched); err != nil || !task.Stopping() {
		t.Errorf("after the stop it is %+v, error %v", task, err)
	}
	launched.ARN = strings.Repeat("0", 32)
	launched.ARN = strings.Replace(task.ARN, task.ARN[strings.LastIndex(task.ARN, "/")+1:], launched.ARN, 1)
	if gone, err := w.guard.ObserveTask(t.Context(), launched); err != nil || !gone.Stopping() {
		t.Errorf("a task that ECS does not know any more is %+v, error %v", gone, err)
	}
}

// TestATaskSaysWhatItIsOf: who asked for it, AWS Batch's queue, and that the guard
// stopped it. Nothing else is read from its environment.
func TestATaskSaysWhatItIsOf(t *testing.T) {
	got := taskState(&types.Task{
		Group: aws.String("family:nightly"), StartedBy: aws.String("jenkins"), StoppedReason: aws.String("fipsguard: rejected by rule task-launch-platform"),
		Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Environment: []types.KeyValuePair{
			{Name: aws.String("AWS_BATCH_JQ_NAME"), Value: aws.String("queue")}, {Name: aws.String("SECRET"), Value: aws.String("s3cret")}, {Name: aws.String("AWS_BATCH_CE_NAME"), Value: aws.String("fargate")},
		}}}},
	})
	if got.StartedBy != "jenkins" || got.Batch == nil || *got.Batch != (guard.Batch{JobQueue: "queue", ComputeEnvironment: "fargate"}) || got.Rejected != guard.TaskLaunchPlatform {
		t.Errorf("it is read as %+v of %+v", got, got.Batch)
	}
	other := taskState(&types.Task{Overrides: &types.TaskOverride{}, StoppedReason: aws.String("fipsguard: rejected by rule none")})
	if other.Batch != nil || other.Rejected != "" {
		t.Errorf("somebody else's is read as %+v", other)
	}
}

// TestATaskSaysWhenItWasLaunchedAndWhenItsKernelWasUp: a moment that ECS does not tell
// is unknown.
func TestATaskSaysWhenItWasLaunchedAndWhenItsKernelWasUp(t *testing.T) {
	created := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	pulled := created.Add(20 * time.Second)
	got := taskState(&types.Task{CreatedAt: &created, PullStartedAt: &pulled, StartedAt: aws.Time(pulled.Add(time.Minute))})
	if starting := taskState(&types.Task{CreatedAt: &created}); !got.Created.Equal(created) || !got.Pulled.Equal(pulled) || !starting.Pulled.IsZero() {
		t.Errorf("it is read as launched at %s and up at %s; one that starts as up at %s", got.Created, got.Pulled, starting.Pulled)
	}
}

// TestATaskKnowsItsArchitectureBest: ECS itself may run a task on another one
// than its definition says.
func TestATaskKnowsItsArchitectureBest(t *testing.T) {
	for definition, attribute := range map[string]string{"X86_64": "arm64", "ARM64": "x86_64"} {
		a := NewAccount(nil, nil, time.Now)
		a.platforms.keep(guard.TaskDefinition{ARN: "web:7", Platform: guard.Platform{OS: "LINUX", Architecture: definition}})
		got, err := a.WithDefinition(t.Context(), taskState(&types.Task{
			TaskDefinitionArn: aws.String("web:7"),
			Attributes:        []types.Attribute{{Name: aws.String("ecs.cpu-architecture"), Value: aws.String(attribute)}},
		}))
		if err != nil || got.Platform != (guard.Platform{OS: "LINUX", Architecture: strings.ToUpper(attribute)}) {
			t.Errorf("a task on %s of a definition that says %s is read as %+v, error %v", attribute, definition, got.Platform, err)
		}
	}
}

func TestServices(t *testing.T) {
	w := newWorld(t)
	good := w.register(t, "web", nil)
	bad := w.register(t, "web", arm)
	out, err := w.admin.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String(bad), DesiredCount: aws.Int32(1),
		LaunchType: types.LaunchTypeFargate, NetworkConfiguration: inSubnet,
	})
	if err != nil {
		t.Fatal(err)
	}
	named := guard.Service{Name: "web", Cluster: aws.ToString(out.Service.ClusterArn)}
	states, err := w.guard.ObserveService(t.Context(), named)
	if err != nil || len(states) != 1 || guard.Worst(guard.Check(states[0])) != guard.NonCompliant || states[0].Controller != "ECS" || states[0].Deployment == "" {
		t.Fatalf("observed %+v, error %v", states, err)
	}
	s := states[0]
	if back, err := w.guard.ObserveRemedy(t.Context(), s, guard.RollBack); err != nil || back.Replacement != good {
		t.Errorf("the newest compliant revision is %q, error %v; want %s", back.Replacement, err, good)
	}
	if o := w.guard.Apply(t.Context(), guard.Remediation{Call: guard.RollBackService{Cluster: s.Cluster, Service: s.ARN, TaskDefinition: good, PlatformVersion: "LATEST"}}); o.Result != guard.Answered {
		t.Errorf("rolling back is %s (%s)", o.Result, o.Detail)
	}
	if states, err = w.guard.ObserveService(t.Context(), named); err != nil || guard.Worst(guard.Check(states[0])) != guard.Compliant {
		t.Errorf("rolled back it is %+v, error %v", states, err)
	}
	if err := w.SetScalableTarget(region, localaws.ScalableTarget{ResourceID: "service/default/web", MinCapacity: 2, MaxCapacity: 4}); err != nil {
		t.Fatal(err)
	}
	if s, err = w.guard.ObserveRemedy(t.Context(), s, guard.ScaleToZero); err != nil || s.MinimumCount != 2 {
		t.Errorf("Application Auto Scaling's minimum is %d, error %v", s.MinimumCount, err)
	}
	if o := w.guard.Apply(t.Context(), guard.Remediation{Call: guard.ScaleServiceToZero{Cluster: s.Cluster, Service: s.ARN}}); o.Result != guard.Answered {
		t.Errorf("scaling to zero is %s (%s)", o.Result, o.Detail)
	}
	if gone, err := w.guard.ObserveService(t.Context(), guard.Service{Name: "gone", Cluster: s.Cluster}); err != nil || len(gone) != 0 {
		t.Errorf("a service that is gone is %+v, error %v", gone, err)
	}
}

// TestWithoutScalingNothingIsScaled: the enforcer has no client of Application
// Auto Scaling, and whoever invokes it by hand learns that, and no more.
func TestWithoutScalingNothingIsScaled(t *testing.T) {
	service := guard.Service{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/default/web"}
	got, err := NewAccount(nil, nil, time.Now).ObserveRemedy(t.Context(), service, guard.ScaleToZero)
	if err == nil || got.MinimumCount != 0 {
		t.Errorf("the minimum is %d, error %v", got.MinimumCount, err)
	}
}

// TestHalfOfEveryBucketIsLeft counts the calls that go out in a simulated
// minute.
func TestHalfOfEveryBucketIsLeft(t *testing.T) {
	w := newWorld(t)
	arn := w.register(t, "web", arm)
	now := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	end := now.Add(time.Minute)
	errOver := errors.New("the minute is over")
	client := ecs.NewFromConfig(w.Config(localaws.Everyone().Guard, region), HalfOfBuckets(1, func() time.Time { return now }, func(_ context.Context, d time.Duration) error {
		if now = now.Add(d); now.After(end) {
			return errOver
		}
		return nil
	}))
	made := 0
	for {
		_, err := client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(arn)})
		if errors.Is(err, errOver) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		made++
	}
	// The bucket holds 20 and refills by 1 a second: half is 10 and 30 a minute.
	if made != 40 {
		t.Errorf("%d calls in a minute, want 40", made)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	calls := len(w.Calls())
	if _, err := client.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(arn)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call whose turn comes too late: %v", err)
	}
	if len(w.Calls()) != calls {
		t.Error("it was made all the same")
	}
}

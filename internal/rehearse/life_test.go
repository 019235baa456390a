package rehearse_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// did is one thing that someone does in an account: what, and then how long
// nothing happens.
type did struct {
	what     string
	family   string
	revision int
	platform types.RuntimePlatform
	version  string
	pause    time.Duration
}

// life is what people do in an account, by seed: mostly what is fine.
func life(seed uint64, events int, span time.Duration) []did {
	r := rand.New(rand.NewPCG(seed, 0))
	revisions, services, fine := map[string]int{}, map[string]bool{}, map[string]bool{}
	version := func(d did) string { // only what ECS starts at all
		if fine[d.family+":"+strconv.Itoa(d.revision)] && r.IntN(20) == 0 {
			return "1.3.0"
		}
		return ""
	}
	var all []did
	for range events {
		d := did{family: fmt.Sprintf("team%d-app", r.IntN(12)), pause: time.Minute + time.Duration(r.Float64()*2*float64(span/time.Duration(events)-time.Minute)).Truncate(time.Second)}
		n := revisions[d.family]
		switch dice := r.IntN(100); {
		case n == 0 || dice < 15:
			d.what = "register"
			revisions[d.family]++
			switch r.IntN(8) {
			case 0:
				d.platform = types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64, OperatingSystemFamily: types.OSFamilyLinux}
			case 1:
				d.platform = types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664, OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
			default:
				fine[d.family+":"+strconv.Itoa(n+1)] = true
			}
		case dice < 90:
			d.what, d.revision = "run", n
			if r.IntN(5) == 0 {
				d.revision = 1 + r.IntN(n)
			}
			d.version = version(d)
		case dice < 93:
			d.what, d.revision = "create", n
			if services[d.family] {
				d.what = "update"
			}
			services[d.family] = true
		case dice < 95 && services[d.family]:
			d.what, d.revision = "update", 1+r.IntN(n)
		case dice < 97:
			d.what = []string{"off", "delete", "on", "override"}[r.IntN(4)]
		default:
			d.what, d.revision = "run", n
		}
		all = append(all, d)
		if d.platform != (types.RuntimePlatform{}) && r.IntN(2) == 0 { // and starts a service of it at once
			all[len(all)-1].pause = time.Minute
			what := "create"
			if services[d.family] {
				what = "update"
			}
			services[d.family] = true
			all = append(all, did{what: what, family: d.family, revision: revisions[d.family], pause: d.pause})
		}
	}
	return all
}

// lived is what people did in an account: when, which tasks it started, and what
// of it ECS refused.
type lived struct {
	times   []time.Time
	tasks   map[string]int // the thing that started a task
	refused []int
}

// world is an account in which people live.
type world struct {
	lived
	aws     *localaws.Account
	ecs     *ecs.Client
	plan    []time.Time    // when things are done; nil: one after the other
	hourly  func() error   // is done each hour; may be nil
	started map[int]string // the tasks by what started them
}

// taskLife is after how many things a task is over.
const taskLife = 30

func (w *world) live(t *testing.T, all []did) {
	t.Helper()
	w.tasks, w.started = map[string]int{}, map[int]string{}
	for i, d := range all {
		if i > 0 && i%5000 == 0 {
			t.Logf("%d of %d things are done", i, len(all))
		}
		w.times = append(w.times, w.aws.Now())
		err := w.do(t.Context(), i, d)
		var inactive *types.ClientException
		var missing *types.ServiceNotFoundException
		switch {
		case err == nil:
		case errors.As(err, &inactive) && strings.Contains(err.Error(), "inactive"), errors.As(err, &missing):
			w.refused = append(w.refused, i)
		default:
			t.Fatalf("%d %+v: %v", i, d, err)
		}
		if task := w.started[i-taskLife]; task != "" { // which the guard may have stopped before
			_, _ = w.ecs.StopTask(t.Context(), &ecs.StopTaskInput{Task: &task})
		}
		next := w.aws.Now().Add(d.pause)
		if i+1 < len(w.plan) {
			next = w.plan[i+1]
		}
		if err := w.pass(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
}

// pass lets time pass.
func (w *world) pass(ctx context.Context, end time.Time) error {
	for w.aws.Now().Before(end) {
		next := w.aws.Now().Truncate(time.Hour).Add(time.Hour)
		if w.hourly == nil || next.After(end) {
			return w.aws.Advance(ctx, end.Sub(w.aws.Now()))
		}
		if err := errors.Join(w.aws.Advance(ctx, next.Sub(w.aws.Now())), w.hourly()); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) do(ctx context.Context, i int, d did) error {
	revision := aws.String(d.family + ":" + strconv.Itoa(d.revision))
	network := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}
	var version *string
	if d.version != "" {
		version = &d.version
	}
	var err error
	switch d.what {
	case "register":
		in := &ecs.RegisterTaskDefinitionInput{
			Family: &d.family, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate}, NetworkMode: types.NetworkModeAwsvpc,
			Cpu: aws.String("1024"), Memory: aws.String("2048"), ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example/x")}},
		}
		if d.platform != (types.RuntimePlatform{}) {
			in.RuntimePlatform = &d.platform
		}
		_, err = w.ecs.RegisterTaskDefinition(ctx, in)
	case "run":
		var out *ecs.RunTaskOutput
		out, err = w.ecs.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: revision, LaunchType: types.LaunchTypeFargate, PlatformVersion: version, NetworkConfiguration: network})
		if err == nil {
			w.tasks[aws.ToString(out.Tasks[0].TaskArn)], w.started[i] = i, aws.ToString(out.Tasks[0].TaskArn)
		}
	case "create":
		_, err = w.ecs.CreateService(ctx, &ecs.CreateServiceInput{ServiceName: &d.family, TaskDefinition: revision, DesiredCount: aws.Int32(1), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: network})
	case "update":
		_, err = w.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Service: &d.family, TaskDefinition: revision})
	case "off", "on":
		_, err = w.ecs.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String(map[string]string{"off": "disabled", "on": "enabled"}[d.what])})
	case "override":
		_, err = w.ecs.PutAccountSetting(ctx, &ecs.PutAccountSettingInput{Name: guard.SettingName, Value: aws.String("disabled")})
	case "delete":
		_, err = w.ecs.PutAccountSettingDefault(ctx, &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String("disabled")})
	}
	return err
}

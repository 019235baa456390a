package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// What can happen.
const (
	turnOff       = "turn FIPS mode off"
	turnOn        = "turn FIPS mode on"
	deleteDefault = "delete the setting"
	overrideOff   = "turn an override off"
	overrideOn    = "turn an override on"
	register      = "register a definition"
	registerMany  = "register many definitions"
	runTask       = "run a task"
	createService = "create a service"
	forge         = "invoke the gate with a forged event"
	loseEvents    = "lose events"
	delayEvents   = "delay events"
	copyEvents    = "deliver events twice"
	stopTrail     = "stop the trail"
	failCalls     = "calls fail"
	killProcess   = "kill a process"
	deployGuard   = "deploy the guard again"
	askForScans   = "ask for scans"

	hang localaws.Effect = "hang"
)

// forever is longer than anything waits.
const forever = 24 * time.Hour

// do lets a step happen. What AWS refuses to a person is no news.
func (w *world) do(s step) {
	switch s.kind {
	case turnOff, turnOn:
		w.setUnset(false)
		_, _ = w.client(w.someone(s.who)).PutAccountSettingDefault(w.ctx, &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: value(s.kind == turnOn)})
	case deleteDefault:
		w.setUnset(true)
		_, _ = w.client(w.people.Root).DeleteAccountSetting(w.ctx, &ecs.DeleteAccountSettingInput{Name: guard.SettingName})
	case overrideOff, overrideOn:
		_, _ = w.client(w.someone(s.who)).PutAccountSetting(w.ctx, &ecs.PutAccountSettingInput{Name: guard.SettingName, Value: value(s.kind == overrideOn)})
	case register:
		w.register(s.name)
	case registerMany:
		for range s.n {
			w.register(s.name)
		}
	case runTask:
		w.register(s.name)
		version := "1.4.0"
		if s.late {
			version = "1.3.0"
		}
		_, _ = w.client(w.people.Terraform).RunTask(w.ctx, &ecs.RunTaskInput{
			TaskDefinition: &s.name, LaunchType: types.LaunchTypeFargate, PlatformVersion: platformVersion(s.name, version), EnableExecuteCommand: true, NetworkConfiguration: network(),
		})
	case createService:
		w.register(s.name)
		_, _ = w.client(w.people.Terraform).CreateService(w.ctx, &ecs.CreateServiceInput{
			ServiceName: &s.name, TaskDefinition: &s.name, DesiredCount: aws.Int32(int32(s.n)),
			LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true, NetworkConfiguration: network(),
		})
	case forge:
		w.forge(s.name)
	case loseEvents, delayEvents, copyEvents:
		w.disturb(s)
	case stopTrail:
		w.setTrail(false)
		w.later(s.long, func() { w.setTrail(true) })
	case failCalls:
		w.failCalls(s)
	case killProcess:
		w.functions[s.who].plan(kill{operation: s.call, skip: s.n, after: s.late})
	case deployGuard:
		for _, f := range w.functions {
			f.deploy()
		}
	case askForScans:
		for i := range s.n {
			_ = w.aws.Send(w.urls[product.Scans], "scans", fmt.Sprintf(`{"look":"hourly","id":"%s-%d","time":"%s"}`, s.at, i, w.aws.Now().Format(time.RFC3339)))
		}
	}
}

// emptied is an answer as an account gives it that has no value: an empty list.
func (w *world) emptied(operation string, response *http.Response) *http.Response {
	switch {
	case operation == "PutAccountSettingDefault" && (response == nil || response.StatusCode == http.StatusOK):
		w.setUnset(false) // also where the answer is lost
	case response == nil || response.StatusCode != http.StatusOK:
	case operation == "ListAccountSettings" && w.answersEmpty():
		empty := *response
		empty.Body, empty.ContentLength = io.NopCloser(strings.NewReader(`{"settings":[]}`)), -1
		return &empty
	}
	return response
}

func (w *world) someone(who string) localaws.Principal {
	return map[string]localaws.Principal{
		"admin": w.people.Admin, "terraform": w.people.Terraform, "root": w.people.Root, "application": w.people.Application,
	}[who]
}

func value(on bool) *string {
	if on {
		return aws.String("enabled")
	}
	return aws.String("disabled")
}

func network() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}}
}

func platformVersion(family, version string) *string {
	if strings.HasPrefix(family, "windows") {
		return nil
	}
	return &version
}

// register registers a task definition of a family, whose name says what it
// asks for.
func (w *world) register(family string) {
	in := &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("1024"), Memory: aws.String("2048"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		RuntimePlatform:         &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64, OperatingSystemFamily: types.OSFamilyLinux},
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example/app")}},
	}
	switch kind, _, _ := strings.Cut(family, "-"); kind {
	case "good":
		in.RuntimePlatform = nil
	case "windows":
		in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureX8664, OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
	case "ec2":
		in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityEc2}
	case "unasked":
		in.RequiresCompatibilities = nil
	}
	_, _ = w.client(w.people.Terraform).RegisterTaskDefinition(w.ctx, in)
}

// forge invokes the gate with the record of a compliant registration, in which
// the architecture is another.
func (w *world) forge(family string) {
	w.register(family)
	var latest string
	for _, event := range w.aws.Events() {
		if text := string(event); strings.Contains(text, "RegisterTaskDefinition") && strings.Contains(text, `task-definition/`+family+`:`) {
			latest = text
		}
	}
	if latest == "" {
		return
	}
	var event map[string]any
	if json.Unmarshal([]byte(latest), &event) != nil {
		return
	}
	forged := map[string]any{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
	detail, _ := event["detail"].(map[string]any)
	detail["eventID"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(latest))
	answer, _ := detail["responseElements"].(map[string]any)
	definition, _ := answer["taskDefinition"].(map[string]any)
	if definition == nil {
		return
	}
	definition["runtimePlatform"] = forged
	definition["requiresCompatibilities"] = []string{"FARGATE"}
	body, err := json.Marshal(event)
	if err != nil {
		return
	}
	w.running.Go(func() { w.invokeAsync(product.Gate, body) })
}

func (w *world) setTrail(on bool) {
	_ = w.aws.SetTrail(region, localaws.Trail{Name: "organization", Bucket: "organization-trail", Logging: on, ReadWriteType: "All", Management: true})
}

// failCalls lets calls of a role go wrong: the next n, or all of a while.
func (w *world) failCalls(s step) {
	who := w.people.Guard
	if s.who == product.Verifier {
		who = w.people.Verifier
	}
	fault := localaws.Fault{Operation: s.call, Caller: who.AccessKeyID, Times: s.n, Effect: s.how, Latency: s.long}
	if s.how == hang {
		fault.Effect, fault.Latency = localaws.DropConnection, forever
	}
	remove := w.aws.Inject(fault)
	w.atCalm(remove)
	if s.n == 0 {
		w.later(4*time.Minute, remove)
	}
}

// later does something after a while.
func (w *world) later(d time.Duration, do func()) {
	w.running.Go(func() {
		if sleep(w.ctx, d) {
			do()
		}
	})
}

// atCalm does something when everything calms down.
func (w *world) atCalm(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onCalm = append(w.onCalm, do)
}

// calmDown ends what goes wrong.
func (w *world) calmDown() {
	w.mu.Lock()
	do := w.onCalm
	w.onCalm, w.disturbances = nil, nil
	w.mu.Unlock()
	for _, end := range do {
		end()
	}
	w.setTrail(true)
	for _, f := range w.functions {
		f.calmDown()
	}
}

// play plays a story to its end, and waits until everything is quiet.
func (w *world) play(ctx context.Context, s story) {
	began := time.Now()
	w.storyBegan = w.aws.Now()
	for _, step := range s.steps {
		if !sleep(ctx, step.at-time.Since(began)) {
			return
		}
		w.do(step)
	}
	sleep(ctx, time.Minute)
	w.calmDown()
	w.calm = w.aws.Now()
	sleep(ctx, storyTime+quiet-time.Since(began))
}

// quiet is how long it takes, from the end of the longest story on, until all has
// been tried again and an hourly scan has ended.
const quiet = 32 * time.Minute

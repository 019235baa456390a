package ecs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const execRegion = "us-gov-west-1"

// execWorld is a local account with one running task, and the guard's client
// for it.
type execWorld struct {
	*localaws.Account
	admin     *ecs.Client
	newClient func() *ecsexec.Client
	client    *ecsexec.Client
	target    ecsexec.Target
}

func newExecWorld(t *testing.T, options localaws.Options) execWorld {
	t.Helper()
	account := localaws.New(options)
	if err := account.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.Close() })
	config := func(p localaws.Principal) aws.Config {
		c := account.Config(p, execRegion)
		c.RetryMaxAttempts = 1
		return c
	}
	guard := config(localaws.Everyone().Guard)
	w := execWorld{Account: account, admin: ecs.NewFromConfig(config(localaws.Everyone().Admin))}
	w.newClient = func() *ecsexec.Client {
		return &ecsexec.Client{
			ECS: ecs.NewFromConfig(guard), Sessions: ecsexec.SystemsManager{Config: guard},
			Credentials: guard.Credentials, Region: execRegion, Now: time.Now, Loopback: true,
		}
	}
	w.client = w.newClient()
	w.target = w.run(t, true)
	return w
}

// run starts a task and waits, in the account's time, until it runs.
func (w execWorld) run(t *testing.T, exec bool) ecsexec.Target {
	t.Helper()
	_, err := w.admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("x")}, {Name: aws.String("side"), Image: aws.String("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.admin.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String("web"), LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: exec,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	return ecsexec.Target{Cluster: aws.ToString(out.Tasks[0].ClusterArn), Task: aws.ToString(out.Tasks[0].TaskArn), Container: "main"}
}

func (w execWorld) ask(t *testing.T, target ecsexec.Target) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return w.client.Run(ctx, target, "cat /proc/sys/crypto/fips_enabled")
}

func TestKernelsAnswerThroughTheGateway(t *testing.T) {
	w := newExecWorld(t, localaws.Options{})
	for on, want := range map[bool]string{true: "1\r\n", false: "0\r\n"} {
		if err := w.SetTaskFIPS(w.target.Task, on); err != nil {
			t.Fatal(err)
		}
		if got, err := w.ask(t, w.target); err != nil || got != want {
			t.Errorf("FIPS mode %t: the container answered %q, error %v", on, got, err)
		}
	}
	if _, err := w.client.Run(t.Context(), w.target, "id"); err == nil || !strings.Contains(err.Error(), "Unable to start command") {
		t.Errorf("another command: %v", err)
	}
	text := string(w.Events()[len(w.Events())-1])
	if !strings.Contains(text, "HIDDEN_DUE_TO_SECURITY_REASONS") {
		t.Errorf("CloudTrail shows a session's token: %s", text)
	}
}

func TestContainersThatDoNotAnswer(t *testing.T) {
	w := newExecWorld(t, localaws.Options{})
	var failed *ecsexec.ChannelError
	for name, c := range map[string]struct {
		exec localaws.Exec
		want func(string, error) bool
	}{
		"an answer of its own":     {localaws.Exec{Answer: strings.Repeat("x", 5000)}, func(out string, err error) bool { return err == nil && len(out) == 5000 }},
		"more than anybody reads":  {localaws.Exec{Answer: strings.Repeat("x", 1<<20)}, func(_ string, err error) bool { return errors.Is(err, ecsexec.ErrTooLong) }},
		"no cat":                   {localaws.Exec{Failure: `exec: "cat": executable file not found in $PATH`}, func(_ string, err error) bool { return errors.As(err, &failed) }},
		"the channel closes early": {localaws.Exec{EarlyClose: true}, func(_ string, err error) bool { return errors.Is(err, ecsexec.ErrIncomplete) }},
		"the agent is not running": {localaws.Exec{NoAgent: true}, func(_ string, err error) bool { return errors.Is(err, ecsexec.ErrNotReady) }},
	} {
		t.Run(name, func(t *testing.T) {
			target := w.run(t, true)
			if err := w.SetExec(target.Task, c.exec); err != nil {
				t.Fatal(err)
			}
			if out, err := w.ask(t, target); !c.want(out, err) {
				t.Errorf("answered %d bytes, error %v", len(out), err)
			}
		})
	}
	t.Run("silence", func(t *testing.T) {
		if err := w.SetExec(w.target.Task, localaws.Exec{Silent: true}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := w.client.Run(ctx, w.target, "cat /proc/sys/crypto/fips_enabled"); !errors.Is(err, ecsexec.ErrTimedOut) {
			t.Errorf("error is %v", err)
		}
		if err := w.SetExec(w.target.Task, localaws.Exec{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ask(t, w.target); err != nil {
			t.Errorf("after the silent session was terminated: %v", err)
		}
	})
	t.Run("without ECS Exec", func(t *testing.T) {
		if _, err := w.ask(t, w.run(t, false)); !errors.Is(err, ecsexec.ErrNotReady) {
			t.Errorf("error is %v", err)
		}
	})
}

// TestFiveSessionsWedgeAContainer, as they do AWS's own agent. It takes five
// clients: one alone opens one session at a time.
func TestFiveSessionsWedgeAContainer(t *testing.T) {
	w := newExecWorld(t, localaws.Options{ExecTime: 300 * time.Millisecond})
	var asking sync.WaitGroup
	for range 5 {
		other := w
		other.client = w.newClient()
		asking.Go(func() { _, _ = other.ask(t, w.target) })
	}
	asking.Wait()
	if _, err := w.ask(t, w.target); !errors.Is(err, ecsexec.ErrNotReady) {
		t.Errorf("after five at once: %v", err)
	}
	use := w.ExecUses()[w.target.Task+" main"]
	if !use.Wedged || use.MostAtOnce != 5 {
		t.Errorf("use is %+v", use)
	}
	side := w.target
	side.Container = "side"
	if _, err := w.ask(t, side); err != nil {
		t.Errorf("another container of the task: %v", err)
	}
}

func TestThreeSessionsTakeTurns(t *testing.T) {
	w := newExecWorld(t, localaws.Options{ExecTime: 100 * time.Millisecond})
	var asking sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		asking.Go(func() { _, errs[i] = w.ask(t, w.target) })
	}
	asking.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		t.Errorf("one of three: %v", errs[i])
	}
}

func TestCloseEndsSessions(t *testing.T) {
	w := newExecWorld(t, localaws.Options{})
	if err := w.SetExec(w.target.Task, localaws.Exec{Silent: true}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.ask(t, w.target)
		done <- err
	}()
	for len(w.ExecUses()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("a session outlived its account")
	}
}

package ecsexec

import (
	"context"
	"errors"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// agents count the sessions that are open in each container. None can be dialed,
// so that every session lasts until it is terminated.
type agents struct {
	lasts time.Duration

	mu     sync.Mutex
	open   map[string]int
	most   map[string]int
	opened int
}

func (a *agents) ExecuteCommand(_ context.Context, in *ecs.ExecuteCommandInput, _ ...func(*ecs.Options)) (*ecs.ExecuteCommandOutput, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	container := path.Base(*in.Task) + "/" + *in.Container
	a.opened++
	a.open[container]++
	a.most[container] = max(a.most[container], a.open[container])
	return &ecs.ExecuteCommandOutput{Session: &types.Session{
		SessionId: aws.String(container), StreamUrl: aws.String("wss://elsewhere.example/"), TokenValue: aws.String("t"),
	}}, nil
}

func (a *agents) TerminateSession(_ context.Context, container string) error {
	time.Sleep(a.lasts)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open[container]--
	return nil
}

// TestOneSessionPerContainer: five at once would wedge the container's agent for
// good, whoever asks and however the task is named.
func TestOneSessionPerContainer(t *testing.T) {
	a := &agents{lasts: 5 * time.Millisecond, open: map[string]int{}, most: map[string]int{}}
	client := &Client{ECS: a, Sessions: a, Region: testRegion, Now: time.Now}
	named := testTarget
	named.Cluster, named.Task = "prod", path.Base(testTarget.Task)
	sidecar := testTarget
	sidecar.Container = "sidecar"
	var all sync.WaitGroup
	for range 6 {
		for _, target := range []Target{testTarget, named, sidecar} {
			all.Go(func() {
				if _, err := client.Run(t.Context(), target, testCommand); err == nil {
					t.Error("a stream that is not AWS's was dialed")
				}
			})
		}
	}
	all.Wait()
	if a.opened != 18 {
		t.Errorf("%d sessions were opened, want 18", a.opened)
	}
	for container, most := range a.most {
		if most != 1 {
			t.Errorf("%d sessions at once in %s", most, container)
		}
	}
}

// TestWaitingForAContainerEnds: who waits for a container that hangs gives up in
// time, without a session, and the container is free afterwards.
func TestWaitingForAContainerEnds(t *testing.T) {
	a := &agents{open: map[string]int{}, most: map[string]int{}}
	client := &Client{ECS: a, Sessions: a, Region: testRegion, Now: time.Now}
	free, err := client.turns.take(t.Context(), testTarget)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = client.Run(ctx, testTarget, testCommand)
	var failed *RunError
	if !errors.Is(err, ErrTimedOut) || !errors.As(err, &failed) || a.opened != 0 {
		t.Errorf("it opens %d sessions and returns %v", a.opened, err)
	}
	free()
	if _, err := client.Run(t.Context(), testTarget, testCommand); a.opened != 1 {
		t.Errorf("the container stays busy: %v", err)
	}
}

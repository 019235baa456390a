package witness

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

var location = guard.Location{Account: localaws.AccountID, Region: localtest.West}

const registry = localaws.AccountID + ".dkr.ecr.us-gov-west-1.amazonaws.com/"

// deployed is an account as the stack leaves it.
func deployed(t *testing.T, image string) (*localaws.Account, Task) {
	t.Helper()
	a := localtest.Start(t, localaws.Options{})
	admin := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	if _, err := admin.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String(product.Witness)}); err != nil {
		t.Fatal(err)
	}
	definition := localtest.FargateDefinition(product.Witness)
	definition.Cpu, definition.Memory = aws.String("256"), aws.String("512")
	definition.ContainerDefinitions[0].Image = aws.String(image)
	localtest.Register(t, admin, definition)
	return a, Task{
		ECS: localtest.ECS(a, localaws.Everyone().Verifier, localtest.West), Subnets: []string{"subnet-0123456789abcdef0"}, Now: a.Now,
		Sleep: func(ctx context.Context, d time.Duration) error { return a.Advance(ctx, d) },
	}
}

// TestWitness: a task that is launched now says what the setting does now.
func TestWitness(t *testing.T) {
	a, task := deployed(t, registry+product.Witness+"@"+witness.Digest)
	for _, c := range []struct {
		value   string
		want    guard.Answer
		verdict guard.Verdict
		read    string
	}{
		{"disabled", guard.No, guard.NonCompliant, "fips_enabled 0"},
		{"enabled", guard.Yes, guard.Compliant, "fips_enabled 1"},
	} {
		if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), c.value); err != nil {
			t.Fatal(err)
		}
		got := task.Wait(t.Context(), task.Start(t.Context(), location, "test"))
		f := guard.Check(got)[0]
		if got.FIPS != c.want || f.Verdict != c.verdict || !strings.Contains(f.Reason, c.read) {
			t.Errorf("with the setting %s the witness says %+v: %s", c.value, got, f.Reason)
		}
	}
}

// TestNoWitness: whatever is not the answer of our own program is no answer.
func TestNoWitness(t *testing.T) {
	ours := registry + product.Witness + "@" + witness.Digest
	t.Run("another image", func(t *testing.T) {
		_, task := deployed(t, registry+product.Witness+"@sha256:"+strings.Repeat("0", 64))
		unknown(t, task, "instead of this version's")
	})
	t.Run("a program that does not end", func(t *testing.T) {
		_, task := deployed(t, "public.ecr.aws/docker/library/busybox:stable")
		unknown(t, task, "did not end within 4 minutes")
	})
	t.Run("stopped by a person", func(t *testing.T) {
		a, task := deployed(t, ours)
		w := task.Start(t.Context(), location, "test")
		if _, err := localtest.ECS(a, localaws.Everyone().Admin, localtest.West).StopTask(t.Context(), &ecs.StopTaskInput{Cluster: aws.String(product.Witness), Task: &w.Task}); err != nil {
			t.Fatal(err)
		}
		if got := task.Wait(t.Context(), w); got.FIPS != guard.Unknown || !strings.Contains(got.Unknown, "UserInitiated") {
			t.Errorf("it says %+v", got)
		}
	})
	t.Run("launches denied", func(t *testing.T) {
		a, task := deployed(t, ours)
		a.Deny(localaws.Everyone().Verifier, "ecs:RunTask")
		unknown(t, task, "RunTask with AccessDeniedException")
	})
	t.Run("not deployed", func(t *testing.T) {
		_, task := deployed(t, ours)
		a := localtest.Start(t, localaws.Options{})
		task.ECS = localtest.ECS(a, localaws.Everyone().Verifier, localtest.West)
		unknown(t, task, "RunTask with ClusterNotFoundException")
	})
	for what, of := range map[string]types.Task{
		"no container":        {},
		"no exit code":        {StopCode: types.TaskStopCodeTaskFailedToStart, StoppedReason: aws.String("CannotPullContainerError"), Containers: []types.Container{{Image: &ours}}},
		"an odd exit code":    {StopCode: types.TaskStopCodeEssentialContainerExited, Containers: []types.Container{{Image: &ours, ExitCode: aws.Int32(1)}}},
		"another digest":      {StopCode: types.TaskStopCodeEssentialContainerExited, Containers: []types.Container{{Image: &ours, ImageDigest: aws.String("sha256:1"), ExitCode: aws.Int32(0)}}},
		"a second container":  {StopCode: types.TaskStopCodeEssentialContainerExited, Containers: []types.Container{{Image: &ours, ExitCode: aws.Int32(0)}, {}}},
		"ended by the system": {StopCode: types.TaskStopCodeTerminationNotice, Containers: []types.Container{{Image: &ours, ExitCode: aws.Int32(0)}}},
	} {
		if fips, _, why := reading(of); fips != guard.Unknown || why == "" {
			t.Errorf("%s: FIPS %s, %q", what, fips, why)
		}
	}
}

func unknown(t *testing.T, task Task, why string) {
	t.Helper()
	w := task.Wait(t.Context(), task.Start(t.Context(), location, "test"))
	if f := guard.Check(w)[0]; w.FIPS != guard.Unknown || f.Verdict != guard.InsufficientData || !strings.Contains(f.Reason, why) {
		t.Errorf("%s: %s", f.Verdict, f.Reason)
	}
}

package drills

import (
	"context"
	"time"

	"fipsguard/internal/aws/canary"
	"fipsguard/internal/aws/witness"
	"fipsguard/internal/guard"
)

// Network is where a witness runs, and how to wait for it.
type Network struct {
	Subnets []string
	Group   string // a security group; empty is the VPC's own
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
}

func (a account) Canaries(ctx context.Context, since time.Time) ([]guard.Canary, string) {
	return canary.Log{Config: a.configuration}.Received(ctx, since)
}

func (a account) Witness(ctx context.Context) guard.Witness {
	task := witness.Task{ECS: a.ecs, Subnets: a.network.Subnets, SecurityGroup: a.network.Group, Now: a.network.Now, Sleep: a.network.Sleep}
	return task.Wait(ctx, task.Start(ctx, a.Location, "drill"))
}

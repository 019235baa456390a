package ecsapi

import (
	"context"
	"fmt"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// HalfOfBuckets is an option for the ECS client that leaves at least half of
// each of ECS's throttle buckets to the customer's own work. The other half is
// divided among the processes that run at once; share is this one's part of it.
// Calls sleep until their turn; one whose turn comes after its deadline fails
// at once, without a call. The setting's own calls do not wait: they are what
// the guard is for. Numbers: docs/facts.md, sections 3 and 4.
func HalfOfBuckets(share float64, now func() time.Time, sleep func(context.Context, time.Duration) error) func(*ecs.Options) {
	half := func(burst, sustained float64) *rate.Limiter {
		return rate.NewLimiter(rate.Limit(share*sustained/2), int(share*burst/2))
	}
	registrations := half(20, 1)
	tasks := half(100, 40)
	taskReads := half(100, 20)
	definitionReads := half(50, 20)
	serviceReads := half(100, 20)
	serviceWrites := half(50, 5)
	clusterReads := half(50, 20)
	limits := map[string]*rate.Limiter{
		"DeregisterTaskDefinition":  registrations,
		"StopTask":                  tasks,
		"ExecuteCommand":            tasks,
		"ListClusters":              clusterReads,
		"DescribeCapacityProviders": clusterReads,
		"ListTasks":                 taskReads,
		"DescribeTasks":             taskReads,
		"DescribeTaskDefinition":    definitionReads,
		"ListTaskDefinitions":       definitionReads,
		"ListServices":              serviceReads,
		"DescribeServices":          serviceReads,
		"UpdateService":             serviceWrites,
	}
	wait := middleware.FinalizeMiddlewareFunc("HalfOfBuckets", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		operation := awsmiddleware.GetOperationName(ctx)
		if limit := limits[operation]; limit != nil {
			if err := await(ctx, limit, now, sleep); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("half of ECS's throttle bucket for %s is used up: %w", operation, err)
			}
		}
		return next.HandleFinalize(ctx, in)
	})
	return func(o *ecs.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			// Behind Retry, so that every attempt waits.
			return stack.Finalize.Insert(wait, "Retry", middleware.After)
		})
	}
}

// await takes a token, sleeping until there is one.
func await(ctx context.Context, limit *rate.Limiter, now func() time.Time, sleep func(context.Context, time.Duration) error) error {
	at := now()
	turn := limit.ReserveN(at, 1)
	delay := turn.DelayFrom(at)
	if delay == 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < delay {
		turn.CancelAt(at)
		return fmt.Errorf("%w: the next turn is in %s", context.DeadlineExceeded, delay)
	}
	return sleep(ctx, delay)
}

// Sleep waits in real time, but not longer than the context lasts.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

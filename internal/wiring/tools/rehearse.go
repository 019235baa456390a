package tools

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/history"
	"fipsguard/internal/guard"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/rehearse"
	"fipsguard/internal/scan"
	"fipsguard/internal/trail"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"golang.org/x/sync/errgroup"
)

// Rehearsal reads what a rehearsal needs. It calls nothing that changes anything.
type Rehearsal struct {
	Config aws.Config
	At     guard.Location
	Since  time.Time
}

// Events are the guarded events that CloudTrail remembers. tell is told how many
// more were read.
func (r Rehearsal) Events(ctx context.Context, tell func(events int)) ([]guard.Event, error) {
	h := history.History{CloudTrail: cloudtrail.NewFromConfig(r.Config), Now: time.Now, Sleep: scans.Sleep}
	events, err := h.Recent(ctx, r.At, r.Since, tell)
	return events, scans.Legible(err)
}

// LoggedEvents are the guarded events in log files since a time, of all accounts
// and Regions. The error says which files could not be read, or not as a whole.
func LoggedEvents(ctx context.Context, files []audit.File, since time.Time, tell func(files int, bytes int64)) ([]guard.Event, error) {
	var mu sync.Mutex
	var events []guard.Event
	var errs []error
	done, bytes := 0, int64(0)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for _, f := range audit.NewPlan(files, audit.Scope{}).Logs {
		work.Go(func() error {
			var found []guard.Event
			var err error
			// What is delivered happened before; a record may be some hours late.
			if at, ok := f.Delivered(); !ok || !at.Before(since) {
				found, err = logged(ctx, f, since)
			}
			mu.Lock()
			defer mu.Unlock()
			events = append(events, found...)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", f.Path, err))
			}
			done, bytes = done+1, bytes+f.Size
			tell(done, bytes)
			return ctx.Err()
		})
	}
	return events, errors.Join(work.Wait(), errors.Join(errs...))
}

// logged are the guarded events of one file.
func logged(ctx context.Context, f audit.File, since time.Time) (events []guard.Event, err error) {
	object, err := f.From.Open(ctx, f.Path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, object.Body.Close()) }()
	for event, fault := range trail.Read(object.Body) {
		switch {
		case fault != nil && err == nil: // the first says enough
			err = fault
		case fault != nil:
		case len(event.States) > 0 && !event.Cause.Time.Before(since):
			events = append(events, event)
		}
	}
	return events, err
}

// Known is what AWS still knows of task definitions, and its capacity providers.
// What it does not answer stays unknown; the error says why.
func (r Rehearsal) Known(ctx context.Context, definitions []string, tell func(done, total int)) (rehearse.Known, error) {
	client := ecs.NewFromConfig(r.Config, ecsapi.ShortAttempts(ecsapi.AttemptTime))
	inventory := ecsapi.Inventory{Account: ecsapi.NewAccount(client, nil, time.Now), Lister: client}
	var known rehearse.Known
	for i, arn := range definitions {
		if d, err := inventory.DefinitionOf(ctx, arn); err == nil && d.ARN != "" {
			known.Definitions = append(known.Definitions, d)
		}
		tell(i+1, len(definitions))
	}
	clusters, err := inventory.Clusters(ctx)
	if err == nil {
		known.Providers, err = inventory.Providers(ctx, clusters)
	}
	return known, scans.Legible(err)
}

// Workloads rehearses the first scan after a deployment, on what runs now. events
// are the history.
func (r Rehearsal) Workloads(ctx context.Context, policy guard.Policy, events []guard.Event, progress func(stage string, done, total int)) (rehearse.Now, error) {
	scanner := scans.Scanner(scans.Options{Config: r.Config, Policy: policy, Workloads: policydoc.Fixed(policy), Class: guard.ClassC, Now: time.Now, Sleep: scans.Sleep})
	noting := &rehearse.Noting{Account: scanner.Account}
	scanner.Account, scanner.History, scanner.Progress = noting, recorded{events, r.Since}, progress
	found, err := scanner.Scan(ctx, r.At, scan.Request{Why: "fipsguard rehearse"})
	if err != nil {
		return rehearse.Now{}, err
	}
	return noting.Result(found), nil
}

// recorded is a history that was read already.
type recorded struct {
	events []guard.Event
	from   time.Time
}

func (r recorded) Changes(_ context.Context, account, region string, since time.Time) ([]guard.Event, time.Time, error) {
	var changes []guard.Event
	for _, e := range r.events {
		if _, ok := e.States[0].(guard.Setting); ok && e.Cause.Account == account && e.Cause.Region == region && !e.Cause.Time.Before(since) {
			changes = append(changes, e)
		}
	}
	if since.Before(r.from) {
		since = r.from
	}
	return changes, since, nil
}

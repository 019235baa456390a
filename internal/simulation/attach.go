package simulation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/metric"
	"fipsguard/internal/product"
	"fipsguard/internal/scan"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"
)

// functionTime is how long the enforcer may work on one event.
const functionTime = time.Minute

func sleepInRealTime(ctx context.Context, d time.Duration) error { return scans.Sleep(ctx, d) }

// attach deploys the guard: it turns FIPS mode on, and EventBridge's rules
// invoke the enforcer from then on.
func (a *Account) attach(ctx context.Context) error {
	topic, err := a.AWS.CreateTopic(Region, product.Alerts)
	if err != nil {
		return err
	}
	e := wiring.Enforcer(wiring.EnforcerOptions{
		Config: a.configFor(a.People.Guard), TopicARN: topic, Policy: a.policy,
		Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: a.AWS.Now, Sleep: a.sleep,
	})
	if err := e.CheckSetting(ctx, location(), "fipsguard deployed"); err != nil {
		return fmt.Errorf("turn FIPS mode on in the simulated account: %w", err)
	}
	rules, err := deployedRules()
	if err != nil {
		return err
	}
	for _, r := range rules {
		err := a.AWS.Attach(localaws.Rule{
			Name: r.name, Region: Region, Pattern: r.pattern,
			Invoke: func(ctx context.Context, event []byte) error {
				ctx, cancel := context.WithTimeout(ctx, functionTime)
				defer cancel()
				return e.Respond(ctx, location(), event)
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// scan runs the verifier once, and keeps its report.
func (a *Account) scan(ctx context.Context) error {
	scanner := scans.Scanner(scans.Options{
		Config: a.configFor(a.People.Guard), Policy: a.policy, Exec: true, Now: a.AWS.Now, Sleep: a.AWS.Sleep,
	})
	started := a.AWS.Now()
	found, err := scanner.Scan(ctx, location(), scan.Request{Why: "simulated scan"})
	if err != nil {
		return err
	}
	a.reports = append(a.reports, evidence.New(evidence.About{
		Why: "simulated scan", Started: started, Finished: a.AWS.Now(), Tool: a.tool,
		Scope: evidence.Scope(found.Report.Coverage),
	}, found.Report))
	return errors.Join(found.Failures...)
}

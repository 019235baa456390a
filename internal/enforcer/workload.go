package enforcer

import (
	"context"
	"errors"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// respondWorkload responds to an event about workloads, by the policy that holds
// for them now.
func (e *Enforcer) respondWorkload(ctx context.Context, location guard.Location, ev guard.Event) error {
	fixing, cancel := beforeAlerts(ctx)
	defer cancel()
	held := e.Workloads(fixing)
	findings, outcomes, err := e.fixWorkloads(fixing, held.Policy, ev)
	report := e.report(ev.Cause, findings, outcomes)
	report.Expiring = held.Policy.Expiring(e.Now(), expiringSoon)
	return errors.Join(err, remediate.Unrepaired(report.Unrepaired()), e.tell(ctx, report), e.tellPolicyFaults(ctx, location, held))
}

// fixWorkloads reads before it acts: task definitions, tasks and services are
// checked by what they are now. Whoever may invoke the function chooses what a
// record says, so nothing is done to what could not be read: it is reported,
// and the error has the event repeated.
func (e *Enforcer) fixWorkloads(ctx context.Context, p guard.Policy, ev guard.Event) ([]guard.Finding, []guard.Outcome, error) {
	var reported, fixable []guard.Finding
	var errs []error
	for _, recorded := range ev.States {
		observed, err := e.observe(ctx, p, recorded)
		findings := p.Evaluate(guard.CheckAll(observed))
		reported = append(reported, findings...)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fixable = append(fixable, findings...)
	}
	return reported, e.loop(p).Fix(ctx, fixable), errors.Join(errs...)
}

// observe returns what a recorded resource is now. What cannot be read stays
// unknown; the error says why.
func (e *Enforcer) observe(ctx context.Context, p guard.Policy, recorded guard.State) ([]guard.State, error) {
	switch s := recorded.(type) {
	case guard.TaskDefinition:
		return e.observeDefinition(ctx, s)
	case guard.Task:
		return e.observeTask(ctx, p, s)
	case guard.Service:
		return e.observeService(ctx, p, s)
	}
	return []guard.State{recorded}, nil
}

// observeDefinition believes a record that shows no violation; any other
// revision is read, at the price of one call.
func (e *Enforcer) observeDefinition(ctx context.Context, d guard.TaskDefinition) ([]guard.State, error) {
	verdict := guard.Worst(guard.Check(d))
	if verdict == guard.Compliant || verdict == guard.NotApplicable {
		return []guard.State{d}, nil
	}
	observed, err := e.Account.ObserveTaskDefinition(ctx, d)
	if err != nil {
		return []guard.State{d}, err
	}
	if d.ARN == "" && verdict == guard.NonCompliant && guard.Worst(guard.Check(observed)) != guard.NonCompliant {
		// The family's newest revision is not the one that was registered.
		return []guard.State{d}, nil
	}
	return []guard.State{observed}, nil
}

// observeTask asks ECS about a task only if its definition and its capacity
// provider, which are remembered, do not settle that it is compliant or that FIPS
// mode does not concern it: of most tasks they do.
func (e *Enforcer) observeTask(ctx context.Context, p guard.Policy, t guard.Task) ([]guard.State, error) {
	if t.ARN == "" || t.Stopping() || !t.OnServerless() {
		return []guard.State{t}, nil
	}
	completed, err := e.Account.WithDefinition(ctx, t)
	if err == nil {
		completed, err = e.Account.WithProviders(ctx, completed)
	}
	if verdict := guard.Worst(guard.Check(completed)); err == nil && (verdict == guard.Compliant || verdict == guard.NotApplicable) {
		return []guard.State{completed}, nil
	}
	observed, err := e.Account.ObserveTask(ctx, t)
	if observed.Batch == nil {
		observed.Batch = t.Batch
	}
	if err != nil || observed.Rejected != "" || guard.Worst(guard.Check(observed)) != guard.NonCompliant || !observed.Started() || observed.Service() == "" {
		return []guard.State{observed}, err
	}
	// A service's running task is never stopped: what its service asks for is
	// what to fix.
	of, err := e.observeService(ctx, p, guard.Service{Name: observed.Service(), Cluster: observed.Cluster})
	if err != nil || guard.Worst(guard.CheckAll(of)) != guard.NonCompliant {
		return append([]guard.State{observed}, of...), err
	}
	return of, nil
}

// observeService also reads what the policy's remedy needs to know.
func (e *Enforcer) observeService(ctx context.Context, p guard.Policy, s guard.Service) ([]guard.State, error) {
	observed, err := e.Account.ObserveService(ctx, s)
	if len(observed) == 0 && err == nil {
		return nil, nil // gone since
	}
	var states []guard.State
	var errs []error
	for _, service := range observed {
		if guard.Worst(guard.Check(service)) == guard.NonCompliant {
			var remedyErr error
			service, remedyErr = e.Account.ObserveRemedy(ctx, service, p.ServiceRemedy)
			errs = append(errs, remedyErr)
		}
		states = append(states, service)
	}
	return states, errors.Join(append(errs, err)...)
}

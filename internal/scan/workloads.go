package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// clusters is the stage that finds what to examine.
type clusters struct {
	stage
	arns []string
	all  bool // they are all of the account's
}

// findClusters finds the clusters that were asked for, or all.
func (r run) findClusters(ctx context.Context) (clusters, error) {
	all, err := r.Account.Clusters(ctx)
	if err != nil {
		return clusters{stage: stage{failures: failures(err), findings: r.check(r.reading(guard.Configured), guard.Task{
			ARN: fmt.Sprintf("task/* of account %s in %s", r.location.Account, r.location.Region), LastStatus: "RUNNING",
			Unknown: "ECS did not answer ListClusters",
		})}}, nil
	}
	if len(r.request.Clusters) == 0 {
		return clusters{arns: all, all: true}, nil
	}
	var c clusters
	for _, wanted := range r.request.Clusters {
		i := slices.IndexFunc(all, func(arn string) bool { return arn == wanted || strings.HasSuffix(arn, ":cluster/"+wanted) })
		if i < 0 {
			return c, fmt.Errorf("there is no cluster %s in account %s, Region %s", wanted, r.location.Account, r.location.Region)
		}
		c.arns = append(c.arns, all[i])
	}
	return c, nil
}

// workloads is the stage of what runs and of the platforms under it.
type workloads struct {
	stage
	tasks []guard.Task
}

// checkWorkloads checks and fixes services, tasks, the definitions that those on
// Fargate use, and the capacity providers that others do.
func (r run) checkWorkloads(ctx context.Context, cause guard.Cause, clusters []string) workloads {
	seen := r.reading(guard.Configured)
	services, tasks, err := r.Account.Workloads(ctx, clusters, r.progress("inventory"))
	providers, providersErr := r.Account.Providers(ctx, clusters)
	services, tasks = onServerless(services, slices.DeleteFunc(slices.Clone(tasks), r.isWitness), providers)
	definitions, definitionsErr := r.Account.Definitions(ctx, onFargate(services), onFargate(tasks))
	w := workloads{tasks: tasks}
	w.failures = failures(err, definitionsErr, providersErr)
	w.facts = r.switches(providers)
	providers = guard.UsedBy(providers, services, err == nil)
	for _, d := range definitions {
		w.findings = append(w.findings, r.check(seen, d)...)
	}
	for _, s := range services {
		if guard.Worst(r.check(seen, s)) == guard.NonCompliant {
			s, err = r.Account.ObserveRemedy(ctx, s, r.held.Policy.ServiceRemedy)
			w.failures = append(w.failures, failures(err)...)
		}
		w.findings = append(w.findings, r.check(seen, s)...)
	}
	for _, p := range providers {
		if p.Managed != guard.No {
			w.findings = append(w.findings, r.check(seen, p)...)
		}
	}
	for _, t := range tasks {
		w.findings = append(w.findings, r.check(seen, t)...)
	}
	w.outcomes = r.loop(cause).Fix(ctx, w.findings)
	return w
}

// onServerless are the services and tasks of Fargate and of ECS Managed Instances,
// with what was read of their capacity providers.
func onServerless(services []guard.Service, tasks []guard.Task, providers []guard.CapacityProvider) ([]guard.Service, []guard.Task) {
	services, tasks = slices.Clone(services), slices.Clone(tasks)
	for i, s := range services {
		services[i].Providers = guard.Identified(s.Providers, providers)
	}
	for i, t := range tasks {
		tasks[i].Providers = guard.Identified(t.Providers, providers)
	}
	return slices.DeleteFunc(services, func(s guard.Service) bool { return !s.OnServerless() }),
		slices.DeleteFunc(tasks, func(t guard.Task) bool { return !t.OnServerless() })
}

// onFargate are those that may run on Fargate.
func onFargate[T interface{ MayBeFargate() bool }](all []T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !one.MayBeFargate() })
}

// checkComponents checks the guard itself, and whether it receives events.
func (r run) checkComponents(ctx context.Context, sent []time.Time) stage {
	var s stage
	seen := r.reading(guard.Configured)
	if r.Components != nil {
		ctx, cancel := remediate.Within(ctx, componentsTime)
		defer cancel()
		components := r.Components.Observe(ctx)
		canaries := r.readCanaries(ctx, sent, components)
		s.facts = append(r.readBack(components), r.flown(canaries)...)
		for _, component := range components {
			s.findings = append(s.findings, r.check(seen, cameThrough(component, canaries))...)
		}
		if canaries.Due() {
			s.findings = append(s.findings, r.check(seen, canaries)...)
		}
	}
	if len(r.held.Faults) > 0 {
		s.findings = append(s.findings, r.check(seen, r.held.Document(r.location))...)
	}
	return s
}

package guardtest

import (
	"context"
	"slices"

	"fipsguard/internal/guard"
)

// Clusters lists the one cluster.
func (a *Account) Clusters(ctx context.Context) ([]string, error) {
	if err := a.begin(ctx, "ecs:ListClusters", ""); err != nil {
		return nil, err
	}
	return []string{a.Cluster}, nil
}

// Workloads lists the services and tasks of clusters. Tasks that cannot be
// listed are one task of which nothing is known.
func (a *Account) Workloads(ctx context.Context, clusters []string, progress func(done, total int)) ([]guard.Service, []guard.Task, error) {
	progress(len(clusters), len(clusters))
	if err := a.begin(ctx, "ecs:ListTasks", ""); err != nil {
		return nil, []guard.Task{{ARN: "task/main/*", Cluster: a.Cluster, LastStatus: "RUNNING", Unknown: "ECS did not answer ListTasks"}}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.Services), slices.Clone(a.Tasks), nil
}

// Providers lists the capacity providers.
func (a *Account) Providers(ctx context.Context, _ []string) ([]guard.CapacityProvider, error) {
	if err := a.begin(ctx, "ecs:DescribeCapacityProviders", ""); err != nil {
		return []guard.CapacityProvider{{ARN: "capacity-provider/main/*", Unknown: "ECS did not answer DescribeCapacityProviders"}}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.CapacityProviders), nil
}

// Definitions reads the task definitions that services and tasks use.
func (a *Account) Definitions(_ context.Context, services []guard.Service, tasks []guard.Task) ([]guard.TaskDefinition, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var used []guard.TaskDefinition
	for _, d := range a.Revisions {
		if find(services, func(s guard.Service) bool { return s.Definition.ARN == d.ARN }) != nil ||
			find(tasks, func(t guard.Task) bool { return t.Definition == d.ARN }) != nil {
			used = append(used, d)
		}
	}
	return used, nil
}

// AskKernel is a session in a container that reads whether the kernel under it
// runs in FIPS mode.
func (a *Account) AskKernel(ctx context.Context, task, container string) (string, error) {
	name := task + "/" + container
	fault := a.fault("ecs:ExecuteCommand")
	if err := fault.Happen(ctx); err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions = append(a.sessions, name)
	a.Clock = a.Clock.Add(a.SessionTime)
	if fails := a.Sessions[name]; len(fails) > 0 {
		a.Sessions[name] = fails[1:]
		return "", fails[0]
	}
	if fault == Garbage {
		return "maybe", nil
	}
	if answer, ok := a.Kernels[name]; ok {
		return answer, nil
	}
	return "1\r\n", nil
}

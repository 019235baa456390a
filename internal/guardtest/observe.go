package guardtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// ObserveSetting reads the account default.
func (a *Account) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	s := guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount}
	if err := a.begin(ctx, "ecs:ListAccountSettings", s.Subject()); err != nil {
		s.Unknown = "ECS did not answer ListAccountSettings"
		return []guard.State{s}, err
	}
	if a.fault("ecs:ListAccountSettings") == Garbage {
		s.Unknown = "ECS answered a value that is none"
		return []guard.State{s}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s.Mode = a.Default
	return []guard.State{s}, nil
}

// ObserveTaskDefinition reads a revision, or a family's newest one that is
// active.
func (a *Account) ObserveTaskDefinition(ctx context.Context, d guard.TaskDefinition) (guard.TaskDefinition, error) {
	if err := a.begin(ctx, "ecs:DescribeTaskDefinition", d.Subject()); err != nil {
		return d, err
	}
	if a.fault("ecs:DescribeTaskDefinition") == Garbage {
		return d, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, known := range slices.Backward(a.Revisions) {
		if known.ARN == d.ARN || d.ARN == "" && known.Family == d.Family && !known.Inactive {
			return known, nil
		}
	}
	return d, fmt.Errorf("no task definition %s", d.Subject())
}

// WithDefinition completes a task by its definition, which is remembered: it
// makes no call. What the task says of itself stands.
func (a *Account) WithDefinition(_ context.Context, t guard.Task) (guard.Task, error) {
	if a.fault("ecs:DescribeTaskDefinition") != Answers {
		return t, ErrDown
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if d := a.definition(t.Definition); d != nil {
		t.Platform.OS = cmp.Or(t.Platform.OS, d.Platform.OS)
		t.Platform.Architecture = cmp.Or(t.Platform.Architecture, d.Platform.Architecture)
	}
	return t, nil
}

// ObserveTask reads a task and completes it by its definition.
func (a *Account) ObserveTask(ctx context.Context, t guard.Task) (guard.Task, error) {
	if err := a.begin(ctx, "ecs:DescribeTasks", t.Subject()); err != nil {
		return t, err
	}
	a.mu.Lock()
	known := find(a.Tasks, func(other guard.Task) bool { return other.ARN == t.ARN })
	if known == nil {
		a.mu.Unlock()
		return t, fmt.Errorf("no task %s", t.ARN)
	}
	observed := *known
	a.mu.Unlock()
	observed, err := a.WithDefinition(ctx, observed)
	if err != nil {
		return observed, err
	}
	return a.WithProviders(ctx, observed)
}

// WithProviders completes a task by its capacity providers.
func (a *Account) WithProviders(ctx context.Context, t guard.Task) (guard.Task, error) {
	read, err := a.identified(ctx, t.Providers)
	t.Providers = read
	return t, err
}

func (a *Account) identified(ctx context.Context, providers []guard.CapacityProvider) ([]guard.CapacityProvider, error) {
	if len(providers) == 0 {
		return nil, nil
	}
	if err := a.begin(ctx, "ecs:DescribeCapacityProviders", providers[0].Subject()); err != nil {
		return providers, err
	}
	if a.fault("ecs:DescribeCapacityProviders") == Garbage {
		return providers, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return guard.Identified(providers, a.CapacityProviders), nil
}

// ObserveService reads a service by its ARN or its name; none when it is gone.
func (a *Account) ObserveService(ctx context.Context, s guard.Service) ([]guard.Service, error) {
	if err := a.begin(ctx, "ecs:DescribeServices", s.Subject()); err != nil {
		return []guard.Service{s}, err
	}
	a.mu.Lock()
	known := find(a.Services, func(known guard.Service) bool { return known.ARN == s.ARN || known.Name == s.Name && s.ARN == "" })
	if known == nil {
		a.mu.Unlock()
		return nil, nil
	}
	observed := *known
	a.mu.Unlock()
	var err error
	observed.Providers, err = a.identified(ctx, observed.Providers)
	return []guard.Service{observed}, err
}

// ObserveRemedy finds the revision that a service could be rolled back to. It
// makes no call.
func (a *Account) ObserveRemedy(_ context.Context, s guard.Service, remedy guard.ServiceRemedy) (guard.Service, error) {
	if remedy != guard.RollBack {
		return s, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range a.Revisions {
		if guard.Worst(guard.Check(d)) == guard.Compliant && !d.Inactive {
			s.Replacement = d.ARN
		}
	}
	return s, nil
}

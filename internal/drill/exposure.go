package drill

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// breakDefault turns FIPS mode off for the account, for a minute at most. Before
// that it turns it on while it is on: a role that may not do that could not turn
// it on again. In an account whose guard only audits, the stack does not let the
// role do it.
func (r *run) breakDefault(ctx context.Context, s *StepResult) {
	if why := r.inUse(ctx); why != "" {
		s.Result, s.Why = NotRun, why
		return
	}
	account, _, err := r.Account.Modes(ctx)
	if err != nil || account != guard.ModeOn {
		s.Result, s.Why = NotRun, "FIPS mode was not read as on just before"
		return
	}
	if err := r.Account.PutDefault(ctx, "enabled"); err != nil {
		notRun(s, "the drill's role could not turn FIPS mode on again, as in an account whose guard only audits", err)
		return
	}
	defer r.turnOn(ctx, s) // before anyone asks what is broken
	if err := r.Account.PutDefault(ctx, "disabled"); err != nil {
		notRun(s, "AWS refused to turn FIPS mode off", err)
		return
	}
	s.Violated = r.Now()
	r.watch(ctx, s, watched{
		within: s.Within,
		fixed: func(ctx context.Context) (bool, error) {
			account, _, err := r.Account.Modes(ctx)
			return err == nil && account == guard.ModeOn, err
		},
		matches: func(a Alert) bool { return a.Event.Name == "PutAccountSettingDefault" && a.Event.Actor.ARN == r.Me },
	})
}

// turnOn turns FIPS mode on, whatever the guard did and whether or not the drill
// was interrupted.
func (r *run) turnOn(ctx context.Context, s *StepResult) {
	ctx, stop := afterwards(ctx)
	defer stop()
	for range 3 {
		err := r.Account.PutDefault(ctx, "enabled")
		if err == nil {
			return
		}
		r.note(fmt.Errorf("turn FIPS mode on again: %w", err))
		r.note(r.Sleep(ctx, pause))
	}
	s.Why = strings.TrimPrefix(s.Why+"; the drill could not turn FIPS mode on again", "; ")
}

// inUse says what would start or does run without FIPS mode, or is empty.
func (r *run) inUse(ctx context.Context) string {
	clusters, err := r.Account.Clusters(ctx)
	if err != nil {
		return "clusters could not be listed: " + answerOf("", err)
	}
	for _, cluster := range clusters {
		arns, err := r.Account.ListTasks(ctx, cluster, "")
		if err != nil {
			return "tasks could not be listed: " + answerOf("", err)
		}
		tasks, err := r.Account.DescribeTasks(ctx, cluster, arns)
		if err != nil || len(tasks) < len(arns) {
			return "tasks could not be read: " + answerOf("some are missing", err)
		}
		for _, t := range tasks {
			if t.LaunchType != "EC2" && t.LaunchType != "EXTERNAL" {
				return fmt.Sprintf("Fargate task %s of cluster %s runs or is starting", nameOf(t.ARN), nameOf(cluster))
			}
		}
		services, err := r.Account.Wanted(ctx, cluster)
		if err != nil {
			return "services could not be read: " + answerOf("", err)
		}
		if len(services) > 0 {
			return fmt.Sprintf("service %s of cluster %s wants tasks, which could start at any moment", nameOf(services[0]), nameOf(cluster))
		}
	}
	return ""
}

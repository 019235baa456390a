package drill

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
)

// nameOf is the end of an ARN.
func nameOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// breakDefinition registers a definition for a platform without FIPS mode.
func (r *run) breakDefinition(ctx context.Context, s *StepResult) {
	arn, err := r.Account.Register(ctx, armFamily, "ARM64")
	if err != nil {
		notRun(s, "AWS refused the task definition", err)
		return
	}
	s.Violated = r.Now()
	r.watch(ctx, s, watched{
		within: s.Within,
		fixed: func(ctx context.Context) (bool, error) {
			revision, err := r.Account.Revision(ctx, arn)
			return err == nil && revision.Status != "ACTIVE", err
		},
		matches: func(a Alert) bool { return a.about(arn) },
		leaves:  []guard.Result{guard.RefusedByPolicy},
	})
	if !s.Fixed.IsZero() {
		status, err := r.Account.Deregister(ctx, arn)
		r.fact(askInactive, "ecs:DeregisterTaskDefinition", answerOf(status, err))
	}
}

// breakOverride turns FIPS mode off for the drill's own role.
func (r *run) breakOverride(ctx context.Context, s *StepResult) {
	if err := r.Account.PutOwn(ctx, "disabled"); err != nil {
		notRun(s, "AWS refused the override", err)
		return
	}
	s.Violated = r.Now()
	r.watch(ctx, s, watched{
		within: s.Within,
		fixed: func(ctx context.Context) (bool, error) {
			_, own, err := r.Account.Modes(ctx)
			return err == nil && (own == nil || *own == guard.ModeOn), err
		},
		matches: func(a Alert) bool { return a.Event.Name == "PutAccountSetting" && a.Event.Actor.ARN == r.Me },
		leaves:  []guard.Result{guard.RefusedByPolicy, guard.RefusedByAWS},
	})
	for _, o := range s.Alert.Outcomes {
		if o.API == "ecs:PutAccountSetting" {
			r.fact(askOverride, o.API, o.Result+": "+o.Detail)
		}
	}
	r.askReach(ctx, s)
	// At once: it hides the account default from the drill's own reads.
	ctx, stop := afterwards(ctx)
	defer stop()
	r.note(r.Account.DeleteOwn(ctx))
}

// breakLaunch launches a task that the guard has to stop before it runs.
func (r *run) breakLaunch(ctx context.Context, s *StepResult, family, architecture, version string) {
	definition, err := r.Account.Register(ctx, family, architecture)
	if err != nil {
		notRun(s, "AWS refused the task definition", err)
		return
	}
	arn, err := r.Account.Run(ctx, Launch{
		Cluster: r.Options.Cluster, Definition: definition, Version: version, Subnets: r.Options.Subnets, Groups: r.Options.Groups,
	})
	r.fact(launchQuestion(architecture), "ecs:RunTask", answerOf("AWS accepted the launch", err))
	if err != nil {
		notRun(s, "AWS refused the launch", err)
		return
	}
	s.Violated = r.Now()
	var last Task
	r.watch(ctx, s, watched{
		within: s.Within,
		fixed: func(ctx context.Context) (bool, error) {
			found, err := r.Account.DescribeTasks(ctx, r.Options.Cluster, []string{arn})
			if err != nil || len(found) == 0 {
				return false, err
			}
			last = found[0]
			return last.Desired == "STOPPED" && last.StopCode == "UserInitiated" && !last.Started, nil
		},
		matches: func(a Alert) bool { return a.about(arn) },
		leaves:  []guard.Result{guard.RefusedByPolicy},
		joined:  r.launched,
	})
	if !s.Alerted.IsZero() {
		r.launched = s.Alert
	}
	switch {
	case s.Result != Missing:
		status, err := r.Account.Stop(ctx, r.Options.Cluster, arn)
		r.fact(askStopping, "ecs:StopTask", answerOf(status, err))
	case last.Started:
		s.Why = "the task reached RUNNING"
	case last.Desired == "STOPPED":
		s.Why = fmt.Sprintf("the task stopped by itself (%s) before the guard stopped it", last.StopCode)
	}
}

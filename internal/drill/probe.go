package drill

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
)

// readCanary finds out whether the enforcer received a canary lately. In audit mode
// the guard sends none.
func (r *run) readCanary(ctx context.Context, s *StepResult) {
	canaries, unknown := r.Account.Canaries(ctx, r.Now().Add(-guard.CanariesKept))
	c := guard.Canaries{Received: canaries, Now: r.Now()}
	last := c.LastReceived()
	switch {
	case unknown != "":
		s.Result, s.Why = NotRun, unknown
	case len(canaries) == 0 && r.audited():
		s.Result, s.Why = NotRun, "the guard may not fix anything here, and then sends no canary"
	case !c.Fresh():
		s.Result, s.Why = Missing, "none was received in the last day"
		if len(canaries) > 0 {
			s.Why = "the last one was sent at " + last.Sent.UTC().Format(time.RFC3339)
		}
	default:
		s.Result = Confirmed
		s.Why = fmt.Sprintf("sent at %s, received %s later; %d in the last day", last.Sent.UTC().Format(time.RFC3339), last.Latency.Round(time.Second), len(canaries))
	}
}

// audited reports whether an alert of this drill says that policy lets the guard
// fix nothing.
func (r *run) audited() bool {
	for _, a := range r.alerts {
		if _, refused := a.outcome(guard.RefusedByPolicy); refused {
			return true
		}
	}
	return false
}

// launchWitness has a task of the guard's own read the kernel that it gets.
func (r *run) launchWitness(ctx context.Context, s *StepResult) {
	w := r.Account.Witness(ctx)
	switch w.FIPS {
	case guard.Yes:
		s.Result, s.Why = Confirmed, w.Read
	case guard.No:
		s.Result, s.Why = Missing, w.Read
		s.Broken = []string{"kernel: tasks that are launched now run without FIPS mode (" + w.Read + ")"}
	case guard.Unknown:
		s.Result, s.Why = NotRun, w.Unknown
	}
}

// askReach has the witness read the kernel that the role's override gives it.
func (r *run) askReach(ctx context.Context, s *StepResult) {
	if !r.Options.Witness || !s.Fixed.IsZero() || ctx.Err() != nil {
		return
	}
	w := r.Account.Witness(ctx)
	answer := w.Read
	if w.FIPS == guard.Unknown {
		answer = "unknown: " + w.Unknown
	}
	r.fact(askOwnTasks, "ecs:RunTask of the witness", "FIPS mode was off for the role that launched it: "+answer)
}

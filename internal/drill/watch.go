package drill

import (
	"context"
	"time"

	"fipsguard/internal/guard"
)

// Result is what became of a step.
type Result string

// The results. Repaired and handed over are what the guard has to do; prevented is
// better still.
const (
	Repaired    Result = "repaired"
	HandedOver  Result = "handed to a person" // the guard alerted, and may not repair it
	Confirmed   Result = "confirmed"          // of a step that breaks nothing
	Prevented   Result = "prevented"          // a policy of the organization did not let it happen
	Missing     Result = "not seen in time"
	NotRun      Result = "could not be run"
	Interrupted Result = "interrupted"
)

// StepResult is what became of a step, and when.
type StepResult struct {
	Step
	Result Result
	Why    string // why it was not run or seen, or what the guard handed over
	// Times on the drill's clock; zero for what was not seen.
	Violated time.Time // AWS answered the call
	Fixed    time.Time // the drill read that it is fixed
	Alerted  time.Time // the alert was in the drill's queue
	Ended    time.Time
	Alert    Alert
	Broken   []string // links that are, the likeliest first
}

// Called is when AWS answered the guard's call, as its alert says: by the guard's
// clock, in whole seconds. It is zero when the alert tells of no call.
func (s StepResult) Called() time.Time {
	for _, o := range s.Alert.Outcomes {
		if at, err := time.Parse(time.RFC3339, o.At); err == nil {
			return at
		}
	}
	return time.Time{}
}

const (
	// pause is the time between two polls.
	pause = 2 * time.Second
	// readTime is what one reading may take: one that hangs ends neither the watch
	// nor the drill.
	readTime = 10 * time.Second
)

// watched is what a step waits for.
type watched struct {
	fixed   func(context.Context) (bool, error)
	matches func(Alert) bool
	// leaves are the results with which the guard hands the violation to a person.
	leaves []guard.Result
	within time.Duration
	joined Alert // of an earlier step, with which the guard joins this one's
}

// watch polls until the violation is fixed, or handed over, and alerted, or the
// time is over. It does not last longer, whatever hangs.
func (r *run) watch(ctx context.Context, s *StepResult, w watched) {
	inTime, stop := context.WithTimeout(ctx, w.within)
	defer stop()
	for {
		if s.Fixed.IsZero() && r.isFixed(inTime, w.fixed) {
			s.Fixed = r.Now()
		}
		r.receive(inTime)
		r.match(s, w.matches)
		about := s.Alert
		if s.Alerted.IsZero() {
			about = w.joined
		}
		leaves, handed := about.outcome(w.leaves...)
		switch {
		case ctx.Err() != nil:
			s.Result, s.Why = Interrupted, "the drill was interrupted"
			return
		case about.Subject == "": // no alert, and none that it could be joined with
		case !s.Fixed.IsZero():
			s.Result = Repaired
			return
		case handed:
			s.Result, s.Why = HandedOver, leaves.Detail
			return
		}
		left := w.within - r.Now().Sub(s.Violated)
		if left <= 0 || inTime.Err() != nil {
			s.Result = Missing
			return
		}
		r.note(r.Sleep(ctx, min(pause, left)))
	}
}

// isFixed is one reading of what a step waits for.
func (r *run) isFixed(ctx context.Context, fixed func(context.Context) (bool, error)) bool {
	ctx, stop := context.WithTimeout(ctx, readTime)
	defer stop()
	is, err := fixed(ctx)
	r.note(err)
	return is
}

// match takes the alert about a step. A later one says more, unless the guard could
// not fix the violation: what came of it, such as a task that runs, is another rule's,
// and may be left to people.
func (r *run) match(s *StepResult, matches func(Alert) bool) {
	for _, a := range r.alerts {
		if !a.at.Before(s.Violated) && matches(a.Alert) {
			if s.Alerted.IsZero() {
				s.Alerted = a.at
			}
			_, failed := s.Alert.outcome(guard.Failed, guard.RefusedByAWS)
			_, fixed := a.outcome(guard.Answered, guard.Done)
			if !failed || fixed {
				s.Alert = a.Alert
			}
		}
	}
}

// received is an alert and when it came.
type received struct {
	Alert
	at time.Time
}

// receive takes what is in the drill's queue.
func (r *run) receive(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, readTime)
	defer stop()
	alerts, err := r.Account.Alerts(ctx)
	r.note(err)
	at := r.Now()
	for _, a := range alerts {
		r.alerts = append(r.alerts, received{a, at})
	}
}

package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
)

// Drill is one drill in one account.
type Drill struct {
	Account  Account
	Me       string // ARN of the session of the drill's role
	Options  Options
	Now      func() time.Time
	Sleep    func(context.Context, time.Duration) error
	Progress func(string) // what the drill does now, one line
}

// run is a drill under way.
type run struct {
	Drill
	began  time.Time
	alerts []received
	facts  []guard.Fact
	errors []error // of reads that were tried again

	launched Alert // about a launch: for 15 minutes, further ones are joined with it
}

// Outcome is what a drill found.
type Outcome struct {
	Began, Ended time.Time
	Steps        []StepResult
	Facts        []guard.Fact
	Left         []string // what could not be cleaned up
	Errors       []error  // of calls that are not a step's own
}

// RefusedError says why no drill was begun. Nothing was changed.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

// Run breaks, times and cleans up. It returns an error only if it did nothing. If
// the context ends, it cleans up all the same.
func (d Drill) Run(ctx context.Context) (Outcome, error) {
	r := &run{Drill: d, began: d.Now()}
	if err := r.prepare(ctx); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Began: r.began}
	for _, step := range d.Options.Steps() {
		s := StepResult{Step: step}
		if ctx.Err() != nil {
			s.Result, s.Why = Interrupted, "the drill was interrupted before it"
		} else {
			d.Progress(string(step.ID) + ": " + step.Breaks)
			r.take(ctx, &s)
			r.askTimes(&s)
		}
		s.Ended = d.Now()
		out.Steps = append(out.Steps, s)
	}
	if ctx.Err() == nil {
		r.askHistory(ctx)
	}
	d.Progress("cleans up")
	ctx, stop := afterwards(ctx)
	defer stop()
	cleaned := d.Clean(ctx, d.Options.Exposure)
	out.Left, out.Facts = cleaned.Left, append(r.facts, cleaned.Facts...)
	out.Ended, out.Errors = d.Now(), r.errors
	return out, nil
}

// cleaningTime bounds cleaning up, also when the drill was interrupted.
const cleaningTime = 2 * time.Minute

// afterwards is a context that outlives an interruption.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleaningTime)
}

// take takes a step, and asks what is broken once the step has undone what it broke.
func (r *run) take(ctx context.Context, s *StepResult) {
	switch s.ID {
	case DefinitionStep:
		r.breakDefinition(ctx, s)
	case OverrideStep:
		r.breakOverride(ctx, s)
	case OldLaunchStep:
		r.breakLaunch(ctx, s, x86Family, "X86_64", "1.3.0")
	case ARMLaunchStep:
		r.breakLaunch(ctx, s, armFamily, "ARM64", "LATEST")
	case CanaryStep:
		r.readCanary(ctx, s)
	case WitnessStep:
		r.launchWitness(ctx, s)
	case DefaultStep:
		r.breakDefault(ctx, s)
	}
	if s.Result == Missing && len(s.Broken) == 0 {
		s.Broken = r.broken(ctx, s)
	}
}

// note keeps an error of a read that is tried again.
func (r *run) note(err error) {
	if err != nil && !errors.Is(err, context.Canceled) && len(r.errors) < 20 {
		r.errors = append(r.errors, err)
	}
}

// notRun ends a step whose violation AWS did not let happen. AWS says so when it
// was a policy of the organization.
func notRun(s *StepResult, doing string, err error) {
	s.Result = NotRun
	if answer := answerOf("", err); strings.Contains(answer, "explicit deny in a service control policy") {
		s.Result = Prevented
	}
	s.Why = fmt.Sprintf("%s: %s", doing, answerOf("", err))
}

// joining is how long the guard joins alerts of the same kind.
const joining = 15 * time.Minute

// prepare refuses a drill that could not be told from what is there.
func (r *run) prepare(ctx context.Context) error {
	r.Progress("checks the account")
	if err := r.deployed(ctx); err != nil {
		return err
	}
	account, own, err := r.Account.Modes(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read FIPS mode: %w", err)
	case account != guard.ModeOn && own == nil:
		return &RefusedError{"FIPS mode is not on in this account, or could not be read: nothing that a drill breaks would be new. Turn it on first."}
	case own != nil:
		return &RefusedError{"the drill's role has an override of FIPS mode, which an earlier drill left: run fipsguard drill --clean first"}
	}
	for _, family := range families() {
		if err := r.untouched(ctx, family); err != nil {
			return err
		}
	}
	_, err = r.Account.Alerts(ctx) // earlier ones
	if err == nil {
		_, err = r.Account.Filtered(ctx)
	}
	if err != nil {
		return fmt.Errorf("read the drill's queue: %w", err)
	}
	return nil
}

// deployed refuses an account without the guard. Broken links are what a drill
// is for.
func (r *run) deployed(ctx context.Context) error {
	rules, absent, whole := 0, 0, 0
	for _, c := range r.Account.Components(ctx) {
		switch {
		case c.Rule != guard.GuardEvents:
			continue
		case c.Unknown != "":
			return fmt.Errorf("check whether the guard is deployed: %s", c.Unknown)
		case c.Absent:
			absent++
		case len(c.Faults) == 0:
			whole++
		}
		rules++
	}
	if rules == absent {
		return &RefusedError{"the guard is not deployed in this account and Region: none of its EventBridge rules exists. Deploy it first (docs/deploy.md)."}
	}
	r.fact(guard.AskPatterns, "events:DescribeRule", fmt.Sprintf("%d of %s are as they were deployed, with the same pattern", whole, grammar.Count(rules, "rule")))
	return nil
}

// untouched refuses a family that an earlier drill left, or that it had so lately
// that the guard would join the alerts of both.
func (r *run) untouched(ctx context.Context, family string) error {
	for _, status := range []string{"ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"} {
		arns, err := r.Account.Revisions(ctx, family, status)
		if err != nil {
			return fmt.Errorf("list task definitions: %w", err)
		}
		if len(arns) == 0 {
			continue
		}
		if status == "ACTIVE" {
			return &RefusedError{"an earlier drill left task definition " + nameOf(arns[0]) + ": run fipsguard drill --clean first"}
		}
		newest, err := r.Account.Revision(ctx, arns[0])
		if err != nil {
			return fmt.Errorf("describe task definition: %w", err)
		}
		if until := newest.Registered.Add(joining); r.Now().Before(until) {
			return &RefusedError{"a drill ran less than 15 minutes ago, and the guard joins alerts of the same kind for so long: try again after " + until.UTC().Format("15:04:05Z")}
		}
	}
	return nil
}

package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// scenarioTime bounds one scenario, in real time.
const scenarioTime = time.Minute

// Options say how scenarios run.
type Options struct {
	Now    func() time.Time // the clock under the account's; time.Now when nil
	Policy *guard.Policy    // the one that scenarios start from; the rule table's own when nil
	Tool   evidence.Tool    // as which the verifier reports
}

// policy is one that a scenario may change.
func (o Options) policy() guard.Policy {
	if o.Policy == nil {
		return guard.DefaultPolicy()
	}
	policy := *o.Policy
	policy.Modes, policy.Exemptions = maps.Clone(policy.Modes), slices.Clone(policy.Exemptions)
	return policy
}

// Result is what became of a scenario.
type Result struct {
	Activities []Activity
	Reports    []evidence.Document // of the verifier's scans, in order
	Unmet      []string            // the expectations that do not hold, each with what became of it instead
	Conclusion string              // what it means when all hold
}

// Run runs a scenario in an account of its own.
func (s Scenario) Run(ctx context.Context, o Options) (result Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, scenarioTime)
	defer cancel()
	if o.Now == nil {
		o.Now = time.Now
	}
	policy := o.policy()
	for _, step := range s.steps {
		if step.sentence.given != nil {
			step.sentence.given(&policy, step.phrase, o.Now().UTC())
		}
	}
	account, err := Start(ctx, policy, o)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, account.AWS.Close()) }()
	for _, step := range s.steps {
		unmet, err := account.take(ctx, step)
		if err != nil {
			return Result{}, fmt.Errorf("%s:%d: %s: %w", s.file, step.line, step.text, err)
		}
		if unmet != "" {
			result.Unmet = append(result.Unmet, fmt.Sprintf("%s:%d: %s Instead, %s.", s.file, step.line, step.text, unmet))
		}
	}
	result.Activities, result.Reports, result.Conclusion = account.seen(), account.scanned(), account.conclude(s.conclusion)
	return result, nil
}

// take takes one step, and returns what became of an expectation instead.
func (a *Account) take(ctx context.Context, s step) (unmet string, err error) {
	if s.sentence.expect != nil {
		err = a.unseen(func() (err error) {
			unmet, err = s.sentence.expect(ctx, a, s.phrase)
			return err
		})
		return unmet, err
	}
	if s.sentence.do == nil {
		return "", nil
	}
	for range s.times {
		if err := s.sentence.do(ctx, a, s.phrase); err != nil {
			return "", err
		}
		if err := a.AWS.Drain(ctx); err != nil {
			return "", err
		}
	}
	return "", nil
}

// Do does what sentences of a scenario say, in an account that is up.
func (a *Account) Do(ctx context.Context, sentences ...string) error {
	known := language()
	for _, text := range sentences {
		s, err := read(known, text)
		if err == nil && s.sentence.do == nil {
			err = fmt.Errorf("%q is nothing that can be done", text)
		}
		if err == nil {
			_, err = a.take(ctx, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

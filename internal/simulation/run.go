package simulation

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
)

// scenarioTime bounds one scenario, in real time.
const scenarioTime = time.Minute

// Options say how scenarios run.
type Options struct {
	// Now is the clock under the account's; when nil, that of a scenario stands
	// still at its beginning but for what takes simulated time.
	Now    func() time.Time
	Policy *guard.Policy // the one that scenarios start from; the rule table's own when nil
	Tool   evidence.Tool // as which the verifier reports
	// Forgets is of accounts that go on for long: whoever wants to know what
	// happens watches. Of scan reports the last one is kept.
	Forgets bool
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
	Began      time.Time // on the account's clock
	Activities []Activity
	Reports    []evidence.Document // of the verifier's scans, in order
	Unmet      []string            // the expectations that do not hold, each with what became of it instead
	Conclusion string              // what it means when all hold
	Done, By   string              // what was done, and by whom
	Outcome    string              // what became of it when all hold
	Took       time.Duration       // which time that is, depends on the scenario
}

// Run runs a scenario in an account of its own.
func (s Scenario) Run(ctx context.Context, o Options) (result Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, scenarioTime)
	defer cancel()
	if o.Now == nil {
		began := time.Now().Truncate(time.Millisecond)
		o.Now = func() time.Time { return began }
	}
	policy := o.policy()
	for _, step := range s.steps {
		if step.sentence.given != nil {
			step.sentence.given(&policy, step.phrase, o.Now().UTC())
		}
	}
	account, err := start(ctx, policy, o, localaws.Options{Seed: s.seed(), Lifelike: localaws.Simulated})
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, account.AWS.Close()) }()
	result.Began = account.AWS.Now()
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
	result.Done, result.By, result.Outcome = s.glance.done, s.glance.by, s.glance.outcome
	result.Took = measures()[s.glance.took](account)
	return result, nil
}

// seed is the scenario's own, so that no two have the same identifiers.
func (s Scenario) seed() uint64 {
	name := fnv.New64a()
	_, _ = name.Write([]byte(s.Name)) // never fails
	return name.Sum64()
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

// Story is a scenario with what became of it.
type Story struct {
	Scenario
	Result
}

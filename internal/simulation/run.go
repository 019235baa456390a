package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/evidence"
)

// scenarioTime bounds one scenario, in real time.
const scenarioTime = time.Minute

// Options say how scenarios run.
type Options struct {
	Now  func() time.Time // the clock under the account's; time.Now when nil
	Tool evidence.Tool    // as which the verifier reports
}

// Result is what became of a scenario.
type Result struct {
	Activities []Activity
	Reports    []evidence.Document // of the verifier's scans, in order
	Conclusion string              // when it ended as it should
	Wrong      error               // what ended otherwise
}

// Choose returns the scenarios of these names; without any, all.
func Choose(names []string) ([]Scenario, error) {
	all := Scenarios()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []Scenario
	for _, name := range names {
		i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("no scenario %q; there are: %s", name, strings.Join(Names(), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// Names are those of all scenarios.
func Names() []string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// Run runs a scenario in an account of its own.
func (s Scenario) Run(ctx context.Context, o Options) (result Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, scenarioTime)
	defer cancel()
	account, err := Start(ctx, s.policy(), o)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, account.AWS.Close()) }()
	if err := s.play(ctx, account); err != nil {
		return Result{}, err
	}
	if err := account.AWS.Drain(ctx); err != nil {
		return Result{}, err
	}
	result.Activities, result.Reports = account.seen(), account.reports
	result.Conclusion, result.Wrong = s.expect(ctx, account, result.Activities)
	return result, nil
}

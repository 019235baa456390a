package main

import (
	"fmt"
	"os"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
)

// policyFlag is the flag of the commands that take the policy that is deployed.
type policyFlag struct {
	Policy string `placeholder:"FILE" help:"The policy document that is deployed (docs/policy.md); else the defaults."`
}

// read reads the policy. One with faults is refused whole, as the guard does; a
// command does not go on without it.
func (f policyFlag) read(now time.Time) (guard.Policy, error) {
	if f.Policy == "" {
		return guard.DefaultPolicy(), nil
	}
	document, err := os.ReadFile(f.Policy)
	if err != nil {
		return guard.Policy{}, fmt.Errorf("%s: %w", f.Policy, reasonOf(err))
	}
	policy, err := config.ParsePolicy(document, now)
	if err != nil {
		return guard.Policy{}, fmt.Errorf("%s: %w", f.Policy, err)
	}
	return policy, nil
}

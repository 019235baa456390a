package remediate

import (
	"context"
	"time"

	"fipsguard/internal/guard"
)

// Account is AWS as the loop needs it.
type Account interface {
	Apply(context.Context, guard.Remediation) guard.Outcome
	// ObserveSetting returns the account default first, also when it could not
	// be read, and then the other values that can be read.
	ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error)
}

// Loop fixes findings as far as a policy allows it.
type Loop struct {
	Account Account
	Policy  guard.Policy
	Now     func() time.Time
	// Announce is told what Fix is about to apply, and for which findings; nil
	// tells nobody. Nothing is told before the setting is fixed.
	Announce func(context.Context, []guard.Finding, []guard.Remediation)
}

// Fix applies the remediations of findings about workloads that policy allows,
// and returns the outcomes of all: those that it does not allow stay visible.
func (l Loop) Fix(ctx context.Context, findings []guard.Finding) []guard.Outcome {
	allowed, outcomes := l.Policy.Allow(guard.Plan(findings, l.Policy), l.Now())
	if len(allowed) > 0 && l.Announce != nil {
		l.Announce(ctx, findings, allowed)
	}
	return append(outcomes, l.apply(ctx, allowed)...)
}

func (l Loop) apply(ctx context.Context, allowed []guard.Remediation) []guard.Outcome {
	var outcomes []guard.Outcome
	for _, remediation := range allowed {
		outcomes = append(outcomes, l.Account.Apply(ctx, remediation))
	}
	return outcomes
}

package scan

import (
	"context"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// sendCanary sends a canary where that is harmless: the setting was just read as
// on, and policy lets the guard write it. It returns when canaries were sent in
// the last day.
func (r run) sendCanary(ctx context.Context, s setting) []time.Time {
	now := r.Now().UTC()
	sent := slices.DeleteFunc(slices.Clone(r.request.Known.Canaries), func(at time.Time) bool {
		return at.After(now) || now.Sub(at) > guard.CanariesKept
	})
	if r.Canary == nil || !r.request.Canary || s.before.Mode != guard.ModeOn || !r.mayTurnOn() {
		return sent
	}
	if r.Canary.SendCanary(ctx) != nil {
		return sent // the next scan's setting shows what is wrong with ECS
	}
	return append(sent, now)
}

// mayTurnOn reports whether policy lets the guard turn FIPS mode on. Where it does
// not, a canary would do so if someone turned it off at that moment.
func (r run) mayTurnOn() bool {
	allowed, _ := r.Policy.Allow([]guard.Remediation{{
		Rule: guard.FIPSModeDefault, Call: guard.PutAccountSettingDefault{Name: guard.SettingName, Value: "enabled"},
	}}, r.Now())
	return len(allowed) == 1
}

// readCanaries finds out which canaries the enforcer received, and what may be
// broken where it received none.
func (r run) readCanaries(ctx context.Context, sent []time.Time, components []guard.Component) guard.Canaries {
	c := guard.Canaries{Account: r.location.Account, Region: r.location.Region, Sent: sent}
	if r.Canary == nil || len(sent) == 0 {
		return c
	}
	c.Received, c.Unknown = r.Canary.Received(ctx, r.Now().Add(-guard.CanariesKept))
	c.Now = r.Now().UTC()
	for _, component := range components {
		if OnTheWay(component) {
			c.Broken = append(c.Broken, component.Faults...)
		}
	}
	return c
}

// OnTheWay reports whether a canary passes through a component: the trail, the rule
// of the settings, the enforcer with EventBridge's permission to invoke it, its log,
// and the queues where EventBridge and Lambda leave what they could not hand over.
// The second channel has a rule fipsguard-security-settings, which no canary takes.
func OnTheWay(c guard.Component) bool {
	return c.Rule == guard.GuardTrail || c.Rule == guard.GuardQueues ||
		c.Rule == guard.GuardEvents && c.Name == "EventBridge rule "+product.Prefix+"settings" ||
		c.Rule == guard.GuardComponents && (c.Name == "function "+product.Enforcer || c.Name == "log group /aws/lambda/"+product.Enforcer)
}

// cameThrough takes a doubt about the trail away where a canary came through it:
// what an organization's trail records cannot be read from a member account.
func cameThrough(c guard.Component, canaries guard.Canaries) guard.Component {
	if c.Rule != guard.GuardTrail || len(c.Faults) > 0 || c.Unknown == "" || !canaries.Fresh() {
		return c
	}
	return guard.Component{Rule: c.Rule, Name: c.Name, Seen: "A trail records writes in ECS: the canary of " +
		canaries.LastReceived().Sent.UTC().Format(time.RFC3339) + " came through it. What it records besides is not visible from this account."}
}

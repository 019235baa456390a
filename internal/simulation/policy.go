package simulation

import (
	"time"

	"fipsguard/internal/guard"
)

// What the policy says. It starts from the rule table's own.

func setMode(p *guard.Policy, said phrase, _ time.Time) { p.Modes[said.rule] = said.mode }

func letScaleToZero(p *guard.Policy, _ phrase, _ time.Time) { p.ServiceRemedy = guard.ScaleToZero }

func letRedeploy(p *guard.Policy, _ phrase, _ time.Time) { p.ExposureRemedy = guard.Recycle }

func letRedeployAndStop(p *guard.Policy, _ phrase, _ time.Time) {
	p.ExposureRemedy = guard.RecycleAndStop
}

func exemptUntilPast(p *guard.Policy, said phrase, now time.Time) {
	exempt(p, said.name, now.Add(-said.duration))
}

func exemptUntilFuture(p *guard.Policy, said phrase, now time.Time) {
	exempt(p, said.name, now.Add(said.duration))
}

func exempt(p *guard.Policy, family string, ends time.Time) {
	p.Exemptions = append(p.Exemptions, guard.Exemption{
		Resource: "arn:aws-us-gov:ecs:*:*:task-definition/" + family + ":*",
		Reason:   "vendor image is ARM64 only", Approver: "ISSO", Expires: ends,
	})
}

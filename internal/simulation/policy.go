package simulation

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring"
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

// What an approver writes while the guard runs: the policy as it is, with one
// change.

func writeMode(ctx context.Context, a *Account, said phrase) error {
	a.policy.Modes = maps.Clone(a.policy.Modes)
	setMode(&a.policy, said, time.Time{})
	return a.putPolicy(ctx, document(a.policy))
}

func writeFreeze(ctx context.Context, a *Account, said phrase) error {
	a.policy.Freezes = []guard.Freeze{{Reason: "release", Approver: "ISSO", Expires: a.AWS.Now().UTC().Add(said.duration)}}
	return a.putPolicy(ctx, document(a.policy))
}

func writeExemption(ctx context.Context, a *Account, said phrase) error {
	exempt(&a.policy, said.name, a.AWS.Now().UTC().Add(said.duration))
	return a.putPolicy(ctx, document(a.policy))
}

func breakPolicy(ctx context.Context, a *Account, _ phrase) error {
	return a.putPolicy(ctx, strings.Replace(document(a.policy), `"version": 1`, `"version": 1,`+"\n"+`  "exemption": []`, 1))
}

func deletePolicy(ctx context.Context, a *Account, _ phrase) error {
	return a.asApprover(ctx, "DeleteParameter", map[string]any{"Name": product.PolicyParameter})
}

func (a *Account) putPolicy(ctx context.Context, text string) error {
	return a.asApprover(ctx, "PutParameter", map[string]any{
		"Name": product.PolicyParameter, "Value": text, "Type": "String", "Tier": "Advanced", "Overwrite": true,
	})
}

func (a *Account) asApprover(ctx context.Context, operation string, in map[string]any) error {
	var out struct{}
	return signedcall.SystemsManager(a.configFor(a.People.Approver)).Call(ctx, operation, in, &out)
}

// deployPolicy writes the document as the stack does.
func (a *Account) deployPolicy() error {
	return a.AWS.WriteParameter(Region, product.PolicyParameter, document(a.policy))
}

// workloads is the policy that holds for workloads, as a function reads it.
func (a *Account) workloads(as localaws.Principal) func(context.Context) guard.Held {
	return wiring.Workloads(a.marked(as), config.Gate{
		Enforcer: config.Enforcer{Mode: guard.Enforce}, PolicyParameter: product.PolicyParameter,
	}, a.AWS.Now)
}

// document is a policy as an approver writes it.
func document(p guard.Policy) string {
	type exemption struct {
		Resource string    `json:"resource"`
		Reason   string    `json:"reason"`
		Approver string    `json:"approver"`
		Expires  time.Time `json:"expires"`
	}
	type freeze struct {
		Rules    []guard.RuleID `json:"rules,omitempty"`
		Reason   string         `json:"reason"`
		Approver string         `json:"approver"`
		Expires  time.Time      `json:"expires"`
	}
	written := struct {
		Version        int               `json:"version"`
		Rules          map[string]string `json:"rules"`
		ServiceRemedy  string            `json:"serviceRemedy,omitempty"`
		ExposureRemedy string            `json:"exposureRemedy,omitempty"`
		Exemptions     []exemption       `json:"exemptions,omitempty"`
		Freezes        []freeze          `json:"freezes,omitempty"`
	}{Version: 1, Rules: map[string]string{}, ServiceRemedy: string(p.ServiceRemedy), ExposureRemedy: string(p.ExposureRemedy)}
	for name, id := range rules() {
		written.Rules[name] = map[guard.PolicyMode]string{guard.Enforce: "enforce", guard.Audit: "audit", guard.Off: "off"}[p.Modes[id]]
	}
	for _, e := range p.Exemptions {
		written.Exemptions = append(written.Exemptions, exemption(e))
	}
	for _, f := range p.Freezes {
		written.Freezes = append(written.Freezes, freeze(f))
	}
	text, _ := json.MarshalIndent(written, "", "  ") // times of years to come, and texts
	return string(text)
}

package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// PolicyMode is what the guard may do about a rule's violations. The zero
// value is Off: a zero Policy allows nothing.
type PolicyMode string

const (
	Off     PolicyMode = ""        // the rule is not checked
	Audit   PolicyMode = "audit"   // violations are reported
	Enforce PolicyMode = "enforce" // violations are reported and fixed
)

// ServiceRemedy is how a non-compliant service is fixed when the rule on
// services is enforced. The zero value is AlertOnly.
type ServiceRemedy string

const (
	AlertOnly   ServiceRemedy = ""
	RollBack    ServiceRemedy = "rollback"
	ScaleToZero ServiceRemedy = "scale-to-zero"
)

// ExposureRemedy is how a running task without FIPS mode is replaced when the
// rules on its kernel and its exposure are enforced. The zero value is
// ReportOnly.
type ExposureRemedy string

const (
	ReportOnly     ExposureRemedy = ""
	Recycle        ExposureRemedy = "recycle"          // its service is deployed anew; standalone tasks are reported
	RecycleAndStop ExposureRemedy = "recycle-and-stop" // standalone tasks are stopped, too
)

// Policy is what the guard is allowed to do.
type Policy struct {
	Modes          map[RuleID]PolicyMode
	ServiceRemedy  ServiceRemedy
	ExposureRemedy ExposureRemedy
	Exemptions     []Exemption
	Freezes        []Freeze
	Basis          Basis
}

// Basis is what a policy about workloads rests on.
type Basis uint8

const (
	ByDocument      Basis = iota // a document that holds, the defaults, or the mode of the deployment
	WithoutDocument              // none holds: workloads are only reported
	DocumentUnread               // it could not be read: what the defaults fix is tried again
)

// Exemption lets violations of the matching resources stand until it expires.
// The account setting cannot be exempted.
type Exemption struct {
	Resource string // ARN with * for any text
	Reason   string
	Approver string
	Expires  time.Time
}

// Freeze is a mode with an end: until it expires, the violations that rules
// would fix are reported only. The account setting cannot be frozen.
type Freeze struct {
	Rules    []RuleID // none means all rules about workloads
	Reason   string
	Approver string
	Expires  time.Time
}

// Held is the policy that holds for workloads now, and what is wrong with the
// document that it is from.
type Held struct {
	Policy  Policy
	Faults  []string // why the document's newest version does not hold; none when it does
	Version int64    // of the document that holds; zero when none could be read
}

// Document is the policy document as a state.
func (h Held) Document(l Location) PolicyDocument {
	return PolicyDocument{Account: l.Account, Region: l.Region, Faults: h.Faults, Version: h.Version}
}

// DefaultPolicy is the rule table's own.
func DefaultPolicy() Policy {
	modes := map[RuleID]PolicyMode{}
	for _, r := range table() {
		modes[r.ID] = r.Default
	}
	return Policy{Modes: modes}
}

// Audited is the policy with every fix turned into a report, whatever a document
// says.
func (p Policy) Audited() Policy {
	p.Basis = ByDocument
	return p.auditing(func(RuleID) bool { return true })
}

// OnlySettings is the policy with every correction but those of the account
// setting turned into a report.
func (p Policy) OnlySettings() Policy {
	return p.auditing(func(id RuleID) bool { return !id.AboutSetting() })
}

func (p Policy) auditing(which func(RuleID) bool) Policy {
	p.Modes = maps.Clone(p.Modes)
	for id, mode := range p.Modes {
		if mode == Enforce && which(id) {
			p.Modes[id] = Audit
		}
	}
	return p
}

// Evaluate drops what the policy does not want checked: a finding of a rule that
// is off becomes NOT_APPLICABLE, with that reason.
func (p Policy) Evaluate(findings []Finding) []Finding {
	judged := slices.Clone(findings)
	for i, f := range judged {
		if p.Modes[f.Rule] == Off {
			judged[i] = finding(f.Rule, f.State, NotApplicable, "The policy turns this rule off.")
		}
	}
	return judged
}

// Allow parts the actions into those that may be taken at a time and outcomes
// of those that may not, which stay visible.
func (p Policy) Allow(actions []Remediation, now time.Time) (allowed []Remediation, refused []Outcome) {
	for _, a := range actions {
		switch reason := p.refusal(a, now); {
		case p.waits(a.Rule):
			refused = append(refused, Outcome{Remediation: a, Result: Failed, Detail: "The policy document could not be read, so nothing was done. It is tried again."})
		case reason != "":
			refused = append(refused, Outcome{Remediation: a, Result: RefusedByPolicy, Detail: reason})
		default:
			allowed = append(allowed, a)
		}
	}
	return allowed, refused
}

// waits reports whether a document that could not be read decides about what the
// defaults would fix. A scan comes back to all else.
func (p Policy) waits(rule RuleID) bool {
	return p.Basis == DocumentUnread && !rule.AboutSetting() && DefaultPolicy().Modes[rule] == Enforce
}

func (p Policy) refusal(a Remediation, now time.Time) string {
	switch p.Modes[a.Rule] {
	case Off:
		return "The policy turns this rule off."
	case Audit:
		if p.Basis != ByDocument && !a.Rule.AboutSetting() {
			return "No policy document holds, so this is only reported."
		}
		return "The policy only audits this rule."
	case Enforce:
	}
	if f, ok := p.frozen(a.Rule, now); ok {
		return fmt.Sprintf("Change freeze until %s: %s (approved by %s).", f.Expires.Format(time.DateOnly), f.Reason, f.Approver)
	}
	for _, resource := range a.affected() {
		e, ok := p.Exempt(resource, now)
		if !ok {
			continue
		}
		return fmt.Sprintf("Exempt until %s: %s (approved by %s).", e.Expires.Format(time.DateOnly), e.Reason, e.Approver)
	}
	return ""
}

// frozen finds a change freeze that holds for a rule at a time.
func (p Policy) frozen(rule RuleID, now time.Time) (Freeze, bool) {
	if rule.AboutSetting() {
		return Freeze{}, false
	}
	for _, f := range p.Freezes {
		if now.Before(f.Expires) && (len(f.Rules) == 0 || slices.Contains(f.Rules, rule)) {
			return f, true
		}
	}
	return Freeze{}, false
}

// affected are the things of which each one's exemption covers the action.
func (a Remediation) affected() []string {
	things := []string{a.Subject, a.Definition}
	if call, ok := a.Call.(ForceNewDeployment); ok {
		things = append(things, call.Service)
	}
	return things
}

// Exempt finds the exemption that holds for a subject at a time. A task and a
// service are exempt with their task definition, too.
func (p Policy) Exempt(subject string, now time.Time) (Exemption, bool) {
	if subject == "" || strings.HasPrefix(subject, SettingName+"@") {
		return Exemption{}, false
	}
	for _, e := range p.Exemptions {
		if now.Before(e.Expires) && matchResource(e.Resource, subject) {
			return e, true
		}
	}
	return Exemption{}, false
}

// Expiring lists the exemptions that end within a duration, for people to
// renew or to let go.
func (p Policy) Expiring(now time.Time, within time.Duration) []Exemption {
	var soon []Exemption
	for _, e := range p.Exemptions {
		if now.Before(e.Expires) && e.Expires.Before(now.Add(within)) {
			soon = append(soon, e)
		}
	}
	return soon
}

// matchResource matches a subject against a pattern in which * is any text,
// also an empty one. Each part between stars is searched from the left, which
// is enough when only * is special.
func matchResource(pattern, subject string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(subject, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return rest == ""
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, last)
}

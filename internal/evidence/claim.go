package evidence

import (
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// Claim is what a report says of one subject under one rule, and what that rests
// on. Every format of a report is a view of its claims and decides nothing: none
// says more than the claim, or gives it another time.
type Claim struct {
	Rule     guard.RuleID   `json:"rule"`
	Subject  string         `json:"subject"`
	Result   Result         `json:"result"`
	Severity guard.Severity `json:"severity"`
	Seen     guard.How      `json:"seen"`    // how it was observed; empty when it was not
	At       *time.Time     `json:"at"`      // when
	Until    *time.Time     `json:"until"`   // until when it is shown without being renewed; null for what was not established
	Fixed    bool           `json:"fixed"`   // the violation ended in this scan, and that was observed
	Reason   string         `json:"reason"`  // one sentence
	Remedy   string         `json:"remedy"`  // what a person does: it ends a violation or settles what is unknown
	Command  string         `json:"command"` // that ends a violation; empty where there is none
	Steps    []guard.Step   `json:"steps"`   // the same where it takes several commands, in their order
}

// Result is what became of a question. The zero value is InsufficientData: what
// was not established never passes.
type Result uint8

const (
	InsufficientData Result = iota // it was looked into, and could not be established
	NotExamined                    // it was not looked into
	Starting                       // the task does not run yet, so that nobody could ask it
	Compliant
	NonCompliant
)

func (r Result) String() string {
	switch r {
	case InsufficientData:
		return "INSUFFICIENT_DATA"
	case NotExamined:
		return "NOT_EXAMINED"
	case Starting:
		return "STARTING"
	case Compliant:
		return "COMPLIANT"
	case NonCompliant:
		return "NON_COMPLIANT"
	}
	return fmt.Sprintf("Result(%d)", uint8(r))
}

// MarshalText makes a Result its name in JSON.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a Result's name.
func (r *Result) UnmarshalText(text []byte) error {
	for _, one := range []Result{InsufficientData, NotExamined, Starting, Compliant, NonCompliant} {
		if one.String() == string(text) {
			*r = one
			return nil
		}
	}
	return fmt.Errorf("unknown word %q", text)
}

// Open reports whether the claim is of a violation that stands.
func (c Claim) Open() bool { return c.Result == NonCompliant && !c.Fixed }

// Unknown reports whether it is not known if the subject keeps the rule, though
// the scan was to find out.
func (c Claim) Unknown() bool { return c.Result == InsufficientData || c.Result == Starting }

// Observed reports whether something was seen at a known time.
func (c Claim) Observed() bool {
	return c.At != nil && (c.Result == Compliant || c.Result == NonCompliant)
}

// urgency orders claims by how soon a person has to deal with them.
func (c Claim) urgency() int {
	switch c.Result {
	case NonCompliant:
		if c.Fixed {
			return 2
		}
		return 0
	case InsufficientData:
		return 1
	case Starting:
		return 3
	case NotExamined:
		return 4
	case Compliant:
	}
	return 5
}

// resultOf is what a finding comes to.
func resultOf(f guard.Finding) Result {
	switch f.Verdict {
	case guard.Compliant:
		return Compliant
	case guard.NonCompliant:
		return NonCompliant
	case guard.InsufficientData, guard.NotApplicable:
	}
	if k, ok := f.State.(guard.KernelCheck); ok && k.Starting() {
		return Starting
	}
	return InsufficientData
}

// claim is a finding with what it rests on.
func (r reported) claim(f guard.Finding) Claim {
	c := Claim{
		Rule: f.Rule, Subject: f.Subject, Result: resultOf(f), Severity: f.Severity, Seen: f.Seen.How, At: known(f.Seen.At), Reason: f.Reason,
		Command: f.Command(r.Cause.Region),
	}
	if c.At == nil {
		c.Seen = ""
	}
	if c.Observed() {
		until := c.At.Add(r.Coverage.Class.Cycle())
		c.Until = &until
	}
	if c.Result != Compliant && !waits(f) {
		c.Remedy = f.Advice()
	}
	c.Steps = append([]guard.Step{}, f.Steps()...)
	c.Fixed = c.Result == NonCompliant && r.fixed(f)
	return c
}

// waits reports whether a finding is about a task that only has to be asked.
func waits(f guard.Finding) bool {
	k, ok := f.State.(guard.KernelCheck)
	return ok && k.At.IsZero() && k.Unknown == ""
}

// fixed reports whether what a finding is about was observed to be as required
// after a fix.
func (r reported) fixed(f guard.Finding) bool {
	return r.done[f.Subject]
}

// notExamined is the claim of a rule that the scan did not look into.
func (r reported) notExamined(rule guard.Rule) Claim {
	reason := "This scan did not look into it."
	switch {
	case rule.ID == guard.GuardCanary && slices.Contains(r.Coverage.Examined, guard.GuardTrail):
		reason = "No canary was due: none is sent while FIPS mode is off or the policy does not let the guard turn it on, and the first one takes an hour."
	case rule.ID == guard.LaunchKernel:
		reason = "No witness was launched: none is unless FIPS mode is known to be on."
	case rule.AboutGuard():
		reason = "This scan did not examine the guard itself."
	case rule.ID == guard.TaskKernelProof:
		reason = "This scan read no kernel."
	}
	return Claim{Rule: rule.ID, Subject: r.Cause.Account + "/" + r.Cause.Region, Result: NotExamined, Reason: reason, Steps: []guard.Step{}}
}

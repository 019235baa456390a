package rehearse

import (
	"cmp"
	"context"

	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// Noting is an account for a scan that changes nothing: reads reach AWS, calls
// that would change something are noted, and what they would have left is what the
// scan reads afterwards.
type Noting struct {
	scan.Account
	made []guard.Remediation
	isOn bool // the account default, by a call that was noted
}

// Apply notes a call in the place of making it.
func (n *Noting) Apply(_ context.Context, r guard.Remediation) guard.Outcome {
	n.made = append(n.made, r)
	o := guard.Outcome{Remediation: r, Result: guard.Answered, Detail: "It is a rehearsal: nothing was called."}
	if _, ok := r.Call.(guard.PutAccountSettingDefault); ok {
		n.isOn, o.Result = true, guard.Unconfirmed
	}
	return o
}

// ObserveSetting reads the setting, and has the account default as a noted call
// leaves it.
func (n *Noting) ObserveSetting(ctx context.Context, account, region string) ([]guard.State, error) {
	states, err := n.Account.ObserveSetting(ctx, account, region)
	if s, ok := states[0].(guard.Setting); ok && n.isOn {
		s.Mode, s.Unknown = guard.ModeOn, ""
		states[0] = s
	}
	return states, err
}

// Now is what the first scan after a deployment would have done.
type Now struct {
	Actions  []Action
	Reported []guard.Finding // violations that it would only have reported
	Unknown  []guard.Finding
	Failures []error // of reads
}

// Result is what a scan with this account comes to.
func (n *Noting) Result(found scan.Result) Now {
	now := Now{Failures: found.Failures}
	acted := map[string]bool{}
	for _, r := range n.made {
		now.Actions = append(now.Actions, Action{
			At: found.Report.Cause.Time, Rule: r.Rule, Subject: r.Subject, Definition: cmp.Or(r.Definition, definitionOf(r.Subject)), Call: r.Call, Cause: found.Report.Cause,
		})
		acted[r.Subject] = true
	}
	for _, f := range found.Report.Findings {
		switch rule, _ := guard.RuleOf(f.Rule); {
		case rule.AboutGuard():
		case f.Verdict == guard.NonCompliant && !acted[f.Subject]:
			now.Reported = append(now.Reported, f)
		case f.Verdict == guard.InsufficientData && f.Rule != guard.TaskKernelProof:
			now.Unknown = append(now.Unknown, f)
		}
	}
	return now
}

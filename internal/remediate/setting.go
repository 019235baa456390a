package remediate

import (
	"context"

	"fipsguard/internal/guard"
)

// Setting is what became of the account setting.
type Setting struct {
	Outcomes []guard.Outcome // confirmed by what was read last
	Read     []guard.Finding // what the first reading after the fix showed, the account default first
	Default  guard.Setting   // the account default as it was read last
	Err      error           // why it could not be read
}

// FixSetting fixes findings about the setting and reads back what is now. A
// reading that shows what the findings did not, such as a default that was off
// all along behind a deleted override, is fixed and read back once more.
func (l Loop) FixSetting(ctx context.Context, at guard.Location, findings []guard.Finding) Setting {
	planned := guard.Plan(findings, l.Policy)
	outcomes := l.apply(ctx, findings, planned)
	observed, err := l.Account.ObserveSetting(ctx, at.Account, at.Region)
	read := l.Policy.Evaluate(guard.CheckAll(observed))
	if further := others(guard.Plan(read, l.Policy), planned); err == nil && len(further) > 0 {
		outcomes = append(outcomes, l.apply(ctx, read, further)...)
		observed, err = l.Account.ObserveSetting(ctx, at.Account, at.Region)
	}
	s := Setting{Read: read, Default: AccountDefault(observed), Err: err}
	for _, o := range outcomes {
		s.Outcomes = append(s.Outcomes, guard.Confirm(o, s.Default))
	}
	return s
}

// others are the remediations that were not planned before.
func others(remediations, before []guard.Remediation) []guard.Remediation {
	made := map[guard.Call]bool{}
	for _, r := range before {
		made[r.Call] = true
	}
	var rest []guard.Remediation
	for _, r := range remediations {
		if !made[r.Call] {
			rest = append(rest, r)
		}
	}
	return rest
}

// AccountDefault is the first state of ObserveSetting.
func AccountDefault(observed []guard.State) guard.Setting {
	s, _ := observed[0].(guard.Setting)
	return s
}

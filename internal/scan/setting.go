package scan

import (
	"context"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

// setting is the stage of the account setting.
type setting struct {
	stage
	before guard.Setting // the account default as it was found
	found  time.Time     // when
	fixed  time.Time     // when the scan turned it on; zero when it did not
}

// fixSetting reads the account default, turns it on where it is off, and reads
// it back.
func (r run) fixSetting(ctx context.Context, cause guard.Cause) setting {
	observed, err := r.Account.ObserveSetting(ctx, r.location.Account, r.location.Region)
	s := setting{before: remediate.AccountDefault(observed), found: r.Now().UTC()}
	s.findings = r.check(observed...)
	if len(guard.Plan(s.findings, r.Policy)) == 0 {
		s.failures = failures(err)
		return s
	}
	fix := r.loop(cause).FixSetting(ctx, r.location, s.findings)
	s.findings = append(s.findings, further(fix.Read, s.findings)...)
	for _, o := range fix.Outcomes {
		if _, ok := o.Remediation.Call.(guard.PutAccountSettingDefault); ok && o.Result == guard.Done {
			s.fixed = o.At
		}
	}
	s.outcomes, s.failures = fix.Outcomes, failures(err, fix.Err)
	return s
}

// further returns the violations that were read back and not found before.
func further(read, found []guard.Finding) []guard.Finding {
	var violations []guard.Finding
	for _, f := range read {
		same := func(other guard.Finding) bool { return other.Subject == f.Subject && other.Verdict == f.Verdict }
		if f.Verdict == guard.NonCompliant && !slices.ContainsFunc(found, same) {
			violations = append(violations, f)
		}
	}
	return violations
}

// reported reports whether there is a finding about a subject.
func reported(findings []guard.Finding, subject string) bool {
	return slices.ContainsFunc(findings, func(f guard.Finding) bool { return f.Subject == subject })
}

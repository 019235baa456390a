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

// fixSetting fixes the setting, before anything else is read or called.
func (r run) fixSetting(ctx context.Context) setting {
	fix := r.loop(r.cause()).FixSetting(ctx, remediate.Occasion{Location: r.location})
	s := setting{before: settingOf(fix.Before[0]), found: fix.At.UTC()}
	s.findings = append(answered(fix), further(fix.Read, fix.Before)...)
	for _, o := range fix.Outcomes {
		if _, ok := o.Remediation.Call.(guard.PutAccountSettingDefault); ok && o.Result == guard.Done {
			s.fixed = o.At
		}
	}
	s.outcomes, s.failures = fix.Outcomes, failures(fix.Err)
	return s
}

// answered is what the first reading showed, or the next one where the first one
// did not answer.
func answered(fix remediate.Setting) []guard.Finding {
	if fix.Before[0].Verdict == guard.InsufficientData && fix.Err == nil {
		return slices.Clone(fix.Read)
	}
	return slices.Clone(fix.Before)
}

func settingOf(f guard.Finding) guard.Setting {
	s, _ := f.State.(guard.Setting)
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

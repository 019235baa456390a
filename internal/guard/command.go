package guard

// Command is the AWS CLI command with which a person ends a violation in a
// Region: the call that the guard itself would make for the finding's subject.
// It is empty where there is none, or where nothing is known to be wrong. Alerts,
// reports and Security Hub show this one.
func (f Finding) Command(region string) string {
	if f.Verdict != NonCompliant && !mayBeOff(f) {
		return ""
	}
	call := fixOf(f, Policy{ExposureRemedy: Recycle})
	if call == nil {
		return ""
	}
	return Remediation{Call: call}.Command(region)
}

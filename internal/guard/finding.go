package guard

// Finding is what one rule says about one thing.
type Finding struct {
	Rule     RuleID
	Subject  string // the thing's State.Subject
	Verdict  Verdict
	Severity Severity // Info unless the verdict asks for someone's attention
	Reason   string   // one sentence
	State    State    // what was checked
	Seen     Seen     // how and when; zero where nobody has to know
}

// finding fills in what follows from the rule and the verdict.
func finding(id RuleID, s State, v Verdict, reason string) Finding {
	f := Finding{Rule: id, Subject: s.Subject(), Verdict: v, Reason: reason, State: s}
	switch v {
	case NonCompliant:
		if rule, ok := RuleOf(id); ok {
			f.Severity = rule.Severity
		}
	case InsufficientData:
		f.Severity = Warning
	case Compliant, NotApplicable:
		f.Severity = Info
	}
	return f
}

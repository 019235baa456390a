package guard

// Report is one scan or one event: why the guard acted, what it found, what it did.
// Alerts, logs, metrics and evidence are rendered from it.
type Report struct {
	Cause Cause
	// AccountName is what people call the account; empty where nobody said.
	AccountName string
	Findings    []Finding
	Outcomes    []Outcome
	Expiring    []Exemption // exemptions that end within a week
	// Timelines are those of the settings, the account default's first; only
	// the verifier reads them.
	Timelines []Timeline
	Coverage  Coverage // of a scan
	Facts     []Fact   // what a scan can say to open questions about AWS
	Scan      *Scan    // set on what the verifier reports to people
	// What the enforcer counted instead of sending it, to be reported now.
	Joined       Tally // alerts like this one
	JoinedOthers Tally // alerts of any kind: there was no room to keep their kinds apart
}

// Scan is what a scan reports besides its new findings.
type Scan struct {
	Status   Verdict  // the worst of the scan
	Summary  string   // the scan as a whole, a sentence or two
	Resolved []string // what was reported and is gone: rule and resource
	Evidence string   // where the report is kept; empty when it could not be
}

// Status is the worst verdict of the report.
func (r Report) Status() Verdict { return Worst(r.Findings) }

// Severity is the highest of the findings; an action that failed, could not be
// confirmed, or needs a person makes it Critical.
func (r Report) Severity() Severity {
	var highest Severity
	for _, f := range r.Findings {
		highest = max(highest, f.Severity)
	}
	if len(r.Unrepaired()) > 0 {
		highest = Critical
	}
	return highest
}

// Unrepaired lists the outcomes of fixes that policy allowed and that
// are not known to hold.
func (r Report) Unrepaired() []Outcome {
	var open []Outcome
	for _, o := range r.Outcomes {
		switch o.Result {
		case Failed, Unconfirmed, RefusedByAWS:
			open = append(open, o)
		case Done, Answered, RefusedByPolicy:
		}
	}
	return open
}

// Noteworthy reports whether people have to hear of the report.
func (r Report) Noteworthy() bool { return r.Severity() > Info || r.Scan != nil }

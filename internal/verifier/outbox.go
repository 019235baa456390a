package verifier

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// pending is an alert that may not have gone out yet: what it is about, never
// what it says. Its words are made when it goes out, of the report that it names
// and of the rules.
type pending struct {
	Report   *evidence.Predecessor `json:"report"`   // that has the findings; null where there is none
	Location string                `json:"location"` // of the report
	Scan     bool                  `json:"scan"`     // it is about a whole scan, not only about a fix
	Status   guard.Verdict         `json:"status"`   // of the scan
	Cause    cause                 `json:"cause"`
	Findings []found               `json:"findings"`
	Outcomes []done                `json:"outcomes"`
	Resolved []string              `json:"resolved"` // identities

	made *guard.Report // as the run that wrote it knows it; nil in a later one
	past bool          // it is about off periods only, which the next scan finds again
}

// stored is what a later run needs of an outbox.
func stored(outbox []pending) []pending {
	var left []pending
	for _, p := range outbox {
		if !p.past {
			p.made = nil
			left = append(left, p)
		}
	}
	return left
}

// cause is guard.Cause as it is stored.
type cause struct {
	EventID   string    `json:"eventID"`
	EventName string    `json:"eventName"`
	IsCall    bool      `json:"isCall"`
	Time      time.Time `json:"time"`
	Account   string    `json:"account"`
	Region    string    `json:"region"`
	Actor     string    `json:"actor"`
	ARN       string    `json:"arn"`
	Source    string    `json:"source"`
}

// found refers to a finding of a report.
type found struct {
	Rule     guard.RuleID   `json:"rule"`
	Subject  string         `json:"subject"`
	Status   guard.Verdict  `json:"status"`
	Severity guard.Severity `json:"severity"`
}

// done refers to what became of a fix.
type done struct {
	Rule       guard.RuleID    `json:"rule"`
	Subject    string          `json:"subject"`
	API        string          `json:"api"`
	Parameters json.RawMessage `json:"parameters"`
	Result     guard.Result    `json:"result"`
	At         time.Time       `json:"at"`
}

// pendingOf refers to a report that is to go out, as far as something of it is
// in the scan's report or can be said without it.
func pendingOf(r guard.Report, kept receipt) pending {
	c := r.Cause
	p := pending{
		Report: kept.report, Location: kept.location, made: &r,
		Cause: cause{c.EventID, c.EventName, c.IsCall, c.Time, c.Account, c.Region, c.Actor.Name, c.Actor.ARN, c.Actor.SourceAddress},
	}
	if r.Scan != nil {
		p.Scan, p.Status, p.Resolved = true, r.Scan.Status, r.Scan.Resolved
	}
	for _, f := range r.Findings {
		p.Findings = append(p.Findings, found{f.Rule, f.Subject, f.Verdict, f.Severity})
	}
	for _, o := range r.Outcomes {
		ref := done{Rule: o.Remediation.Rule, Subject: o.Remediation.Subject, Result: o.Result, At: o.At}
		if call := o.Remediation.Call; call != nil {
			ref.API = call.API()
			ref.Parameters, _ = json.Marshal(call) // a call is strings and numbers
		}
		p.Outcomes = append(p.Outcomes, ref)
	}
	return p
}

// message is the alert. One that an earlier run left is made anew.
func (v *Verifier) message(ctx context.Context, p pending) alert.Message {
	if p.made != nil {
		return v.render(*p.made)
	}
	if p.Report == nil {
		return v.render(p.report(evidence.Document{}, "No report of it was kept."))
	}
	payload, believed, err := v.readReport(ctx, *p.Report)
	switch {
	case err != nil:
		return v.render(p.report(evidence.Document{}, "The report could not be read back: "+err.Error()+"."))
	case believed != nil:
		return v.render(p.report(evidence.Document{}, "The report is not as it was kept: "+believed.Error()+"."))
	}
	d, err := evidence.Read(bytes.NewReader(payload))
	if err != nil {
		return v.render(p.report(evidence.Document{}, "The report could not be read back: "+err.Error()+"."))
	}
	return v.render(p.report(d, "The report has no reason."))
}

// report is what the alert says, with a document's reasons; otherwise is the
// reason of what is not in it.
func (p pending) report(d evidence.Document, otherwise string) guard.Report {
	reasons := map[guard.Identity]string{}
	for _, f := range d.Claims {
		reasons[guard.Identity{Rule: f.Rule, Resource: f.Subject}] = f.Reason
	}
	c := p.Cause
	r := guard.Report{Cause: guard.Cause{
		EventID: c.EventID, EventName: c.EventName, IsCall: c.IsCall, Time: c.Time, Account: c.Account, Region: c.Region,
		Actor: guard.Actor{Name: c.Actor, ARN: c.ARN, SourceAddress: c.Source},
	}}
	for _, f := range p.Findings {
		reason, ok := reasons[guard.Identity{Rule: f.Rule, Resource: f.Subject}]
		if !ok {
			reason = otherwise
		}
		r.Findings = append(r.Findings, guard.Finding{Rule: f.Rule, Subject: f.Subject, Verdict: f.Status, Severity: f.Severity, Reason: reason})
	}
	for _, o := range p.Outcomes {
		outcome := guard.Outcome{Remediation: guard.Remediation{Rule: o.Rule, Subject: o.Subject}, Result: o.Result, At: o.At}
		if call, err := guard.ReadCall(o.API, o.Parameters); err == nil {
			outcome.Remediation.Call = call
		}
		r.Outcomes = append(r.Outcomes, outcome)
	}
	if p.Scan {
		summary := "This alert could not be sent when the scan was made."
		if d.ID != "" {
			summary = evidence.Summary(d) + " " + summary
		}
		r.Scan = &guard.Scan{Status: p.Status, Summary: summary, Resolved: p.Resolved, Evidence: p.Location}
	}
	return r
}

// render is an alert with the account's name.
func (v *Verifier) render(r guard.Report) alert.Message {
	r.AccountName = v.AccountName
	return alert.Render(r)
}

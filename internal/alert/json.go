package alert

import (
	"encoding/json"
	"strconv"

	"fipsguard/internal/guard"
)

// The types below are docs/schema/alert.v1.schema.json, where their members
// are explained.

type documentJSON struct {
	Schema          string          `json:"schema"`
	Subject         string          `json:"subject"`
	Severity        guard.Severity  `json:"severity"`
	Rule            string          `json:"rule"`
	Status          guard.Verdict   `json:"status"`
	Outcome         string          `json:"outcome"`
	Account         string          `json:"account"`
	Region          string          `json:"region"`
	HumanNeeded     bool            `json:"humanNeeded"`
	Event           eventJSON       `json:"event"`
	Findings        []findingJSON   `json:"findings"`
	OmittedFindings int             `json:"omittedFindings"`
	Outcomes        []outcomeJSON   `json:"outcomes"`
	OmittedOutcomes int             `json:"omittedOutcomes"`
	Exposed         []string        `json:"exposed"`
	Next            []string        `json:"next"`
	Joined          *tallyJSON      `json:"joined,omitempty"`
	JoinedOthers    *tallyJSON      `json:"joinedOthers,omitempty"`
	Expiring        []exemptionJSON `json:"expiringExemptions"`
	OmittedExpiring int             `json:"omittedExpiringExemptions"`
	Look            *lookJSON       `json:"look,omitempty"`
}

type lookJSON struct {
	Summary         string   `json:"summary"`
	Evidence        string   `json:"evidence"`
	Resolved        []string `json:"resolved"`
	OmittedResolved int      `json:"omittedResolved"`
}

type eventJSON struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Time  string    `json:"time"`
	Actor actorJSON `json:"actor"`
}

type actorJSON struct {
	Name          string       `json:"name"`
	ARN           string       `json:"arn"`
	SourceAddress string       `json:"sourceAddress"`
	MFA           guard.Answer `json:"mfa"`
}

type findingJSON struct {
	Rule        string         `json:"rule"`
	Requirement string         `json:"requirement"`
	Subject     string         `json:"subject"`
	Status      guard.Verdict  `json:"status"`
	Severity    guard.Severity `json:"severity"`
	Reason      string         `json:"reason"`
}

type outcomeJSON struct {
	Rule    string       `json:"rule"`
	Subject string       `json:"subject"`
	API     string       `json:"api"`
	Result  guard.Result `json:"result"`
	Detail  string       `json:"detail"`
	At      string       `json:"at"`
	Command string       `json:"command,omitempty"`
}

type exemptionJSON struct {
	Resource string `json:"resource"`
	Reason   string `json:"reason"`
	Approver string `json:"approver"`
	Expires  string `json:"expires"`
}

type tallyJSON struct {
	Count         int         `json:"count"`
	First         string      `json:"first"`
	Last          string      `json:"last"`
	Actors        []countJSON `json:"actors"`
	OtherActors   int         `json:"otherActors"`
	Subjects      []countJSON `json:"subjects"`
	OtherSubjects int         `json:"otherSubjects"`
}

type countJSON struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// document is the alert for machines.
func document(v view) []byte {
	r := v.report
	doc := documentJSON{
		Schema: "fipsguard.alert/v1", Subject: subject(v),
		Severity: r.Severity(), Rule: v.name(string(v.lead.Rule)), Status: v.status(), Outcome: outcomeOf(r),
		Account: v.name(r.Cause.Account), Region: v.name(r.Cause.Region),
		HumanNeeded: outcomeOf(r) == guard.RefusedByAWS.String(),
		Event: eventJSON{
			ID: v.name(r.Cause.EventID), Name: v.name(r.Cause.EventName), Time: timeText(r.Cause.Time, ""),
			Actor: actorJSON{
				Name: v.name(r.Cause.Actor.Name), ARN: v.name(r.Cause.Actor.ARN),
				SourceAddress: v.name(r.Cause.Actor.SourceAddress), MFA: r.Cause.Actor.MFA,
			},
		},
		Findings: []findingJSON{}, OmittedFindings: len(r.Findings) - len(v.findings),
		Outcomes: []outcomeJSON{}, OmittedOutcomes: len(r.Outcomes) - len(v.outcomes),
		Exposed: exposed(v), Next: next(v),
		Joined: tallyDocument(v, v.report.Joined), JoinedOthers: tallyDocument(v, v.report.JoinedOthers),
		Expiring: []exemptionJSON{}, OmittedExpiring: len(r.Expiring) - len(v.expiring),
	}
	for _, f := range v.findings {
		rule, _ := guard.RuleOf(f.Rule)
		doc.Findings = append(doc.Findings, findingJSON{
			Rule: v.name(string(f.Rule)), Requirement: rule.Requirement, Subject: v.name(f.Subject),
			Status: f.Verdict, Severity: f.Severity, Reason: v.sentence(f.Reason),
		})
	}
	for _, o := range v.outcomes {
		doc.Outcomes = append(doc.Outcomes, outcomeJSON{
			Rule: v.name(string(o.Remediation.Rule)), Subject: v.name(o.Remediation.Subject), API: apiOf(o), Result: o.Result,
			Detail: v.sentence(o.Detail), At: timeText(o.At, ""), Command: openCommand(v, o),
		})
	}
	for _, e := range v.expiring {
		doc.Expiring = append(doc.Expiring, exemptionJSON{
			Resource: v.name(e.Resource), Reason: v.sentence(e.Reason), Approver: v.name(e.Approver), Expires: timeText(e.Expires, ""),
		})
	}
	doc.Look = lookDocument(v)
	encoded, err := json.Marshal(doc)
	if err != nil {
		// Strings, numbers and guard's names always have a JSON form.
		return []byte(`{"schema":"fipsguard.alert/v1","error":` + strconv.Quote(err.Error()) + `}`)
	}
	return encoded
}

func lookDocument(v view) *lookJSON {
	n := v.report.News
	if n == nil {
		return nil
	}
	doc := lookJSON{Summary: v.sentence(n.Summary), Evidence: v.name(n.Evidence), Resolved: []string{}}
	for _, thing := range firstOf(n.Resolved, v.bounds.listed) {
		doc.Resolved = append(doc.Resolved, v.name(thing))
	}
	doc.OmittedResolved = len(n.Resolved) - len(doc.Resolved)
	return &doc
}

func tallyDocument(v view, t guard.Tally) *tallyJSON {
	if t.Count == 0 {
		return nil
	}
	doc := tallyJSON{Count: t.Count, First: timeText(t.First, ""), Last: timeText(t.Last, "")}
	doc.Actors, doc.OtherActors = countsDocument(v, t.Actors, t.OtherActors)
	doc.Subjects, doc.OtherSubjects = countsDocument(v, t.Subjects, t.OtherSubjects)
	return &doc
}

func countsDocument(v view, all []guard.Counted, others int) (counts []countJSON, rest int) {
	counts = []countJSON{}
	shown, rest := most(all, others, v.bounds.listed)
	for _, c := range shown {
		counts = append(counts, countJSON{v.name(c.Name), c.Count})
	}
	return counts, rest
}

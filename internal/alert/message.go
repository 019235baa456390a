package alert

import (
	"encoding/json"
	"strconv"

	"fipsguard/internal/guard"
)

// Message is an alert as it goes out. Rendering is pure: the same report gives
// the same message.
type Message struct {
	Subject    string            // ASCII, at most 99 characters, no control characters: SNS refuses others
	Text       string            // for people
	JSON       []byte            // for machines: docs/schema/alert.v1.schema.json
	Attributes map[string]string // for subscriptions' filter policies
}

// Render makes a report a message of at most maxMessage bytes in each form.
// Names in it are other people's: control characters and what reorders text
// are escaped, and long ones are cut. Only guard's nouns are rendered, so that
// no environment value, token or command can be in it.
func Render(r guard.Report) Message { return render(r, nil) }

// render also tells of the alerts that were joined since the last one.
func render(r guard.Report, joined *joined) Message {
	return Message{
		Subject:    subject(r),
		Text:       text(r, joined),
		JSON:       document(r, joined),
		Attributes: attributes(r),
	}
}

// attributes are all strings. A report of several rules carries that of its
// worst finding.
func attributes(r guard.Report) map[string]string {
	worst := worstFinding(r)
	return map[string]string{
		"severity": r.Severity().String(),
		"rule":     clean(string(worst.Rule), maxName),
		"account":  known(clean(r.Cause.Account, maxName)),
		"region":   known(clean(r.Cause.Region, maxName)),
		"status":   r.Status().String(),
		"outcome":  outcomeOf(r),
	}
}

// outcomeOf is the report's outcome in a word: the least settled result, or
// NONE when there was nothing to do.
func outcomeOf(r guard.Report) string {
	if len(r.Outcomes) == 0 {
		return "NONE"
	}
	least := r.Outcomes[0].Result
	for _, o := range r.Outcomes {
		least = min(least, o.Result)
	}
	return least.String()
}

// worstFinding is the one that a subject speaks of.
func worstFinding(r guard.Report) guard.Finding {
	var worst guard.Finding
	for i, f := range r.Findings {
		if i == 0 || f.Severity > worst.Severity {
			worst = f
		}
	}
	return worst
}

func known(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

// document is the JSON form. Members are documented in the schema.
func document(r guard.Report, j *joined) []byte {
	type finding struct {
		Rule     guard.RuleID   `json:"rule"`
		Subject  string         `json:"subject"`
		Status   guard.Verdict  `json:"status"`
		Severity guard.Severity `json:"severity"`
		Reason   string         `json:"reason"`
	}
	type outcome struct {
		Rule    guard.RuleID `json:"rule"`
		Subject string       `json:"subject"`
		API     string       `json:"api"`
		Result  guard.Result `json:"result"`
		Detail  string       `json:"detail"`
		Command string       `json:"command,omitempty"`
	}
	type actor struct {
		Name          string       `json:"name"`
		ARN           string       `json:"arn"`
		SourceAddress string       `json:"sourceAddress"`
		MFA           guard.Answer `json:"mfa"`
	}
	type exemption struct {
		Resource string `json:"resource"`
		Approver string `json:"approver"`
		Expires  string `json:"expires"`
	}
	type summary struct {
		Count    int            `json:"count"`
		Since    string         `json:"since"`
		Actors   map[string]int `json:"actors"`
		Subjects []string       `json:"subjects"`
	}
	doc := struct {
		Schema   string         `json:"schema"`
		Severity guard.Severity `json:"severity"`
		Status   guard.Verdict  `json:"status"`
		Outcome  string         `json:"outcome"`
		Account  string         `json:"account"`
		Region   string         `json:"region"`
		Event    struct {
			ID    string `json:"id"`
			Name  string `json:"name"`
			Time  string `json:"time"`
			Actor actor  `json:"actor"`
		} `json:"event"`
		Findings        []finding   `json:"findings"`
		OmittedFindings int         `json:"omittedFindings"`
		Outcomes        []outcome   `json:"outcomes"`
		OmittedOutcomes int         `json:"omittedOutcomes"`
		Joined          *summary    `json:"joined,omitempty"`
		Expiring        []exemption `json:"expiringExemptions"`
	}{
		Schema: "fipsguard.alert/v1", Severity: r.Severity(), Status: r.Status(), Outcome: outcomeOf(r),
		Account: clean(r.Cause.Account, maxName), Region: clean(r.Cause.Region, maxName),
		Findings: []finding{}, Outcomes: []outcome{}, Expiring: []exemption{},
	}
	doc.Event.ID, doc.Event.Name, doc.Event.Time = clean(r.Cause.EventID, maxName), clean(r.Cause.EventName, maxName), timeText(r.Cause.Time, "")
	doc.Event.Actor = actor{clean(r.Cause.Actor.Name, maxName), clean(r.Cause.Actor.ARN, maxName), clean(r.Cause.Actor.SourceAddress, maxName), r.Cause.Actor.MFA}
	for _, f := range firstOf(r.Findings) {
		doc.Findings = append(doc.Findings, finding{f.Rule, clean(f.Subject, maxName), f.Verdict, f.Severity, clean(f.Reason, maxSentence)})
	}
	doc.OmittedFindings = len(r.Findings) - len(doc.Findings)
	for _, o := range firstOf(r.Outcomes) {
		doc.Outcomes = append(doc.Outcomes, outcome{o.Action.Rule, clean(o.Action.Subject, maxName), o.Action.Call.API(), o.Result, clean(o.Detail, maxSentence), openCommand(o, r.Cause.Region)})
	}
	doc.OmittedOutcomes = len(r.Outcomes) - len(doc.Outcomes)
	for _, e := range firstOf(r.Expiring) {
		doc.Expiring = append(doc.Expiring, exemption{clean(e.Resource, maxName), clean(e.Approver, maxName), timeText(e.Expires, "")})
	}
	if j != nil {
		doc.Joined = &summary{j.count, timeText(j.since, ""), j.actors, j.subjects}
	}
	encoded, err := json.Marshal(doc)
	if err != nil {
		// Strings and numbers always have a JSON form.
		return []byte(`{"schema":"fipsguard.alert/v1","error":` + strconv.Quote(err.Error()) + `}`)
	}
	return encoded
}

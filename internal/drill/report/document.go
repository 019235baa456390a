// Package report makes a drill's outcome a document that can be signed and
// verified, and its formats: text, page and the page of facts.
package report

import (
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// Schema names the version of the document, docs/schema/drill.v1.schema.json.
const Schema = "fipsguard.drill/v1"

// PayloadType is what an envelope says that it holds.
const PayloadType = "application/vnd.fipsguard.drill+json"

// Document is one drill as evidence. Times are UTC, by the clock of the machine
// that the drill ran on; what was not seen is null.
type Document struct {
	Schema    string        `json:"schema"`
	ID        string        `json:"id"` // ACCOUNT-REGION-YYYYMMDDTHHMMSS-fffffffffZ
	Account   string        `json:"account"`
	Region    string        `json:"region"`
	Started   time.Time     `json:"started"`
	Finished  time.Time     `json:"finished"`
	Collector string        `json:"collector"`          // ARN of whose credentials began it
	Role      string        `json:"role"`               // ARN of the session of the drill's role
	Endpoint  string        `json:"endpoint,omitempty"` // that the configuration names in the place of AWS's own
	Tool      evidence.Tool `json:"tool"`
	Key       string        `json:"key"`     // ARN of the KMS key that signs it; empty when it is not signed
	Verdict   Verdict       `json:"verdict"` // of all steps
	Steps     []Step        `json:"steps"`
	Facts     []guard.Fact  `json:"facts"`
	Left      []string      `json:"left"`   // what could not be cleaned up
	Faults    []string      `json:"faults"` // of calls that are no step's own
	Limits    []string      `json:"limits"` // what a drill does not show
}

// Verdict is what became of a drill.
type Verdict string

// The verdicts.
const (
	AllSeen  Verdict = "all effects were seen in time"
	NotSeen  Verdict = "an effect was not seen in time"
	NotWhole Verdict = "the drill could not be run as a whole, or not cleaned up"
)

// Step is what became of one step.
type Step struct {
	ID            drill.StepID         `json:"id"`
	Breaks        string               `json:"breaks"`
	Expects       string               `json:"expects"`
	RelatesTo     []string             `json:"relatesTo"` // controls of NIST SP 800-53 r5
	WithinSeconds int                  `json:"withinSeconds"`
	Result        drill.Result         `json:"result"`
	Why           string               `json:"why"`
	Violated      *time.Time           `json:"violated"`
	Called        *time.Time           `json:"called"` // AWS answered the guard's call, by the guard's clock, in whole seconds
	Fixed         *time.Time           `json:"fixed"`
	Alerted       *time.Time           `json:"alerted"`
	Ended         time.Time            `json:"ended"`
	ToCall        *float64             `json:"secondsToCall"`
	ToFix         *float64             `json:"secondsToFix"`
	ToAlert       *float64             `json:"secondsToAlert"`
	Alert         string               `json:"alert"`   // its subject
	EventID       string               `json:"eventID"` // that the alert names
	Outcomes      []drill.AlertOutcome `json:"outcomes"`
	Broken        []string             `json:"broken"` // links, the likeliest first
}

// About is what a drill does not know of itself.
type About struct {
	Location  guard.Location
	Collector string
	Role      string
	Endpoint  string // that is called in the place of AWS's own; empty is AWS
	Tool      evidence.Tool
}

// New makes a drill's outcome a document. What others wrote is cleaned and bounded.
func New(about About, o drill.Outcome) Document {
	d := Document{
		Schema: Schema, ID: evidence.ID(about.Location.Account, about.Location.Region, o.Began), Account: about.Location.Account, Region: about.Location.Region,
		Started: o.Began.UTC(), Finished: o.Ended.UTC(), Collector: line(about.Collector), Role: line(about.Role), Endpoint: line(about.Endpoint), Tool: about.Tool,
		Verdict: verdictOf(o), Steps: []Step{}, Facts: append([]guard.Fact{}, o.Facts...), Left: lines(o.Left), Faults: []string{}, Limits: limits(),
	}
	if d.Endpoint != "" {
		d.Limits = append(d.Limits, "The configuration names "+d.Endpoint+" in the place of AWS's endpoints. Whether AWS answered there is not known.")
	}
	for _, err := range o.Errors {
		d.Faults = append(d.Faults, line(err.Error()))
	}
	for _, s := range o.Steps {
		d.Steps = append(d.Steps, stepOf(s))
	}
	for i, f := range d.Facts {
		d.Facts[i].Answer, d.Facts[i].At = line(f.Answer), f.At.UTC()
	}
	return d
}

func verdictOf(o drill.Outcome) Verdict {
	verdict := AllSeen
	if len(o.Left) > 0 {
		verdict = NotWhole
	}
	for _, s := range o.Steps {
		switch s.Result {
		case drill.Missing:
			return NotSeen
		case drill.NotRun, drill.Interrupted:
			verdict = NotWhole
		case drill.Repaired, drill.HandedOver, drill.Prevented, drill.Confirmed:
		}
	}
	return verdict
}

func limits() []string {
	return []string{
		"A drill tries the guard at one moment, with the calls that it names. It says nothing about other calls, or about the time before and after.",
		drill.NotTried,
		"Times are between the drill's own readings, every two seconds and more. They are by the clock of the machine that it ran on.",
		"The steps relate to the controls that they name. Whether a control is satisfied is an assessor's decision.",
	}
}

func stepOf(s drill.StepResult) Step {
	step := Step{
		ID: s.ID, Breaks: s.Breaks, Expects: s.Expects, RelatesTo: s.Relates, WithinSeconds: int(s.Within.Seconds()), Result: s.Result, Why: line(s.Why),
		Violated: moment(s.Violated), Called: moment(s.Called()), Fixed: moment(s.Fixed), Alerted: moment(s.Alerted), Ended: s.Ended.UTC(),
		ToCall: between(s.Violated.Truncate(time.Second), s.Called()), ToFix: between(s.Violated, s.Fixed), ToAlert: between(s.Violated, s.Alerted),
		Alert: line(s.Alert.Subject), EventID: line(s.Alert.Event.ID), Outcomes: []drill.AlertOutcome{}, Broken: lines(s.Broken),
	}
	for _, o := range s.Alert.Outcomes {
		if len(step.Outcomes) < most {
			step.Outcomes = append(step.Outcomes, drill.AlertOutcome{API: line(o.API), Result: line(o.Result), Detail: line(o.Detail), At: line(o.At)})
		}
	}
	return step
}

// most bounds lists, longest texts.
const most, longest = 50, 600

func line(text string) string { return sanitize.Line(text, longest) }

func lines(texts []string) []string {
	all := []string{}
	for _, text := range texts[:min(most, len(texts))] {
		all = append(all, line(text))
	}
	return all
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

func between(from, until time.Time) *float64 {
	if from.IsZero() || until.IsZero() {
		return nil
	}
	return new(until.Sub(from).Round(time.Millisecond).Seconds())
}

// JSON is the document as it is signed.
func (d Document) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(d, "", "  ")
	return append(data, '\n'), err
}

// Read reads what JSON wrote.
func Read(data []byte) (Document, error) {
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, fmt.Errorf("read drill's report: %w", err)
	}
	if d.Schema != Schema {
		return Document{}, fmt.Errorf("read drill's report: its schema is %q; this program reads %s", d.Schema, Schema)
	}
	return d, nil
}

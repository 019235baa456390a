package main

import (
	"encoding/json"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/simulation"
)

// storiesJSON prints stories as one JSON document, which docs/simulate.md
// describes.
type storiesJSON struct{ *terminal }

type toldStory struct {
	Name       string              `json:"name"`
	Story      string              `json:"story"`
	Done       string              `json:"done"`
	By         string              `json:"by"`
	Outcome    string              `json:"outcome"`
	Seconds    float64             `json:"seconds"`
	AsExpected bool                `json:"asExpected"`
	Unmet      []string            `json:"unmet"`
	Conclusion string              `json:"conclusion"`
	Timeline   []toldLine          `json:"timeline"`
	Alerts     []toldAlert         `json:"alerts"`
	Reports    []evidence.Document `json:"reports"`
}

type toldLine struct {
	Time       time.Time       `json:"time"`
	Who        string          `json:"who"`
	Session    string          `json:"session,omitempty"`
	What       string          `json:"what"`
	Detail     string          `json:"detail,omitempty"` // what matters of the parameters
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Error      string          `json:"error,omitempty"`
}

type toldAlert struct {
	Time    time.Time `json:"time"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
}

func (storiesJSON) tell(simulation.Story) error { return nil }

func (j storiesJSON) end(all []simulation.Story) error {
	document := struct {
		Ran        int         `json:"ran"`
		AsExpected int         `json:"asExpected"`
		Scenarios  []toldStory `json:"scenarios"`
	}{len(all), expected(all), []toldStory{}}
	for _, s := range all {
		document.Scenarios = append(document.Scenarios, toldOf(s))
	}
	out := json.NewEncoder(j.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(document)
}

func toldOf(s simulation.Story) toldStory {
	told := toldStory{
		Name: s.Name, Story: s.Scenario.Story, Done: s.Done, By: s.By, Outcome: s.Outcome, Seconds: s.Took.Seconds(),
		AsExpected: len(s.Unmet) == 0, Unmet: append([]string{}, s.Unmet...), Conclusion: s.Conclusion,
		Timeline: []toldLine{}, Alerts: []toldAlert{}, Reports: append([]evidence.Document{}, s.Reports...),
	}
	if !told.AsExpected {
		told.Outcome, told.Conclusion = "", "" // they say what did not happen
	}
	for _, line := range s.Lines() {
		told.Timeline = append(told.Timeline, toldLine{line.Time, line.Who, line.Session, line.What, line.Detail, json.RawMessage(line.All), line.Error})
	}
	for _, m := range s.Alerts() {
		told.Alerts = append(told.Alerts, toldAlert{m.Time, m.Subject, m.For("email")})
	}
	return told
}

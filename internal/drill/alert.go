package drill

import (
	"encoding/json"
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// Alert is what the drill reads of an alert (docs/schema/alert.v1.schema.json).
type Alert struct {
	Subject string `json:"subject"`
	Event   struct {
		ID    string `json:"eventID"`
		Name  string `json:"eventName"`
		Actor struct {
			ARN string `json:"arn"`
		} `json:"actor"`
	} `json:"event"`
	Findings []struct {
		Rule    string `json:"rule"`
		Subject string `json:"subject"`
	} `json:"findings"`
	Outcomes []AlertOutcome `json:"outcomes"`
}

// AlertOutcome is what an alert says of a remediation.
type AlertOutcome struct {
	API    string `json:"api"`
	Result string `json:"result"`
	Detail string `json:"detail"`
	At     string `json:"at"`
}

// alertSchema is the one that the drill reads.
const alertSchema = "fipsguard.alert/v1"

// ParseAlert reads an alert of the guard. What anyone else published is an error.
func ParseAlert(body []byte) (Alert, error) {
	var read struct {
		Schema string `json:"schema"`
		Alert
	}
	if err := json.Unmarshal(body, &read); err != nil {
		return Alert{}, fmt.Errorf("it is no alert of the guard: %w", err)
	}
	if read.Schema != alertSchema {
		return Alert{}, fmt.Errorf("it is no alert of the guard: its schema is %q", read.Schema)
	}
	return read.Alert, nil
}

// about reports whether the alert names a resource.
func (a Alert) about(arn string) bool {
	for _, f := range a.Findings {
		if f.Subject == arn {
			return true
		}
	}
	return false
}

// outcome is that of a call with one of some results.
func (a Alert) outcome(results ...guard.Result) (AlertOutcome, bool) {
	i := slices.IndexFunc(a.Outcomes, func(o AlertOutcome) bool {
		return slices.ContainsFunc(results, func(r guard.Result) bool { return r.String() == o.Result })
	})
	if i < 0 {
		return AlertOutcome{}, false
	}
	return a.Outcomes[i], true
}

package verifier

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// published is what the inbox brought, by the handles with which it is deleted.
type published map[string][]byte

// readPublished reads the inbox. What it brings stays there until forget.
func (v *Verifier) readPublished(ctx context.Context) (published, error) {
	messages, err := v.helpers().receive(ctx)
	if err != nil {
		v.Log.Error("what was reported could not be read", "error", err.Error())
	}
	return messages, err
}

// forget deletes what the memory holds. What cannot be deleted is read again,
// and changes nothing then.
func (v *Verifier) forget(ctx context.Context, p published) {
	if err := v.helpers().deleteAll(ctx, p); err != nil {
		v.Log.Warn("what was reported could not be deleted from its queue", "error", err.Error())
	}
}

// notes is what the messages say of off periods.
func (p published) notes() reported {
	var all reported
	for _, handle := range slices.Sorted(maps.Keys(p)) {
		all = all.with(notesOf(p[handle]))
	}
	return all
}

// notesOf reads an alert of the enforcer. The topic has other messages, too:
// alarms, of what watches the guard, and the scans' own alerts, which are noted
// where they are made.
func notesOf(message []byte) reported {
	var a struct {
		Schema string          `json:"schema"`
		Scan   json.RawMessage `json:"scan"`
		Event  struct {
			ID   string `json:"eventID"`
			Time string `json:"eventTime"`
		} `json:"event"`
		Findings []struct {
			Rule    guard.RuleID `json:"rule"`
			Subject string       `json:"subject"`
			Status  string       `json:"status"`
		} `json:"findings"`
		Outcomes []outcome `json:"outcomes"`
	}
	if json.Unmarshal(message, &a) != nil || a.Schema != "fipsguard.alert/v1" || a.Scan != nil {
		return reported{}
	}
	at, err := time.Parse(time.RFC3339, a.Event.Time)
	if err != nil {
		return reported{}
	}
	var all reported
	for _, f := range a.Findings {
		if f.Rule.AboutSetting() && f.Status == guard.NonCompliant.String() {
			all = all.with(noted(a.Event.ID, f.Subject, at, leftOff(f.Subject, a.Outcomes)))
		}
	}
	return all
}

// outcome is what an alert says of a fix.
type outcome struct {
	Subject string       `json:"subject"`
	Result  guard.Result `json:"result"`
}

// leftOff reports whether an alert says of a setting that it stays off: a fix that
// failed is tried again, and people hear of that.
func leftOff(subject string, outcomes []outcome) bool {
	left := false
	for _, o := range outcomes {
		if o.Subject != subject {
			continue
		}
		if left = o.Result == guard.RefusedByPolicy || o.Result == guard.RefusedByAWS; !left {
			return false
		}
	}
	return left
}

package main

import (
	"cmp"
	"encoding/json"
	"fmt"

	"fipsguard/internal/verifier"
)

// orderOf reads what an invocation asks for: {"look": "hourly"}, which asks a
// sample of the tasks for proof, {"look": "daily"}, which asks all and sends a
// summary, or any event, which is a reason for an hourly look.
func orderOf(event []byte, sample int) (verifier.Order, error) {
	var asked struct {
		Look   string `json:"look"`
		Detail struct {
			EventName string `json:"eventName"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(event, &asked); err != nil {
		return verifier.Order{}, fmt.Errorf("the invocation's event is not JSON: %w", err)
	}
	switch asked.Look {
	case "daily":
		return verifier.Order{Why: "daily look", Daily: true}, nil
	case "hourly":
		return verifier.Order{Why: "hourly look", Sample: sample}, nil
	case "":
		return verifier.Order{Why: "look after " + cmp.Or(asked.Detail.EventName, "an event"), Sample: sample}, nil
	}
	return verifier.Order{}, fmt.Errorf("the event asks for look %q; there are hourly and daily", asked.Look)
}

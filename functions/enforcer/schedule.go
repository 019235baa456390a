package main

import (
	"bytes"
	"encoding/json"
)

// scheduled reports whether an event is a tick of the stack's schedule. Events
// can be lost, so the setting is looked at without one, too.
func scheduled(event []byte) bool {
	if !bytes.Contains(event, []byte("Scheduled Event")) {
		return false // spares events a second parsing
	}
	var tick struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
	}
	err := json.Unmarshal(event, &tick)
	return err == nil && tick.Source == "aws.events" && tick.DetailType == "Scheduled Event"
}

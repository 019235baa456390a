package scans

import (
	"cmp"
	"encoding/json"
	"fmt"

	"fipsguard/internal/verifier"
)

// requestOf reads what an invocation asks for: {"look": "hourly"}, which reads
// the kernels of a sample of the tasks, {"look": "daily"}, which reads all and
// sends a summary, or any event, which is a reason for an hourly scan.
func requestOf(event []byte, sample int) (verifier.Request, error) {
	var asked struct {
		Look   string `json:"look"`
		Detail struct {
			EventName string `json:"eventName"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(event, &asked); err != nil {
		return verifier.Request{}, fmt.Errorf("the invocation's event is not JSON: %w", err)
	}
	switch asked.Look {
	case "daily":
		return verifier.Request{Why: "daily scan", Daily: true}, nil
	case "hourly":
		return verifier.Request{Why: "hourly scan", Sample: sample}, nil
	case "":
		return verifier.Request{Why: "scan after " + cmp.Or(asked.Detail.EventName, "an event"), Sample: sample}, nil
	}
	return verifier.Request{}, fmt.Errorf("the event asks for scan %q; there are hourly and daily", asked.Look)
}

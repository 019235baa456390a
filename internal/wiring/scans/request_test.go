package scans

import (
	"encoding/json"
	"fipsguard/internal/verifier"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRequests(t *testing.T) {
	for event, want := range map[string]verifier.Request{
		`{"look":"daily"}`:  {Why: "daily scan", Daily: true},
		`{"look":"hourly"}`: {Why: "hourly scan", Sample: 7},
		`{"detail":{"eventName":"PutAccountSettingDefault"}}`: {Why: "scan after PutAccountSettingDefault", Sample: 7},
		`{}`: {Why: "scan after an event", Sample: 7},
	} {
		got, err := requestOf(json.RawMessage(event), 7)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", event, err, diff)
		}
	}
}

package kernel

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTimesInRecordsAreFreeText(t *testing.T) {
	tree, err := WithTimes(struct {
		RegisteredAt *Moment `json:"registeredAt"`
		Count        int     `json:"count"`
	}{At(time.Date(2026, 2, 22, 16, 11, 47, 300e6, time.UTC)), 3}, TrailTime)
	if err != nil {
		t.Fatal(err)
	}
	want := any(map[string]any{"registeredAt": "Feb 22, 2026, 4:11:47\u202fPM", "count": json.Number("3")})
	if diff := cmp.Diff(want, tree); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

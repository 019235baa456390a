package kernel

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type kind string

// written is shaped as the SDK's types are.
type written struct {
	ARN            *string
	Kind           kind
	NoKind         kind
	Count          int32
	On             bool
	CreatedAt      *time.Time
	StoppedAt      *time.Time
	Parts          []written
	Kinds          []kind
	None           []written
	Labels         map[string]string
	Renamed        *string `json:"trailList"`
	ResultMetadata struct{ RequestID string }
	unexported     int
}

// TestWhatTheSDKsTypesAreOnTheWire: numbers and booleans that cannot be nil are
// sent also when they are zero, as AWS does; enumerations are not.
func TestWhatTheSDKsTypesAreOnTheWire(t *testing.T) {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 300e6, time.UTC)
	arn, empty := "arn", ""
	value := &written{
		ARN: &arn, Kind: "A", CreatedAt: &noon, Parts: []written{{Renamed: &empty}}, Kinds: []kind{"B", ""},
		Labels: map[string]string{"Key": "v"}, unexported: 1,
	}
	lower := func(name string) string { return strings.ToLower(name[:1]) + name[1:] }
	want := map[string]any{
		"aRN": "arn", "kind": "A", "count": int32(0), "on": false, "createdAt": noon,
		"parts":  []any{map[string]any{"trailList": "", "count": int32(0), "on": false}},
		"kinds":  []any{"B", ""},
		"labels": map[string]any{"Key": "v"},
	}
	tree := Tree(value, lower)
	if diff := cmp.Diff(any(want), tree); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	arn, value.Labels["Key"] = "changed", "changed"
	if diff := cmp.Diff(any(want), tree); diff != "" {
		t.Errorf("a change of the value reached the tree (-want +got):\n%s", diff)
	}
	if got := Tree((*written)(nil), lower); got != nil {
		t.Errorf("nothing is written as %v", got)
	}
}

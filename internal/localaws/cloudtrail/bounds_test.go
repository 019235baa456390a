package cloudtrail

import (
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestMembersOver100KBAreLeftOut(t *testing.T) {
	small := map[string]string{"a": strings.Repeat("x", maxMember-8)} // {"a":"…"} adds 8
	if _, ok := bounded("requestParameters", kernel.Tree(small, kernel.AsIs)).(map[string]any); !ok {
		t.Error("a member of 100 KB was left out")
	}
	large := map[string]string{"a": strings.Repeat("x", maxMember-7)}
	want := map[string]string{"omitted": "true", "originalSize": "102401", "reason": "requestParameters too large"}
	if diff := cmp.Diff(any(want), bounded("requestParameters", kernel.Tree(large, kernel.AsIs))); diff != "" {
		t.Errorf("a member over 100 KB (-want +got):\n%s", diff)
	}
}

func TestTimesInRecordsAreFreeText(t *testing.T) {
	tree := bounded("responseElements", kernel.Tree(struct {
		RegisteredAt *time.Time `json:"registeredAt"`
		Count        int        `json:"count"`
	}{aws.Time(time.Date(2026, 2, 22, 16, 11, 47, 300e6, time.UTC)), 3}, kernel.AsIs))
	want := any(map[string]any{"registeredAt": "Feb 22, 2026, 4:11:47\u202fPM", "count": 3})
	if diff := cmp.Diff(want, tree); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

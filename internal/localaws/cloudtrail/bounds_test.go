package cloudtrail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMembersOver100KBAreLeftOut(t *testing.T) {
	small := map[string]string{"a": strings.Repeat("x", maxMember-8)} // {"a":"…"} adds 8
	if _, ok := bounded("requestParameters", small).(map[string]any); !ok {
		t.Error("a member of 100 KB was left out")
	}
	large := map[string]string{"a": strings.Repeat("x", maxMember-7)}
	want := map[string]string{"omitted": "true", "originalSize": "102401", "reason": "requestParameters too large"}
	if diff := cmp.Diff(any(want), bounded("requestParameters", large)); diff != "" {
		t.Errorf("a member over 100 KB (-want +got):\n%s", diff)
	}
}

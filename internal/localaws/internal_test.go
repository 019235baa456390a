package localaws

import (
	"strings"
	"testing"
	"time"

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

func TestEventsOver256KBAreNotSent(t *testing.T) {
	a := New(Options{Now: time.Now})
	a.Lock()
	defer a.Unlock()
	a.publish(a.regions["us-gov-west-1"], event{detailType: "small", detail: strings.Repeat("x", maxEvent-1000)})
	a.publish(a.regions["us-gov-west-1"], event{detailType: "large", detail: strings.Repeat("x", maxEvent)})
	if len(a.events) != 1 || !strings.Contains(string(a.events[0]), `"small"`) {
		t.Errorf("%d events were sent, want the small one", len(a.events))
	}
}

package eventbridge

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws/kernel"
)

func TestEventsOver256KBAreNotSent(t *testing.T) {
	published := 0
	b := New(kernel.New(kernel.Options{Now: time.Now}), Options{Published: func(time.Time, json.RawMessage) { published++ }})
	b.Publish(kernel.Event{DetailType: "small", Detail: strings.Repeat("x", maxEvent-1000)})
	b.Publish(kernel.Event{DetailType: "large", Detail: strings.Repeat("x", maxEvent)})
	if len(b.events) != 1 || published != 1 || !strings.Contains(string(b.events[0]), `"small"`) {
		t.Errorf("%d events were sent, want the small one", len(b.events))
	}
}

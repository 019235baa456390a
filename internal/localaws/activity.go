package localaws

import (
	"encoding/json"
	"time"
)

// Activity is one thing that happened in the account: exactly one of the
// pointers or the event is set.
type Activity struct {
	Time     time.Time
	Call     *Call
	Event    json.RawMessage // that EventBridge got
	Delivery *Delivery
	Message  *Message
}

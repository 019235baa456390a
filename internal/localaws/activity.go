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
	Delivery *Delivery       // to a function, by a rule
	Received *Received       // by a function, from a queue
	Message  *Message
}

package localaws

import (
	"encoding/json"
	"time"
)

// Happening is one thing that happened in the account: exactly one of the
// pointers or the event is set.
type Happening struct {
	Time     time.Time
	Call     *Call
	Event    json.RawMessage // that EventBridge got
	Delivery *Delivery
	Message  *Message
}

// Delivery is one attempt to invoke a function with an event.
type Delivery struct {
	Rule    string
	Event   json.RawMessage
	Attempt int // from 1
	Err     error
}

// delivered is told of every attempt to invoke a function.
func (a *Account) delivered(d delivery, attempt int, err error) {
	a.Lock()
	defer a.Unlock()
	a.observe(Happening{Time: a.Clock.Now(), Delivery: &Delivery{
		Rule: d.rule.Name, Event: d.event, Attempt: attempt, Err: err,
	}})
}

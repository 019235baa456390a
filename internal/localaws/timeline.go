package localaws

import (
	"encoding/json"
	"slices"
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

// Call is an API call that reached the account with a known principal.
type Call struct {
	Time      time.Time
	Principal Principal
	Region    string
	// Operation is the IAM action, such as "ecs:RunTask".
	Operation string
	// Parameters are a JSON object, also for the services that take forms.
	Parameters   json.RawMessage
	ErrorCode    string // empty when it succeeded
	ErrorMessage string
	RequestID    string
}

// Delivery is one attempt to invoke a function with an event.
type Delivery struct {
	Rule    string
	Event   json.RawMessage
	Attempt int // from 1
	Err     error
}

// Calls are all calls, reads included, in the order in which they were done.
func (a *Account) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// remember needs the account's lock.
func (a *Account) remember(c *call, failure *apiError) {
	done := Call{
		Time: c.at, Principal: c.principal, Region: c.region.name, Operation: c.action(),
		Parameters: c.parameters, RequestID: c.requestID,
	}
	if failure != nil {
		done.ErrorCode, done.ErrorMessage = failure.code, failure.message
	}
	a.calls = append(a.calls, done)
	a.observe(Happening{Time: c.at, Call: &done})
}

// delivered is told of every attempt to invoke a function.
func (a *Account) delivered(d delivery, attempt int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.observe(Happening{Time: a.clock.now(), Delivery: &Delivery{
		Rule: d.rule.Name, Event: d.event, Attempt: attempt, Err: err,
	}})
}

package kernel

import (
	"encoding/json"
	"slices"
	"time"
)

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
	Limit        Limit // the token bucket that it takes from
	UserAgent    string
}

// Calls are all calls, reads included, in the order in which they were done; none
// where the account forgets.
func (k *Kernel) Calls() []Call {
	k.Lock()
	defer k.Unlock()
	return slices.Clone(k.calls)
}

// remember needs the lock.
func (k *Kernel) remember(r *Request, limit Limit, failure *Error) {
	done := Call{
		Time: r.At, Principal: r.Principal, Region: string(r.Region), Operation: r.Action(),
		Parameters: r.Parameters, RequestID: r.ID, UserAgent: r.UserAgent, Limit: limit,
	}
	if failure != nil {
		done.ErrorCode, done.ErrorMessage = failure.Code, failure.Message
	}
	if !k.forgets {
		k.calls = append(k.calls, done)
	}
	k.Hooks.Called(done)
}

package kernel

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Service is one of AWS's services.
type Service struct {
	Name       string // as signatures have it, such as "ecs"
	Protocol   Protocol
	Targets    []string // of JSON: what X-Amz-Target may have before the operation
	Operations map[string]Operation
	Recorded   bool // whether its calls are recorded
	// LargestObject is how many bytes a PUT may bring beside what every
	// request may have.
	LargestObject int64
}

// Protocol is how calls and answers look on the wire.
type Protocol interface {
	// Read finds the operation and the parameters of a request.
	Read(*Request, *http.Request, []byte) error
	Answer(http.ResponseWriter, *Request, any) error
	Fail(http.ResponseWriter, *Request, *Error)
}

// Operation is what a service can do for a caller.
type Operation struct {
	Limit   Limit
	Perform func(*Request) (any, error) // under the lock
	// Shown is what is recorded of an answer, where that is not all of it.
	Shown func(answer any) any
}

// Request is one API call on its way through the account.
type Request struct {
	Principal  Principal
	Region     Region
	Service    string // as in the scope of its signature
	Name       string // of the operation
	Permission string // that the operation needs, where it has another name
	Parameters json.RawMessage
	Form       url.Values // in Query
	Input      any        // what a service's own protocol has read
	UserAgent  string
	ID         string
	At         time.Time
}

// Action is how IAM policies name the operation.
func (r *Request) Action() string { return cmp.Or(r.Permission, r.Service+":"+r.Name) }

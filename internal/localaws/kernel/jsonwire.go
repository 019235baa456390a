package kernel

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// JSON is AWS JSON. Its versions have the same form.
type JSON struct {
	Version string // "1.0" or "1.1"
	// QueryCodes is of services that spoke Query once, and whose clients go by
	// its codes still (Smithy's awsQueryCompatible).
	QueryCodes bool
}

// splitTarget is what X-Amz-Target means: a service, and the operation.
func splitTarget(r *http.Request) (service, operation string) {
	// CloudTrail's service name has dots of its own.
	header := r.Header.Get("X-Amz-Target")
	dot := max(0, strings.LastIndex(header, "."))
	return header[:dot], strings.TrimPrefix(header[dot:], ".")
}

// Read takes the operation from the target.
func (JSON) Read(in *Request, r *http.Request, body []byte) error {
	_, in.Name = splitTarget(r)
	return in.readObject(body)
}

// readObject takes a body of JSON as the parameters.
func (r *Request) readObject(body []byte) error {
	if len(body) == 0 {
		body = []byte("{}")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return NotSerialized(errors.Join(errors.New("the request body is not a JSON object"), err))
	}
	r.Parameters = body
	return nil
}

// Answer sends what an operation returned.
func (j JSON) Answer(w http.ResponseWriter, _ *Request, answer any) error {
	body, err := json.Marshal(WriteTimes(answer, epoch))
	if err != nil {
		return err
	}
	Send(w, http.StatusOK, "application/x-amz-json-"+j.Version, body)
	return nil
}

// Fail sends a failure.
func (j JSON) Fail(w http.ResponseWriter, _ *Request, e *Error) {
	w.Header().Set("x-amzn-ErrorType", e.Code)
	if j.QueryCodes && e.QueryCode != "" {
		w.Header().Set("x-amzn-query-error", e.QueryCode+";"+faultOf(e.Status))
	}
	body, err := json.Marshal(struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.Code, e.Message})
	if err == nil {
		Send(w, e.Status, "application/x-amz-json-"+j.Version, body)
	}
}

// With makes an operation of a function that takes a request's parameters in a
// struct. The answer is written down at once, while the lock keeps it from
// changing.
func With[In, Out any](f func(*Request, In) (Out, error)) func(*Request) (any, error) {
	return func(r *Request) (any, error) {
		var in In
		if err := json.Unmarshal(r.Parameters, &in); err != nil {
			return nil, NotSerialized(err)
		}
		out, err := f(r, in)
		if err != nil {
			return nil, err
		}
		data, err := json.Marshal(out)
		return json.RawMessage(data), err
	}
}

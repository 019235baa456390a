package localaws

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// jsonWire is AWS JSON 1.1, and for SQS 1.0, which has the same form.
type jsonWire struct{}

// serviceOf is what X-Amz-Target means, by the name that signatures have for it.
func serviceOf(target string) string {
	switch target {
	case "AmazonEC2ContainerServiceV20141113":
		return "ecs"
	case "AmazonSSM":
		return "ssm"
	case "AnyScaleFrontendService":
		return "application-autoscaling"
	case "CloudTrail_20131101", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101":
		return "cloudtrail"
	case "AWSEvents":
		return "events"
	case "AmazonSQS":
		return "sqs"
	}
	return ""
}

func (jsonWire) read(c *call, r *http.Request, body []byte) error {
	// CloudTrail's service name has dots of its own.
	header := r.Header.Get("X-Amz-Target")
	dot := max(0, strings.LastIndex(header, "."))
	target, name := header[:dot], strings.TrimPrefix(header[dot:], ".")
	if serviceOf(target) != c.service {
		return badSignature("Credential should be scoped to the service of " + target + ".")
	}
	c.name = name
	return c.readObject(body)
}

// readObject takes a body of JSON as the parameters.
func (c *call) readObject(body []byte) error {
	if len(body) == 0 {
		body = []byte("{}")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return notSerialized(errors.Join(errors.New("the request body is not a JSON object"), err))
	}
	c.parameters = body
	return nil
}

func contentType(c *call) string {
	if c.service == "sqs" {
		return "application/x-amz-json-1.0"
	}
	return "application/x-amz-json-1.1"
}

func (jsonWire) answer(w http.ResponseWriter, c *call, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	send(w, http.StatusOK, contentType(c), body)
	return nil
}

func (jsonWire) fail(w http.ResponseWriter, c *call, e *apiError) {
	w.Header().Set("x-amzn-ErrorType", e.code)
	if c.service == "sqs" && e.queryCode != "" {
		// SQS spoke Query once, and clients go by its codes still (Smithy's
		// awsQueryCompatible).
		w.Header().Set("x-amzn-query-error", e.queryCode+";"+faultOf(e.status))
	}
	body, err := json.Marshal(struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.code, e.message})
	if err == nil {
		send(w, e.status, contentType(c), body)
	}
}

// send writes an answer. That it does not arrive concerns the caller alone.
func send(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func notSerialized(err error) error {
	return clientError("SerializationException", "%v", err)
}

// withInput makes an operation of a function that takes the call's parameters
// in a struct. The answer is written down at once, while the account's lock
// keeps it from changing.
func withInput[In, Out any](f func(*call, In) (Out, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		var in In
		if err := json.Unmarshal(c.parameters, &in); err != nil {
			return nil, notSerialized(err)
		}
		out, err := f(c, in)
		if err != nil {
			return nil, err
		}
		data, err := json.Marshal(out)
		return json.RawMessage(data), err
	}
}

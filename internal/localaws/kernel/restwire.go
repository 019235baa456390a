package kernel

import (
	"encoding/json"
	"net/http"
)

// RESTJSON is REST with JSON in the bodies: its operations are known by method
// and path.
type RESTJSON struct{ Operations map[string]string }

// Read takes the operation from the method and the path.
func (j RESTJSON) Read(in *Request, r *http.Request, body []byte) error {
	in.Name = j.Operations[r.Method+" "+r.URL.Path]
	return in.readObject(body)
}

// Answer sends what an operation returned.
func (RESTJSON) Answer(w http.ResponseWriter, _ *Request, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	Send(w, http.StatusOK, "application/json", body)
	return nil
}

// Fail sends a failure.
func (RESTJSON) Fail(w http.ResponseWriter, _ *Request, e *Error) {
	code, status := ofREST(e)
	w.Header().Set("x-amzn-ErrorType", code)
	body, err := json.Marshal(struct{ Code, Message string }{code, e.Message})
	if err == nil {
		Send(w, status, "application/json", body)
	}
}

// ofREST is how these services say what others say otherwise (such as Security
// Hub API reference, "Common Error Types").
func ofREST(e *Error) (code string, status int) {
	switch e.Code {
	case Throttled:
		return "TooManyRequestsException", http.StatusTooManyRequests
	case ServerFailed:
		return "InternalException", http.StatusInternalServerError
	case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "MissingAuthenticationTokenException":
		return e.Code, http.StatusForbidden
	}
	return e.Code, e.Status
}

package localaws

import (
	"encoding/json"
	"net/http"
	"strings"
)

// wireOf is the protocol of a request. Those of REST have nothing of their own
// in it but the service that it is signed for.
func wireOf(r *http.Request) protocol {
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		return jsonWire{}
	case signedFor(r, "s3"):
		return s3Wire{}
	case signedFor(r, "securityhub"):
		return restJSONWire{}
	}
	return queryWire{}
}

func signedFor(r *http.Request, service string) bool {
	return strings.Contains(r.Header.Get("Authorization"), "/"+service+"/"+scopeEnd)
}

// largestBody bounds a request in bytes. An object's grows by its encoding.
func largestBody(r *http.Request) int64 {
	if r.Method == http.MethodPut && signedFor(r, "s3") {
		return maxObject + maxBody
	}
	return maxBody
}

// restJSONWire is REST with JSON in the bodies, of Security Hub.
type restJSONWire struct{}

// restOperations are the operations by method and path.
var restOperations = map[string]string{
	"POST /findings":        "GetFindings",
	"POST /findings/import": "BatchImportFindings",
}

func (restJSONWire) read(c *call, r *http.Request, body []byte) error {
	c.name = restOperations[r.Method+" "+r.URL.Path]
	return c.readObject(body)
}

func (restJSONWire) answer(w http.ResponseWriter, _ *call, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	send(w, http.StatusOK, "application/json", body)
	return nil
}

func (restJSONWire) fail(w http.ResponseWriter, _ *call, e *apiError) {
	code, status := ofREST(e)
	w.Header().Set("x-amzn-ErrorType", code)
	body, err := json.Marshal(struct{ Code, Message string }{code, e.message})
	if err == nil {
		send(w, status, "application/json", body)
	}
}

// ofREST is how Security Hub says what other services say otherwise (Security
// Hub API reference, "Common Error Types").
func ofREST(e *apiError) (code string, status int) {
	switch e.code {
	case throttled().code:
		return "TooManyRequestsException", http.StatusTooManyRequests
	case serverError().code:
		return "InternalException", http.StatusInternalServerError
	case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "MissingAuthenticationTokenException":
		return e.code, http.StatusForbidden
	}
	return e.code, e.status
}

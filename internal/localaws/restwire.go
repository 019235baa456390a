package localaws

import (
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
	}
	return queryWire{}
}

func signedFor(r *http.Request, service string) bool {
	return strings.Contains(r.Header.Get("Authorization"), "/"+service+"/aws4_request")
}

// largestBody bounds a request in bytes. An object's grows by its encoding.
func largestBody(r *http.Request) int64 {
	if r.Method == http.MethodPut && signedFor(r, "s3") {
		return maxObject + maxBody
	}
	return maxBody
}

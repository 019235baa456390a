package kernel

import (
	"net/http"
	"strings"
)

// scope is what a signature says of a request: AWS4-HMAC-SHA256
// Credential=KEY/DATE/REGION/SERVICE/aws4_request, ….
type scope struct{ key, region, service string }

// scopeEnd is the last part of every signature's scope.
const scopeEnd = "aws4_request"

func scopeOf(r *http.Request) (scope, error) {
	header := r.Header.Get("Authorization")
	_, rest, ok := strings.Cut(header, "Credential=")
	if !ok || !strings.HasPrefix(header, "AWS4-HMAC-SHA256 ") {
		return scope{}, &Error{
			Code: "MissingAuthenticationTokenException", QueryCode: "MissingAuthenticationToken",
			Status: http.StatusBadRequest, QueryStatus: http.StatusForbidden, Message: "Missing Authentication Token",
		}
	}
	credential, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) != 5 {
		return scope{}, badSignature("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
	}
	if parts[4] != scopeEnd {
		return scope{}, badSignature("Credential should be scoped with a valid terminator: '" + scopeEnd + "'.")
	}
	return scope{key: parts[0], region: parts[2], service: parts[3]}, nil
}

// Identify finds out from the signature who calls, which service, and where.
// It does not check the signature.
func (k *Kernel) Identify(in *Request, r *http.Request) error {
	s, err := scopeOf(r)
	if err != nil {
		return err
	}
	var ok bool
	if in.Principal, ok = k.principal(s.key); !ok {
		return &Error{
			Code: "UnrecognizedClientException", QueryCode: "InvalidClientTokenId",
			Status: http.StatusBadRequest, QueryStatus: http.StatusForbidden,
			Message: "The security token included in the request is invalid.",
		}
	}
	if in.Region, err = RegionNamed(s.region); err != nil {
		return badSignature("Credential should be scoped to a valid region: " + err.Error() + ".")
	}
	in.Service = s.service
	return nil
}

// principal finds who uses an access key.
func (k *Kernel) principal(accessKeyID string) (Principal, bool) {
	for _, p := range k.principals {
		if p.AccessKeyID == accessKeyID {
			return p, true
		}
	}
	return Principal{}, false
}

package kernel

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// unknownOperation refuses what the account cannot do, in words that say what it
// can.
func (k *Kernel) unknownOperation(in *Request, r *http.Request) error {
	what := in.Action()
	if in.Name == "" {
		what = fmt.Sprintf("%s (%s %s)", in.Service, r.Method, r.URL.Path)
	}
	names := make([]string, 0, len(k.services))
	for _, s := range k.services {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return &Error{
		Code: "UnknownOperationException", QueryCode: "InvalidAction", Status: http.StatusBadRequest,
		Message: fmt.Sprintf("The simulated account has no operation %s. It has some of these services: %s.", what, strings.Join(names, ", ")),
	}
}

// unknownService is one that the account does not have, in the protocol of the
// request. It has no operations.
func unknownService(signedFor string, r *http.Request) Service {
	s := Service{Name: signedFor}
	target, _ := splitTarget(r)
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		s.Protocol = cbor{}
	case target != "":
		s.Protocol = JSON{Version: jsonVersion(r)}
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && signedFor == "ec2":
		s.Protocol = ec2Query{}
	case r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		s.Protocol = Query{}
	case slices.Contains([]string{"route53", "cloudfront", "s3-outposts"}, signedFor):
		s.Protocol = restXML{}
	default:
		s.Protocol = unreadREST{}
	}
	return s
}

// jsonVersion is that of the caller's AWS JSON.
func jsonVersion(r *http.Request) string {
	if strings.HasSuffix(r.Header.Get("Content-Type"), "-1.0") {
		return "1.0"
	}
	return "1.1"
}

// unreadREST is REST with JSON, of operations that nothing is known of: their
// bodies may be anything.
type unreadREST struct{ RESTJSON }

// Read reads nothing.
func (unreadREST) Read(*Request, *http.Request, []byte) error { return nil }

// ec2Query is EC2's variant of Query.
type ec2Query struct{ Query }

// Fail sends a failure.
func (ec2Query) Fail(w http.ResponseWriter, r *Request, e *Error) {
	code, status := e.ofQuery()
	type cause struct{ Code, Message string }
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Response"`
		Errors    []cause  `xml:"Errors>Error"`
		RequestID string
	}{Errors: []cause{{code, e.Message}}, RequestID: r.ID})
	if err == nil {
		Send(w, status, "text/xml", body)
	}
}

// restXML is REST with XML.
type restXML struct{ Query }

// Read reads nothing.
func (restXML) Read(*Request, *http.Request, []byte) error { return nil }

// cbor is Smithy's RPC with CBOR (RFC 8949), of which failures need no more than
// a map of two texts.
type cbor struct{ JSON }

// Read takes the operation from the path: /service/NAME/operation/NAME.
func (cbor) Read(in *Request, r *http.Request, _ []byte) error {
	_, in.Name, _ = strings.Cut(r.URL.Path, "/operation/")
	in.Parameters = json.RawMessage("{}")
	return nil
}

// Fail sends a failure.
func (cbor) Fail(w http.ResponseWriter, _ *Request, e *Error) {
	body := []byte{0xa2} // a map of two
	for _, text := range []string{"__type", e.Code, "message", e.Message} {
		body = append(body, 0x79, byte(len(text)>>8), byte(len(text))) // a text with a length of 16 bits
		body = append(body, text...)
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	Send(w, e.Status, "application/cbor", body)
}

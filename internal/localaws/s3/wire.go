package s3

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

// wire is S3's REST: the operation is the method and the path, with the
// bucket in it, parameters are headers, and what is not an object is XML.
type wire struct{}

// request is a request to S3 as it came.
type request struct {
	bucket, key string
	header      http.Header
	query       url.Values
	body        []byte // without its encoding
	checksum    checksum
	// hasDigest is whether the caller sent one along.
	hasDigest bool
}

func (wire) Read(c *kernel.Request, r *http.Request, body []byte) error {
	in := &request{header: r.Header, query: r.URL.Query()}
	in.bucket, in.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	c.Name = operation(r.Method, in)
	c.Permission = permissions[c.Name]
	if in.query.Has("versionId") {
		c.Permission = cmp.Or(c.Permission, "s3:"+c.Name) + "Version"
	}
	c.Input = in
	parameters := map[string]string{"bucketName": in.bucket}
	if in.key != "" {
		parameters["key"] = in.key
	}
	for name := range in.query {
		parameters[name] = in.query.Get(name)
	}
	var err error
	if c.Parameters, err = json.Marshal(parameters); err != nil {
		return err
	}
	return in.readBody(body)
}

// permissions are the IAM actions that are not named like their operation
// (S3 user guide, "Required permissions for Amazon S3 API operations").
var permissions = map[string]string{
	"HeadObject":    "s3:GetObject",
	"ListObjectsV2": "s3:ListBucket",

	"ListObjectVersions": "s3:ListBucketVersions",
}

// operation is empty for what this account does not have, whose requests
// often differ in nothing but a word in the query.
func operation(method string, in *request) string {
	for name := range in.query {
		if !strings.Contains(" x-id list-type prefix delimiter start-after continuation-token max-keys encoding-type fetch-owner versions versionId ", " "+name+" ") {
			return ""
		}
	}
	switch {
	case in.bucket == "":
	case in.key == "" && method == http.MethodGet && in.query.Get("list-type") == "2":
		return "ListObjectsV2"
	case in.key == "" && method == http.MethodGet && in.query.Has("versions"):
		return "ListObjectVersions"
	case in.key == "" || in.header.Get("X-Amz-Copy-Source") != "":
	case method == http.MethodPut:
		return "PutObject"
	case method == http.MethodGet:
		return "GetObject"
	case method == http.MethodHead:
		return "HeadObject"
	case method == http.MethodDelete:
		return "DeleteObject"
	}
	return ""
}

// answer is what an operation of S3 answers: headers, and an object's bytes
// or a document.
type answer struct {
	status   int
	header   map[string]string
	body     []byte
	document any
}

func (wire) Answer(w http.ResponseWriter, c *kernel.Request, returned any) error {
	out, ok := returned.(answer)
	if !ok {
		return fmt.Errorf("%s has no answer of S3", c.Action())
	}
	contentType := out.header["Content-Type"]
	if out.document != nil {
		document, err := xml.Marshal(out.document)
		if err != nil {
			return err
		}
		out.body, contentType = append([]byte(xml.Header), document...), "application/xml"
	}
	w.Header().Set("x-amz-request-id", c.ID)
	for name, value := range out.header {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	if contentType == "" {
		w.WriteHeader(out.status)
		return nil
	}
	kernel.Send(w, out.status, contentType, out.body)
	return nil
}

func (wire) Fail(w http.ResponseWriter, c *kernel.Request, e *kernel.Error) {
	code, status := ofS3(e)
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		RequestID string `xml:"RequestId"`
	}{Code: code, Message: e.Message, RequestID: c.ID})
	if err == nil {
		w.Header().Set("x-amz-request-id", c.ID)
		kernel.Send(w, status, "application/xml", append([]byte(xml.Header), body...))
	}
}

// ofS3 is how S3 says what other services say otherwise (S3 API reference,
// "Error responses").
func ofS3(e *kernel.Error) (code string, status int) {
	switch e.Code {
	case kernel.Throttled:
		return "SlowDown", http.StatusServiceUnavailable
	case kernel.ServerFailed:
		return "InternalError", http.StatusInternalServerError
	case "AccessDeniedException", "MissingAuthenticationTokenException":
		return "AccessDenied", http.StatusForbidden
	case "UnrecognizedClientException":
		return "InvalidAccessKeyId", http.StatusForbidden
	case "InvalidSignatureException":
		return "SignatureDoesNotMatch", http.StatusForbidden
	case "UnknownOperationException":
		return "NotImplemented", http.StatusNotImplemented
	case "RequestEntityTooLargeException":
		return "EntityTooLarge", http.StatusBadRequest
	}
	return e.Code, e.Status
}

// failure is a failure with a code of S3's own.
func failure(status int, code, format string, args ...any) error {
	return &kernel.Error{Code: code, Status: status, Message: fmt.Sprintf(format, args...)}
}

// with makes an operation of a function that takes a request to S3.
func with(f func(*kernel.Request, *request) (answer, error)) func(*kernel.Request) (any, error) {
	return func(r *kernel.Request) (any, error) {
		in, ok := r.Input.(*request)
		if !ok {
			return nil, fmt.Errorf("%s has no request of S3", r.Action())
		}
		return f(r, in)
	}
}

package localaws

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody bounds a request that does not bring an object to S3. The largest
// that AWS takes is an SNS message of 256 KB, each byte of which may take three
// in a form.
const maxBody = 1 << 20

// call is one API call on its way through the account.
type call struct {
	principal  Principal
	region     *region
	service    string // as in the scope of its signature: ecs, sns, sts
	name       string // of the operation
	parameters json.RawMessage
	form       url.Values // in Query
	userAgent  string
	requestID  string
	at         time.Time
	s3         *s3Request // in S3's REST
	permission string     // that the operation needs, where it has another name
}

// action is how IAM policies name the operation.
func (c *call) action() string { return cmp.Or(c.permission, c.service+":"+c.name) }

// operation is what the account can do for a caller.
type operation struct {
	bucket  string
	perform func(*call) (any, error) // under the account's lock
}

func (a *Account) allOperations() map[string]operation {
	all := map[string]operation{}
	for _, some := range []map[string]operation{
		a.settingOperations(), a.definitionOperations(), a.clusterOperations(), a.taskOperations(),
		a.serviceOperations(), a.taskSetOperations(), a.scalingOperations(), a.snsOperations(), stsOperations(),
		a.execOperations(), a.lookupOperations(), a.trailOperations(), a.s3Operations(), ruleOperations(),
		queueOperations(), subscriptionOperations(), a.findingOperations(),
	} {
		for action, o := range some {
			all[action] = o
		}
	}
	return all
}

// protocol is how calls and answers look on the wire.
type protocol interface {
	// read finds the operation and the parameters of a request.
	read(*call, *http.Request, []byte) error
	answer(http.ResponseWriter, *call, any) error
	fail(http.ResponseWriter, *call, *apiError)
}

// ServeHTTP answers one API call.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, channelPath) {
		a.serveChannel(w, r)
		return
	}
	c := &call{requestID: a.ids.uuid(), userAgent: r.UserAgent()}
	w.Header().Set("x-amzn-RequestId", c.requestID)
	wire := wireOf(r)
	answer, fault, err := a.take(wire, c, w, r)
	if fault.Effect == DropConnection || fault.Effect == LoseAnswer {
		drop(w)
		return
	}
	if err == nil {
		err = wire.answer(w, c, answer)
	}
	if err != nil {
		wire.fail(w, c, asAPIError(err))
	}
}

// take reads a request, meets the fault that waits for it, and performs it.
func (a *Account) take(wire protocol, c *call, w http.ResponseWriter, r *http.Request) (any, Fault, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody(r)))
	if err != nil {
		return nil, Fault{}, &apiError{
			code: "RequestEntityTooLargeException", status: http.StatusRequestEntityTooLarge,
			message: fmt.Sprintf("The request body could not be read: %v", err),
		}
	}
	if err := a.identify(c, r); err != nil {
		return nil, Fault{}, err
	}
	if err := wire.read(c, r, body); err != nil {
		return nil, Fault{}, err
	}
	op, ok := a.operations[c.service+":"+c.name]
	if !ok {
		return nil, Fault{}, unknownOperation(c)
	}
	a.mu.Lock()
	fault, _ := a.fault(false, c.name, c.principal.AccessKeyID)
	a.mu.Unlock()
	sleep(r.Context(), fault.Latency)
	if fault.Effect == DropConnection {
		return nil, fault, nil
	}
	answer, err := a.perform(c, op, fault)
	return answer, fault, err
}

// perform does a call and records it.
func (a *Account) perform(c *call, op operation, fault Fault) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.at = a.clock.now()
	answer, err := a.permitted(c, op, fault)
	var failure *apiError
	if err != nil {
		failure = asAPIError(err)
		if failure.code == throttled().code {
			a.limited[c.name]++
		}
	}
	a.remember(c, failure)
	a.trail(c, answer, failure)
	a.bus.flush()
	return answer, err
}

func (a *Account) permitted(c *call, op operation, fault Fault) (any, error) {
	switch {
	case fault.Effect == Throttle || !a.takeToken(c, op.bucket):
		return nil, throttled()
	case fault.Effect == ServerError:
		return nil, serverError()
	case fault.Effect == DenyAccess || a.isDenied(c.principal, c.action()):
		return nil, accessDenied(c.principal, c.action())
	}
	return op.perform(c)
}

// scopeEnd is the last part of every signature's scope.
const scopeEnd = "aws4_request"

// identify finds out from the signature who calls, which service, and where:
// AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ….
func (a *Account) identify(c *call, r *http.Request) error {
	header := r.Header.Get("Authorization")
	_, rest, ok := strings.Cut(header, "Credential=")
	if !ok || !strings.HasPrefix(header, "AWS4-HMAC-SHA256 ") {
		return &apiError{
			code: "MissingAuthenticationTokenException", queryCode: "MissingAuthenticationToken",
			status: http.StatusBadRequest, queryStatus: http.StatusForbidden, message: "Missing Authentication Token",
		}
	}
	credential, _, _ := strings.Cut(rest, ",")
	scope := strings.Split(strings.TrimSpace(credential), "/")
	if len(scope) != 5 {
		return badSignature("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
	}
	if scope[4] != scopeEnd {
		return badSignature("Credential should be scoped with a valid terminator: '" + scopeEnd + "'.")
	}
	if c.principal, ok = principal(scope[0]); !ok {
		return &apiError{
			code: "UnrecognizedClientException", queryCode: "InvalidClientTokenId",
			status: http.StatusBadRequest, queryStatus: http.StatusForbidden,
			message: "The security token included in the request is invalid.",
		}
	}
	if c.region, ok = a.regions[scope[2]]; !ok {
		return badSignature("Credential should be scoped to a valid region: this account is in " + strings.Join(Regions(), " and ") + ".")
	}
	c.service = scope[3]
	return nil
}

func badSignature(message string) error {
	return &apiError{
		code: "InvalidSignatureException", queryCode: "SignatureDoesNotMatch",
		status: http.StatusBadRequest, queryStatus: http.StatusForbidden, message: message,
	}
}

func unknownOperation(c *call) error {
	return &apiError{
		code: "UnknownOperationException", queryCode: "InvalidAction", status: http.StatusBadRequest,
		message: fmt.Sprintf("This local account has no operation %s.", c.action()),
	}
}

func asAPIError(err error) *apiError {
	var failure *apiError
	if errors.As(err, &failure) {
		return failure
	}
	return &apiError{
		code: "ServerException", queryCode: "InternalError", status: http.StatusInternalServerError,
		message: err.Error(),
	}
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// Not a connection of its own (HTTP/2): the answer stays empty.
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}

// track lets Close wait for connections. A new one is announced before its
// goroutine starts.
func (a *Account) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		a.serving.Add(1)
	case http.StateClosed, http.StateHijacked:
		a.serving.Done()
	case http.StateActive, http.StateIdle:
	}
}

package kernel

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// maxBody bounds a request that does not bring an object. The largest that AWS
// takes is an SNS message of 256 KB, each byte of which may take three in a
// form.
const maxBody = 1 << 20

// ServeHTTP answers one API call.
func (k *Kernel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for prefix, handler := range k.paths {
		if strings.HasPrefix(r.URL.Path, prefix) {
			k.serving.Add(1) // the connection may not stay the HTTP server's
			defer k.serving.Done()
			handler(w, r)
			return
		}
	}
	in := &Request{ID: k.IDs.UUID(), UserAgent: r.UserAgent()}
	w.Header().Set("x-amzn-RequestId", in.ID)
	s := k.serviceOf(r)
	answer, fault, err := k.take(s, in, w, r)
	if fault.Effect == DropConnection || fault.Effect == LoseAnswer || r.Context().Err() != nil {
		drop(w)
		return
	}
	if fault.Effect == Garbage {
		Send(w, http.StatusOK, "text/html", []byte("<html><body>It works!</body></html>"))
		return
	}
	if err == nil {
		err = s.Protocol.Answer(w, in, answer)
	}
	if err != nil {
		s.Protocol.Fail(w, in, asError(err))
	}
}

// serviceOf is the service that a request is for: the one of its target or,
// without one, the one that it is signed for. Where there is none of that name,
// it is one without operations. What is not signed and asks for no service is
// S3's, as it is in AWS.
func (k *Kernel) serviceOf(r *http.Request) Service {
	target, _ := splitTarget(r)
	signedFor := ""
	if scope, err := scopeOf(r); err == nil {
		signedFor = scope.service
	} else if r.Method != http.MethodPost {
		signedFor = "s3"
	}
	i := slices.IndexFunc(k.services, func(s Service) bool {
		if target != "" {
			return slices.Contains(s.Targets, target)
		}
		return s.Name == signedFor && len(s.Targets) == 0
	})
	if i >= 0 {
		return k.services[i]
	}
	return unknownService(signedFor, r)
}

// take reads a request, meets the fault that waits for it, and performs it.
func (k *Kernel) take(s Service, in *Request, w http.ResponseWriter, r *http.Request) (any, Fault, error) {
	largest := int64(maxBody)
	if r.Method == http.MethodPut {
		largest += s.LargestObject // which grows by its encoding
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err != nil {
		return nil, Fault{}, &Error{
			Code: "RequestEntityTooLargeException", Status: http.StatusRequestEntityTooLarge,
			Message: fmt.Sprintf("The request body could not be read: %v", err),
		}
	}
	if err := k.Identify(in, r); err != nil {
		return nil, Fault{}, err
	}
	if in.Service != s.Name {
		target, _ := splitTarget(r)
		return nil, Fault{}, badSignature("Credential should be scoped to the service of " + target + ".")
	}
	if err := s.Protocol.Read(in, r, body); err != nil {
		return nil, Fault{}, err
	}
	op, ok := s.Operations[in.Name]
	if !ok {
		return nil, Fault{}, k.unknownOperation(in, r)
	}
	k.Lock()
	fault := k.fault(false, in.Name, in.Principal.AccessKeyID)
	k.Unlock()
	Pause(r.Context(), fault.Latency)
	if fault.Effect == DropConnection || fault.Effect == Garbage || r.Context().Err() != nil {
		return nil, fault, nil
	}
	answer, err := k.perform(s, in, op, fault)
	return answer, fault, err
}

// perform does a call and records it.
func (k *Kernel) perform(s Service, r *Request, op Operation, fault Fault) (any, error) {
	k.Lock()
	defer k.Unlock()
	r.At = k.Clock.Now()
	answer, err := k.permitted(r, op, fault)
	var failure *Error
	if err != nil {
		failure = asError(err)
		if failure.Code == Throttled {
			k.limited[r.Name]++
		}
	}
	k.remember(r, op.Limit, failure)
	if s.Recorded {
		shown := answer
		if op.Shown != nil && failure == nil {
			shown = op.Shown(answer)
		}
		k.Hooks.Record(r, shown, failure)
	}
	k.Clock.ahead += k.callTime
	k.Hooks.Flush()
	return answer, err
}

func (k *Kernel) permitted(r *Request, op Operation, fault Fault) (any, error) {
	switch {
	case fault.Effect == Throttle || !k.takeToken(r.Region, op.Limit):
		return nil, throttled()
	case fault.Effect == ServerError:
		return nil, serverError()
	case fault.Effect == DenyAccess || k.IsDenied(r.Principal, r.Action()):
		return nil, AccessDenied(r.Principal, r.Action())
	}
	return op.Perform(r)
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

// Send writes an answer. That it does not arrive concerns the caller alone.
func Send(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

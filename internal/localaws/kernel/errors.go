package kernel

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is how a call fails. The protocols have different codes for some
// failures that all services share.
type Error struct {
	Code      string // in AWS JSON
	QueryCode string // in Query, where it differs
	Status    int
	// QueryStatus is the HTTP status in Query, where it differs.
	QueryStatus int
	Message     string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// The codes that a service may have other words for.
const (
	Throttled    = "ThrottlingException"
	ServerFailed = "ServerException"
)

// ofQuery is the error as the Query protocol shows it.
func (e *Error) ofQuery() (code string, status int) {
	code, status = e.Code, e.Status
	if e.QueryCode != "" {
		code = e.QueryCode
	}
	if e.QueryStatus != 0 {
		status = e.QueryStatus
	}
	return code, status
}

// faultOf is whose fault a failure is, as Query has it.
func faultOf(status int) string {
	if status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// ClientError is a fault of the caller with a code of the service's own.
func ClientError(code, format string, args ...any) *Error {
	return &Error{Code: code, Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// InvalidParameter is a fault of the caller in a parameter.
func InvalidParameter(format string, args ...any) *Error {
	e := ClientError("InvalidParameterException", format, args...)
	e.QueryCode = "InvalidParameter"
	return e
}

// AccessDenied refuses an action to a principal.
func AccessDenied(p Principal, action string) *Error {
	return &Error{
		Code: "AccessDeniedException", Status: http.StatusBadRequest,
		QueryCode: "AuthorizationError", QueryStatus: http.StatusForbidden,
		Message: fmt.Sprintf("User: %s is not authorized to perform: %s", p.CallerARN(), action),
	}
}

// NotSerialized refuses parameters that cannot be read.
func NotSerialized(err error) error {
	return ClientError("SerializationException", "%v", err)
}

func throttled() *Error {
	return &Error{
		Code: Throttled, QueryCode: "Throttling", Status: http.StatusBadRequest,
		Message: "Rate exceeded",
	}
}

func serverError() *Error {
	return &Error{
		Code: ServerFailed, QueryCode: "InternalError", Status: http.StatusInternalServerError,
		Message: "Service Unavailable. Please try again later.",
	}
}

func badSignature(message string) error {
	return &Error{
		Code: "InvalidSignatureException", QueryCode: "SignatureDoesNotMatch",
		Status: http.StatusBadRequest, QueryStatus: http.StatusForbidden, Message: message,
	}
}

func asError(err error) *Error {
	var failure *Error
	if errors.As(err, &failure) {
		return failure
	}
	return &Error{
		Code: "ServerException", QueryCode: "InternalError", Status: http.StatusInternalServerError,
		Message: err.Error(),
	}
}

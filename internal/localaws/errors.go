package localaws

import (
	"fmt"
	"net/http"
)

// apiError is how a call fails. The two protocols have different codes for
// some failures that all services share.
type apiError struct {
	code      string // in AWS JSON
	queryCode string // in Query, where it differs
	status    int
	// queryStatus is the HTTP status in Query, where it differs.
	queryStatus int
	message     string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// ofQuery is the error as the Query protocol shows it.
func (e *apiError) ofQuery() (code string, status int) {
	code, status = e.code, e.status
	if e.queryCode != "" {
		code = e.queryCode
	}
	if e.queryStatus != 0 {
		status = e.queryStatus
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

// clientError is a fault of the caller with a code of the service's own.
func clientError(code, format string, args ...any) *apiError {
	return &apiError{code: code, status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

func invalidParameter(format string, args ...any) *apiError {
	e := clientError("InvalidParameterException", format, args...)
	e.queryCode = "InvalidParameter"
	return e
}

// clientException is ECS's code for what the caller did wrong but in a
// parameter's form.
func clientException(format string, args ...any) *apiError {
	return clientError("ClientException", format, args...)
}

func accessDenied(p Principal, action string) *apiError {
	return &apiError{
		code: "AccessDeniedException", status: http.StatusBadRequest,
		queryCode: "AuthorizationError", queryStatus: http.StatusForbidden,
		message: fmt.Sprintf("User: %s is not authorized to perform: %s", p.CallerARN(), action),
	}
}

func throttled() *apiError {
	return &apiError{
		code: "ThrottlingException", queryCode: "Throttling", status: http.StatusBadRequest,
		message: "Rate exceeded",
	}
}

func serverError() *apiError {
	return &apiError{
		code: "ServerException", queryCode: "InternalError", status: http.StatusInternalServerError,
		message: "Service Unavailable. Please try again later.",
	}
}

package ecsapi

import (
	"errors"
	"fmt"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// failure tells a refusal, which someone else has to resolve, from a failure,
// which may pass.
func failure(call guard.Call, err error) (guard.Result, string) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return guard.Failed, "No answer from AWS: " + err.Error() + "."
	}
	detail := fmt.Sprintf("AWS answered %s: %s", api.ErrorCode(), api.ErrorMessage())
	if refused(call, api) {
		return guard.RefusedByAWS, detail
	}
	return guard.Failed, detail
}

func refused(call guard.Call, api smithy.APIError) bool {
	switch api.ErrorCode() {
	case "AccessDeniedException", "AccessDenied", "UnauthorizedException":
		return true
	}
	// How ECS refuses to change another principal's setting is not documented
	// beyond that it does: any fault of the caller counts.
	_, override := call.(guard.PutAccountSetting)
	return override && api.ErrorFault() == smithy.FaultClient && !throttled(api)
}

func throttled(api smithy.APIError) bool {
	_, ok := retry.DefaultThrottleErrorCodes[api.ErrorCode()]
	return ok
}

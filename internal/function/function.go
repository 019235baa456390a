package function

import (
	"context"
	"errors"
	"fmt"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Home is where a function runs, by the ARN with which it was invoked.
func Home(ctx context.Context) (guard.Place, error) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return guard.Place{}, errors.New("the invocation has no Lambda context")
	}
	function, err := arn.Parse(lc.InvokedFunctionArn)
	if err != nil {
		return guard.Place{}, fmt.Errorf("invoked function ARN %q: %w", lc.InvokedFunctionArn, err)
	}
	return guard.Place{Account: function.AccountID, Region: function.Region}, nil
}

// Texts are faults of a policy document as people read them.
func Texts(faults []config.Fault) []string {
	var list []string
	for _, fault := range faults {
		list = append(list, fault.Error())
	}
	return list
}

package wiring

import (
	"bytes"
	"context"
	"encoding/json"

	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"

	"github.com/aws/aws-lambda-go/cfn"
)

// deployment reads a request that CloudFormation makes of the stack's custom
// resource; events of EventBridge are none.
func deployment(event []byte) (cfn.Event, bool) {
	var request cfn.Event
	if !bytes.Contains(event, []byte("ResponseURL")) {
		return request, false // spares events a second parsing
	}
	if err := json.Unmarshal(event, &request); err != nil {
		return request, false
	}
	return request, request.RequestType != "" && request.StackID != "" && request.ResponseURL != ""
}

// deploy answers CloudFormation: the first deployment and every later one turn
// FIPS mode on, the deletion of the stack never turns it off.
func deploy(ctx context.Context, e *enforcer.Enforcer, location guard.Location, request cfn.Event) error {
	_, err := cfn.LambdaWrap(func(ctx context.Context, request cfn.Event) (string, map[string]any, error) {
		if request.RequestType == cfn.RequestDelete {
			return resourceID(location), nil, nil
		}
		return resourceID(location), nil, e.CheckSetting(ctx, location, "fipsguard deployed")
	})(ctx, request)
	return err
}

// resourceID is the same for every deployment, so that CloudFormation never
// replaces the resource, which would delete the old one.
func resourceID(location guard.Location) string {
	return "fargateFIPSMode@" + location.Account + "/" + location.Region
}

package wiring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"

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
// FIPS mode on, the deletion of the stack never turns it off. Whoever may invoke
// the function chooses where the answer goes, so it goes to CloudFormation only.
func deploy(ctx context.Context, e *enforcer.Enforcer, location guard.Location, request cfn.Event, simulated bool) error {
	deployed := func(ctx context.Context, request cfn.Event) (string, map[string]any, error) {
		if request.RequestType == cfn.RequestDelete {
			return resourceID(location), nil, nil
		}
		return resourceID(location), nil, e.CheckSetting(ctx, location, "fipsguard deployed")
	}
	if err := ofCloudFormation(request.ResponseURL, simulated); err != nil {
		_, _, failed := deployed(ctx, request)
		return errors.Join(failed, err)
	}
	_, err := cfn.LambdaWrap(deployed)(ctx, request)
	return err
}

// responseHost is where CloudFormation waits for answers: a bucket that it
// keeps in each Region, named after the Region without dashes.
const responseHost = `^cloudformation-custom-resource-response-[a-z0-9]+\.s3([.-][a-z0-9-]+)?\.amazonaws\.com$`

// ofCloudFormation refuses a URL that is not CloudFormation's. Next to a
// simulated account it may be on loopback, too. The error leaves out the query,
// which is a signature.
func ofCloudFormation(address string, simulated bool) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("ResponseURL is no URL: CloudFormation was not answered")
	}
	if simulated && onLoopback(u.Hostname()) || u.Scheme == "https" && u.User == nil && regexp.MustCompile(responseHost).MatchString(u.Host) {
		return nil
	}
	return fmt.Errorf("ResponseURL's host %q is not CloudFormation's: it was not answered", u.Host)
}

// isSimulated reports whether AWS is on loopback.
func isSimulated(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && onLoopback(u.Hostname())
}

// onLoopback takes addresses only: what a name means is the resolver's choice.
func onLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// resourceID is the same for every deployment, so that CloudFormation never
// replaces the resource, which would delete the old one.
func resourceID(location guard.Location) string {
	return "fargateFIPSMode@" + location.Account + "/" + location.Region
}

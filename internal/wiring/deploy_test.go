package wiring

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/metric"

	"github.com/aws/aws-lambda-go/cfn"
)

// TestOnlyCloudFormationIsAnswered: whoever may invoke the function writes the
// request, and with it where the function sends something.
func TestOnlyCloudFormationIsAnswered(t *testing.T) {
	for address, want := range map[string]bool{
		"https://cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com/arn%3Aaws?X-Amz-Signature=s": true,
		"https://cloudformation-custom-resource-response-usgovwest1.s3-us-gov-west-1.amazonaws.com/a":                           true,
		"https://cloudformation-custom-resource-response-usgoveast1.s3-fips-us-gov-east-1.amazonaws.com/a":                      true,
		"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/a":                                            true,

		"http://cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com/a":            false,
		"https://cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com:8443/a":      false,
		"https://cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com.evil.test/a": false,
		"https://cloudformation-custom-resource-response-x.evil.s3.amazonaws.com/a":                             false,
		"https://evil.test/cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com/a": false,
		"https://cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com@evil.test/a": false,
		"https://u@cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com/a":         false,
		"https://cloudformation-custom-resource-response-usgovwest1.execute-api.us-gov-west-1.amazonaws.com/a":  false,
		"https://mine.s3.us-gov-west-1.amazonaws.com/cloudformation-custom-resource-response-usgovwest1":        false,
		"https://169.254.169.254/latest": false,
		"http://127.0.0.1:9001/a":        false,
		"http://localhost/a":             false,
		"%":                              false,
	} {
		err := ofCloudFormation(address, false)
		if (err == nil) != want {
			t.Errorf("%s: %v, want it to be answered: %t", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "Signature") {
			t.Errorf("the error shows a signature: %v", err)
		}
	}
	if err := ofCloudFormation("http://127.0.0.1:9001/a", true); err != nil {
		t.Errorf("beside a simulated account: %v", err)
	}
	for endpoint, want := range map[string]bool{"": false, "http://127.0.0.1:4566": true, "https://vpce-1.ecs.us-gov-west-1.vpce.amazonaws.com": false} {
		if got := isSimulated(endpoint); got != want {
			t.Errorf("AWS at %q is simulated: %t", endpoint, got)
		}
	}
}

// TestAForeignRequestOnlyTurnsItOn: nothing is sent where it says, and the mode
// is on all the same.
func TestAForeignRequestOnlyTurnsItOn(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was sent to a host that is not CloudFormation's", r.Method)
	}))
	defer elsewhere.Close()
	account := guardtest.New(time.Now())
	account.Default = guard.ModeOff
	e := &enforcer.Enforcer{Account: account, Notifier: silent{}, Policy: guard.DefaultPolicy(),
		Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: account.Now}
	request := cfn.Event{RequestType: cfn.RequestCreate, ResponseURL: elsewhere.URL, StackID: "s", RequestID: "r", LogicalResourceID: "l"}
	location := guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}
	if err := deploy(t.Context(), e, location, request, false); err == nil || !strings.Contains(err.Error(), "not CloudFormation's") {
		t.Errorf("the error is %v", err)
	}
	if account.Default != guard.ModeOn {
		t.Error("FIPS mode is off")
	}
}

type silent struct{}

func (silent) Publish(context.Context, alert.Message) error { return nil }

package wiring

import (
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Function is a function's handler. It is the interface of Lambda's library, which
// the functions alone link: it pulls in more than the programs of the terminal use.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// Location is where a function runs, by the ARN with which it was invoked.
func Location(ctx context.Context) (guard.Location, error) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return guard.Location{}, errors.New("the invocation has no Lambda context")
	}
	function, err := arn.Parse(lc.InvokedFunctionArn)
	if err != nil {
		return guard.Location{}, fmt.Errorf("invoked function ARN %q: %w", lc.InvokedFunctionArn, err)
	}
	return guard.Location{Account: function.AccountID, Region: function.Region}, nil
}

// InvokedARN is the ARN with which a function was invoked; empty outside Lambda.
func InvokedARN(ctx context.Context) string {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	return lc.InvokedFunctionArn
}

// Logger writes to Lambda's log.
func Logger(out io.Writer, settings config.Enforcer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: settings.LogLevel}))
}

// LogStart writes what a program runs on.
func LogStart(log *slog.Logger, settings config.Enforcer) {
	log.Info("start", "fips140", fips140.Enabled(), "fips140Module", fips140.Version(), "mode", settings.Mode)
}

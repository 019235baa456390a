package ecsapi

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
)

const (
	// AttemptTime is what one attempt of a call may take. The SDK sets no such
	// limit: a connection that hangs would cost the whole time of the function.
	AttemptTime = 5 * time.Second
	// attempts and longestPause bound the SDK's retries of a call about the
	// setting: three that are throttled cost six seconds at most. The call's
	// deadline bounds their time.
	attempts     = 8
	longestPause = 2 * time.Second
)

// ShortAttempts is an option for the ECS client: an attempt that takes longer
// than a limit is given up, and the next one goes out on a new connection. A
// client other than the SDK's own keeps its connections.
func ShortAttempts(limit time.Duration) func(*ecs.Options) {
	connections := awshttp.NewBuildableClient().GetTransport()
	// With HTTP/2 the next attempt would join the connection that hangs.
	connections.ForceAttemptHTTP2 = false
	connections.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	bound := middleware.FinalizeMiddlewareFunc("ShortAttempts", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if awsmiddleware.GetOperationName(ctx) == "ExecuteCommand" {
			return next.HandleFinalize(ctx, in) // the next attempt would open a second session; who asks has a time of its own
		}
		attempt, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		out, metadata, err := next.HandleFinalize(attempt, in)
		if err != nil && attempt.Err() != nil && ctx.Err() == nil {
			connections.CloseIdleConnections() // they may be as dead as this one
			err = attemptTimeout{limit}
		}
		return out, metadata, err
	})
	return func(o *ecs.Options) {
		if _, own := o.HTTPClient.(*awshttp.BuildableClient); own {
			o.HTTPClient = &http.Client{
				Transport:     connections,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}
		}
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			// Innermost, so that waiting for a turn is not counted.
			return stack.Finalize.Add(bound, middleware.After)
		})
	}
}

// shortPauses is an option for the setting's calls: they do not wait as long as
// others may, and what the others spent of the client's retries is not theirs.
func shortPauses(o *ecs.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, longestPause })
}

// attemptTimeout ends one attempt, which the SDK then repeats. It hides the
// context's error, by which the SDK would take the whole call as given up.
type attemptTimeout struct{ limit time.Duration }

func (a attemptTimeout) Error() string        { return fmt.Sprintf("no answer within %s", a.limit) }
func (a attemptTimeout) RetryableError() bool { return true }

package wiring

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"fipsguard/internal/enforcer"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/metric"
	"fipsguard/internal/policydoc"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// TestWhatFailsReachesLambda, at each way into the function: only then is the
// event repeated, and kept in the failure queue.
func TestWhatFailsReachesLambda(t *testing.T) {
	const turnedOff = `{"detail-type":"AWS API Call via CloudTrail","account":"` + guardtest.AccountID + `","region":"` + guardtest.Region + `","detail":{` +
		`"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault","eventID":"1","recipientAccountId":"` + guardtest.AccountID + `",` +
		`"awsRegion":"` + guardtest.Region + `","requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}}`
	inLambda := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws-us-gov:lambda:" + guardtest.Region + ":" + guardtest.AccountID + ":function:fipsguard-enforcer",
	})
	for name, c := range map[string]struct{ event, answer string }{
		"an event":             {event: turnedOff},
		"the minute":           {event: `{"check":"setting"}`},
		"a deployment":         {event: `{"RequestType":"Create","ResponseURL":"https://elsewhere.example/","StackId":"s","RequestId":"r","LogicalResourceId":"l"}`},
		"a message of a queue": {fmt.Sprintf(`{"Records":[{"messageId":"m1","eventSource":"aws:sqs","body":%q}]}`, turnedOff), `{"batchItemFailures":[{"itemIdentifier":"m1"}]}`},
	} {
		account := guardtest.New(time.Now())
		account.Default = guard.ModeOff
		account.Faults[guardtest.EveryWrite] = guardtest.Down
		h := Handler(&enforcer.Enforcer{
			Account: account, Notifier: silent{}, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()),
			Log: slog.New(slog.DiscardHandler), Metrics: metric.NewWriter(io.Discard), Now: account.Now,
		})
		answer, err := h.Invoke(inLambda, []byte(c.event))
		if err == nil != (c.answer != "") || string(answer) != c.answer {
			t.Errorf("%s: Lambda is answered %q, error %v", name, answer, err)
		}
	}
}

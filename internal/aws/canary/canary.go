// Package canary reads from the enforcer's log which canaries it received. The
// enforcer writes one line for each (internal/metric), which is also its metric;
// the log group is protected by the integrity policies, and its lines have the
// time of the call, by which a canary is told from another. ADR 16 says why the
// log and not the metric.
package canary

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Log is the log of the enforcer, in the configuration's account and Region.
type Log struct{ Config aws.Config }

// maxPages bounds what is read: a day has 24 canaries, and a page may be empty.
const maxPages = 50

// Received returns the canaries that the enforcer received since a time, or why
// that is unknown, as the end of a sentence. What came more than once counts with
// its first time. Lines that are not the guard's own are left out.
func (l Log) Received(ctx context.Context, since time.Time) (all []guard.Canary, unknown string) {
	in := struct {
		LogGroupName  string `json:"logGroupName"`
		StartTime     int64  `json:"startTime"`
		FilterPattern string `json:"filterPattern"`
		NextToken     string `json:"nextToken,omitempty"`
	}{LogGroupName: "/aws/lambda/" + product.Enforcer, StartTime: since.UnixMilli(), FilterPattern: product.CanaryReceived}
	received := received{}
	for range maxPages {
		var out struct {
			Events []struct {
				Message string `json:"message"`
			} `json:"events"`
			NextToken string `json:"nextToken"`
		}
		if err := signedcall.Logs(l.Config).Call(ctx, "FilterLogEvents", in, &out); err != nil {
			return nil, answer.Why("FilterLogEvents of the enforcer's log", err)
		}
		for _, e := range out.Events {
			received.add(e.Message)
		}
		if out.NextToken == "" {
			return received.all, ""
		}
		in.NextToken = out.NextToken
	}
	return nil, fmt.Sprintf("the enforcer's log goes on after %d pages", maxPages)
}

// received are canaries, by when they were sent.
type received struct{ all []guard.Canary }

// line is what the enforcer writes for a canary. A test holds it against
// internal/metric.
type line struct {
	CanaryReceived *int64 // milliseconds
	CanarySent     time.Time
}

func (r *received) add(message string) {
	var l line
	if json.Unmarshal([]byte(message), &l) != nil || l.CanaryReceived == nil || l.CanarySent.IsZero() {
		return
	}
	one := guard.Canary{Sent: l.CanarySent, Latency: time.Duration(*l.CanaryReceived) * time.Millisecond}
	for i, known := range r.all {
		if known.Sent.Equal(one.Sent) {
			r.all[i].Latency = min(known.Latency, one.Latency)
			return
		}
	}
	r.all = append(r.all, one)
}

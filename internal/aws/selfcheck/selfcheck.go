package selfcheck

import (
	"context"
	"crypto/fips140"
	"fmt"
	"maps"
	"slices"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Guard says how to check the guard that is deployed in one account and Region.
type Guard struct {
	Trails        *cloudtrail.Client
	Rules         *eventbridge.Client
	Subscriptions *sns.Client
	Queues        *sqs.Client
	Patterns      map[string]string // of the events that feed the guard, by the names of the rules
	Targets       map[string]string // ARNs of the function or queue that gets a rule's events, by the same names
	TopicARN      string
	ReportedARN   string // of the guard's own queue, which is subscribed to the topic
	QueueURLs     []string
}

// Observe reads every component. One that could not be read says so; it
// is never taken for fine.
func (g Guard) Observe(ctx context.Context) []guard.Component {
	parts := []guard.Component{g.trail(ctx)}
	for _, name := range slices.Sorted(maps.Keys(g.Patterns)) {
		parts = append(parts, g.rule(ctx, name))
	}
	parts = append(parts, g.subscriptions(ctx))
	for _, url := range g.QueueURLs {
		parts = append(parts, g.queue(ctx, url))
	}
	return append(parts, Module())
}

// module is the version of the Go Cryptographic Module that was validated
// (docs/facts.md, "The guard's own cryptography").
const module = "v1.0.0"

// Module checks the running program's cryptography.
func Module() guard.Component {
	part := guard.Component{Rule: guard.GuardModule, Name: "Go Cryptographic Module"}
	if version := fips140.Version(); version != module {
		part.Faults = append(part.Faults, fmt.Sprintf("the program was built with version %q of the Go Cryptographic Module instead of %s", version, module))
	}
	if !fips140.Enabled() {
		part.Faults = append(part.Faults, "the program does not run in FIPS mode")
	}
	part.Seen = "The program runs on version " + module + " in FIPS mode."
	return part
}

// unanswered is a part that AWS did not show.
func unanswered(part guard.Component, call string, err error) guard.Component {
	part.Unknown = answer.Why(call, err)
	return part
}

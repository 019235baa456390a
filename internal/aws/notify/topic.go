// Package notify publishes alerts to an SNS topic.
package notify

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/aws/signedcall"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// attemptTime is what one attempt to publish may take, on a connection of its own.
// Without a limit one that hangs would cost all of the time that an alert has.
const attemptTime = 5 * time.Second

// Topic publishes alerts to one topic. It is safe for concurrent use.
type Topic struct {
	config  aws.Config
	arn     string
	attempt time.Duration
}

// NewTopic is the topic of an ARN.
func NewTopic(c aws.Config, arn string) Topic { return Topic{c, arn, attemptTime} }

// Publish sends people the text, and queues, functions and HTTPS endpoints the
// JSON. Without an error SNS has the alert: it answered the ID that it gave it.
func (t Topic) Publish(ctx context.Context, m alert.Message) error {
	variants, err := m.Variants()
	if err != nil {
		return fmt.Errorf("encode alert: %w", err)
	}
	parameters := url.Values{
		"TopicArn": {t.arn}, "Subject": {m.Subject},
		"Message": {string(variants)}, "MessageStructure": {"json"},
	}
	for i, name := range slices.Sorted(maps.Keys(m.Attributes)) {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", i+1)
		parameters.Set(entry+"Name", name)
		parameters.Set(entry+"Value.DataType", alert.AttributeType)
		parameters.Set(entry+"Value.StringValue", m.Attributes[name])
	}
	if _, err := signedcall.Notifications(t.config).Within(t.attempt).Call(ctx, "Publish", parameters, "MessageId"); err != nil {
		return fmt.Errorf("publish to %s: %w", t.arn, err)
	}
	return nil
}

// Package notify publishes alerts to an SNS topic.
package notify

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"fipsguard/internal/alert"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// Publisher is the part of SNS that alerts need; *sns.Client has it.
type Publisher interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// attemptTime is what one attempt to publish may take. The SDK sets no such
// limit: a connection that hangs would cost all of the time that an alert has.
const attemptTime = 5 * time.Second

// newClient makes a client of which each attempt has a limit and a connection of
// its own. A client other than the SDK's own keeps its connections and its time.
func newClient(c aws.Config, limit time.Duration) *sns.Client {
	if c.HTTPClient == nil {
		c.HTTPClient = awshttp.NewBuildableClient().WithTimeout(limit).
			WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })
	}
	return sns.NewFromConfig(c)
}

// Topic publishes alerts to one topic. It is safe for concurrent use.
type Topic struct {
	SNS func() Publisher // made for each alert: alerts are rare, and no repair waits for a client
	ARN string
}

// NewTopic is a topic that is published to with the SDK.
func NewTopic(c aws.Config, arn string) Topic {
	return Topic{SNS: func() Publisher { return newClient(c, attemptTime) }, ARN: arn}
}

// Publish sends people the text, and queues, functions and HTTPS endpoints the
// JSON.
func (t Topic) Publish(ctx context.Context, m alert.Message) error {
	variants, err := m.Variants()
	if err != nil {
		return fmt.Errorf("encode alert: %w", err)
	}
	attributes := map[string]types.MessageAttributeValue{}
	for name, value := range m.Attributes {
		attributes[name] = types.MessageAttributeValue{DataType: aws.String(alert.AttributeType), StringValue: aws.String(value)}
	}
	_, err = t.SNS().Publish(ctx, &sns.PublishInput{
		TopicArn:          aws.String(t.ARN),
		Subject:           aws.String(m.Subject),
		Message:           aws.String(string(variants)),
		MessageStructure:  aws.String("json"),
		MessageAttributes: attributes,
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", t.ARN, err)
	}
	return nil
}

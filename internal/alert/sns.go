package alert

import (
	"context"
	"fmt"
	"time"

	"fipsguard/internal/guard"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// Publisher is the part of SNS that alerts need; *sns.Client has it.
type Publisher interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Notifier publishes reports to one topic. It is safe for concurrent use.
type Notifier struct {
	publisher Publisher
	topic     string
	joiner    joiner
}

// NewNotifier publishes to the topic with an ARN.
func NewNotifier(publisher Publisher, topicARN string) *Notifier {
	return &Notifier{publisher: publisher, topic: topicARN}
}

// Notify publishes a report at a time. It is not sent, without an error, when
// it is not noteworthy, and when an alert of the last 15 minutes said the same:
// then it is counted, and told of with the next one that goes out. After an
// error nobody was told of the report; what had been counted is kept, and the
// call is safe to repeat.
func (n *Notifier) Notify(ctx context.Context, r guard.Report, now time.Time) (sent bool, err error) {
	if !r.Noteworthy() {
		return false, nil
	}
	send, with := n.joiner.admit(r, now)
	if !send {
		return false, nil
	}
	defer func() { n.joiner.settle(r, with, sent, now) }()
	if err := n.Publish(ctx, render(r, with)); err != nil {
		return false, err
	}
	return true, nil
}

const attributeType = "String"

// Publish sends people the text, and queues, functions and HTTPS endpoints the
// JSON, without joining.
func (n *Notifier) Publish(ctx context.Context, m Message) error {
	variants, err := m.variants()
	if err != nil {
		return fmt.Errorf("encode alert: %w", err)
	}
	attributes := map[string]types.MessageAttributeValue{}
	for name, value := range m.Attributes {
		attributes[name] = types.MessageAttributeValue{DataType: aws.String(attributeType), StringValue: aws.String(value)}
	}
	_, err = n.publisher.Publish(ctx, &sns.PublishInput{
		TopicArn:          aws.String(n.topic),
		Subject:           aws.String(m.Subject),
		Message:           aws.String(string(variants)),
		MessageStructure:  aws.String("json"),
		MessageAttributes: attributes,
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", n.topic, err)
	}
	return nil
}

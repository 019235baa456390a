package alert

import (
	"context"
	"encoding/json"
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

// Notify publishes a report, unless it says what an alert of the last 15
// minutes said: then it is counted for the next one, and sent is false. An
// error means that nobody was told; nothing is counted as told then, and the
// call is safe to repeat.
func (n *Notifier) Notify(ctx context.Context, r guard.Report, now time.Time) (sent bool, err error) {
	send, before := n.joiner.admit(r, now)
	if !send {
		return false, nil
	}
	if err := n.publish(ctx, render(r, before)); err != nil {
		n.joiner.restore(r, before)
		return false, err
	}
	n.joiner.sent(r, now)
	return true, nil
}

// publish sends email the text, and queues, functions and endpoints the JSON.
func (n *Notifier) publish(ctx context.Context, m Message) error {
	byProtocol, err := json.Marshal(map[string]string{"default": string(m.JSON), "email": m.Text})
	if err != nil {
		return fmt.Errorf("encode alert: %w", err)
	}
	attributes := map[string]types.MessageAttributeValue{}
	for name, value := range m.Attributes {
		attributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
	}
	_, err = n.publisher.Publish(ctx, &sns.PublishInput{
		TopicArn:          aws.String(n.topic),
		Subject:           aws.String(m.Subject),
		Message:           aws.String(string(byProtocol)),
		MessageStructure:  aws.String("json"),
		MessageAttributes: attributes,
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", n.topic, err)
	}
	return nil
}

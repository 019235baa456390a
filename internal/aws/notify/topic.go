// Package notify publishes alerts to an SNS topic.
package notify

import (
	"context"
	"fmt"

	"fipsguard/internal/alert"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// Publisher is the part of SNS that alerts need; *sns.Client has it.
type Publisher interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Topic publishes alerts to one topic. It is safe for concurrent use.
type Topic struct {
	SNS Publisher
	ARN string
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
	_, err = t.SNS.Publish(ctx, &sns.PublishInput{
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

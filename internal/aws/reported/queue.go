// Package reported reads from its queue what was published on the topic of the
// alerts.
package reported

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// SQS is the part of SQS that a Queue needs; *sqs.Client has it.
type SQS interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
}

// Queue is subscribed to the topic, with raw message delivery.
type Queue struct {
	SQS SQS
	URL string
}

const (
	// batch is the most that SQS hands over at once.
	batch = 10
	// most bounds what one scan takes; the next one goes on.
	most = 1000
)

// Receive takes messages until there are none, by the handles with which they
// are deleted. Each is hidden for the queue's visibility timeout, and comes again
// unless it is deleted. With an error it returns what it took before.
func (q Queue) Receive(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	for len(all) < most {
		out, err := q.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(q.URL), MaxNumberOfMessages: batch,
			WaitTimeSeconds: 1, // without waiting SQS asks only some of its servers
		}, unsummed)
		if err != nil {
			return all, fmt.Errorf("receive from %s: %w", q.URL, err)
		}
		if len(out.Messages) == 0 {
			return all, nil
		}
		for _, m := range out.Messages {
			all[aws.ToString(m.ReceiptHandle)] = []byte(aws.ToString(m.Body))
		}
	}
	return all, nil
}

// Delete deletes a message that was received. It may be repeated.
func (q Queue) Delete(ctx context.Context, handle string) error {
	_, err := q.SQS.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(q.URL), ReceiptHandle: aws.String(handle)})
	if err != nil {
		return fmt.Errorf("delete from %s: %w", q.URL, err)
	}
	return nil
}

// unsummed leaves out the SDK's comparison of MD5 sums, an algorithm that FIPS
// 140 does not approve; TLS protects the messages.
func unsummed(o *sqs.Options) { o.DisableMessageChecksumValidation = true }

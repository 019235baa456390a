package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// wholeMessages are SQS's limits of a message's size where nobody lowered it:
// that of before August 2025, and the one since.
var wholeMessages = []string{"262144", "1048576"}

func (a Account) queue(ctx context.Context, meant component.Meant) (map[string]any, error) {
	out, err := a.Queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(meant.Name), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		return nil, err
	}
	is := map[string]any{}
	for name, value := range out.Attributes {
		is[name] = document(aws.String(value))
	}
	for _, limit := range wholeMessages {
		if out.Attributes["MaximumMessageSize"] == limit {
			delete(is, "MaximumMessageSize")
		}
	}
	// SQS answers what CloudFormation leaves to it: a FIFO queue's scope and limit,
	// and whether a key of SQS's own encrypts where no other does.
	for name, usual := range map[string]string{"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"} {
		if out.Attributes[name] == usual {
			delete(is, name)
		}
	}
	if out.Attributes["KmsMasterKeyId"] != "" {
		delete(is, "SqsManagedSseEnabled")
	}
	return is, nil
}

package selfcheck

import (
	"context"
	"fmt"
	"path"
	"strconv"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// queue looks whether anything waits in a failure queue. SQS's numbers are
// approximate: a message may show up a minute late.
func (g Guard) queue(ctx context.Context, url string) guard.Component {
	part := guard.Component{Rule: guard.GuardQueues, Name: url}
	const visible, hidden = types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := g.Queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(url), AttributeNames: []types.QueueAttributeName{visible, hidden},
	})
	if err != nil {
		return unanswered(part, "GetQueueAttributes", err)
	}
	waiting, err := strconv.Atoi(out.Attributes[string(visible)])
	if err != nil {
		part.Unknown = "SQS did not say how many messages wait"
		return part
	}
	if being, err := strconv.Atoi(out.Attributes[string(hidden)]); err == nil {
		waiting += being
	}
	if waiting > 0 {
		part.Faults = []string{fmt.Sprintf("queue %s has about %s waiting", path.Base(url), grammar.Count(waiting, "message"))}
	}
	part.Seen = "Queue " + path.Base(url) + " is empty."
	return part
}

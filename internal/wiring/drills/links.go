package drills

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/aws/reported"
	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queues "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Alerts takes what is in the drill's queue. What is no alert of the guard, such
// as a tamper rule's message, is dropped.
func (a account) Alerts(ctx context.Context) ([]drill.Alert, error) {
	bodies, err := a.take(ctx, product.Drill)
	var alerts []drill.Alert
	for _, body := range bodies {
		if alert, err := drill.ParseAlert(body); err == nil {
			alerts = append(alerts, alert)
		}
	}
	return alerts, err
}

// Filtered takes what is in the queue whose subscription has a filter policy.
func (a account) Filtered(ctx context.Context) (int, error) {
	bodies, err := a.take(ctx, product.Filtered)
	return len(bodies), err
}

// take receives and deletes. A message that could not be deleted comes again.
func (a account) take(ctx context.Context, name string) ([][]byte, error) {
	queue := reported.Queue{SQS: a.sqs, URL: a.queue(name)}
	all, err := queue.Receive(ctx)
	var bodies [][]byte
	for handle, body := range all {
		if failed := queue.Delete(ctx, handle); failed != nil {
			err = failed
		}
		bodies = append(bodies, body)
	}
	return bodies, err
}

// Components are those of the guard, without the module: that is this program's.
func (a account) Components(ctx context.Context) []guard.Component {
	all := scans.Components(a.configuration, a.deployed).Observe(ctx)
	all = slices.DeleteFunc(all, func(c guard.Component) bool { return c.Rule == guard.GuardModule })
	return append(all, a.subscribed(ctx))
}

// subscribed is whether the drill's queue gets the alerts.
func (a account) subscribed(ctx context.Context) guard.Component {
	c := guard.Component{Rule: guard.GuardAlerts, Name: "the drill's queue"}
	pages := sns.NewListSubscriptionsByTopicPaginator(a.sns, &sns.ListSubscriptionsByTopicInput{TopicArn: &a.deployed.TopicARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			c.Unknown = answer.Why("ListSubscriptionsByTopic", err)
			return c
		}
		for _, s := range page.Subscriptions {
			if strings.HasSuffix(aws.ToString(s.Endpoint), ":"+product.Drill) && strings.HasPrefix(aws.ToString(s.SubscriptionArn), "arn:") {
				c.Seen = "The drill's queue is subscribed."
				return c
			}
		}
	}
	c.Faults = []string{"queue " + product.Drill + " is not subscribed to topic " + product.Alerts}
	return c
}

// Waiting reads the gate's queue.
func (a account) Waiting(ctx context.Context) (waiting, taken int, err error) {
	const visible, hidden = queues.QueueAttributeNameApproximateNumberOfMessages, queues.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := a.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(a.queue(product.Workloads)), AttributeNames: []queues.QueueAttributeName{visible, hidden},
	})
	if err != nil {
		return 0, 0, fmt.Errorf("read the depth of %s: %w", product.Workloads, err)
	}
	waiting, err = strconv.Atoi(out.Attributes[string(visible)])
	if err == nil {
		taken, err = strconv.Atoi(out.Attributes[string(hidden)])
	}
	return waiting, taken, err
}

// Recorded are CloudTrail's records of this session's calls that write.
func (a account) Recorded(ctx context.Context, since time.Time) ([]drill.Record, error) {
	session := a.me[strings.LastIndex(a.me, "/")+1:]
	out, err := a.cloudtrail.LookupEvents(ctx, &cloudtrail.LookupEventsInput{
		StartTime:        &since,
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyUsername, AttributeValue: &session}},
	})
	if err != nil {
		return nil, fmt.Errorf("look up events: %w", err)
	}
	var all []drill.Record
	for _, e := range out.Events {
		all = append(all, drill.Record{Event: aws.ToString(e.EventName), At: aws.ToTime(e.EventTime), JSON: aws.ToString(e.CloudTrailEvent)})
	}
	return all, nil
}

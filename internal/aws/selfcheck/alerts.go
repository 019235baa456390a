package selfcheck

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// pending is what SNS shows instead of an ARN until someone has confirmed. For
// a while after someone unsubscribed it shows another word.
const pending = "PendingConfirmation"

func (g Guard) subscriptions(ctx context.Context) guard.Component {
	component := guard.Component{Rule: guard.GuardAlerts, Name: g.TopicARN}
	var all []types.Subscription
	pages := sns.NewListSubscriptionsByTopicPaginator(g.Subscriptions, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(g.TopicARN)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return unanswered(component, "ListSubscriptionsByTopic", err)
		}
		all = append(all, page.Subscriptions...)
	}
	return subscribed(component, all, g.ReportedARN)
}

// subscribed adds to the component what a topic's subscriptions say of it. The
// guard's own queues, of reports and of drills, are none of the people's.
func subscribed(component guard.Component, all []types.Subscription, own string) guard.Component {
	confirmed, noted := 0, false
	for _, s := range all {
		switch arn := aws.ToString(s.SubscriptionArn); {
		case aws.ToString(s.Endpoint) == own:
			noted = noted || strings.HasPrefix(arn, "arn:")
		case isOwn(aws.ToString(s.Endpoint), own):
		case arn == pending:
			component.Faults = append(component.Faults, fmt.Sprintf("a subscription by %s is not confirmed", aws.ToString(s.Protocol)))
		case strings.HasPrefix(arn, "arn:"):
			confirmed++
		}
	}
	if confirmed == 0 {
		component.Faults = append(component.Faults, "nobody has a confirmed subscription")
	}
	if !noted {
		component.Faults = append(component.Faults, fmt.Sprintf("%s is not subscribed: a scan may report again what was reported", own))
	}
	component.Seen = fmt.Sprintf("Confirmed subscriptions: %d.", confirmed)
	return component
}

// isOwn reports whether an endpoint is a queue of the stack, beside its own one.
func isOwn(endpoint, own string) bool {
	i := strings.LastIndex(own, ":")
	return i >= 0 && strings.HasPrefix(endpoint, own[:i+1]+product.Prefix)
}

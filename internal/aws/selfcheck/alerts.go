package selfcheck

import (
	"context"
	"fmt"
	"strings"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// Subscriptions is the part of SNS that is used; *sns.Client has it.
type Subscriptions interface {
	ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
}

// pending is what SNS shows instead of an ARN until someone has confirmed. For
// a while after someone unsubscribed it shows another word.
const pending = "PendingConfirmation"

func (g Guard) subscriptions(ctx context.Context) guard.Component {
	part := guard.Component{Rule: guard.GuardAlerts, Name: g.TopicARN}
	confirmed := 0
	pages := sns.NewListSubscriptionsByTopicPaginator(g.Subscriptions, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(g.TopicARN)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return unanswered(part, "ListSubscriptionsByTopic", err)
		}
		for _, s := range page.Subscriptions {
			switch arn := aws.ToString(s.SubscriptionArn); {
			case arn == pending:
				part.Faults = append(part.Faults, fmt.Sprintf("a subscription by %s is not confirmed", aws.ToString(s.Protocol)))
			case strings.HasPrefix(arn, "arn:"):
				confirmed++
			}
		}
	}
	if confirmed == 0 {
		part.Faults = append(part.Faults, "nobody has a confirmed subscription")
	}
	part.Seen = fmt.Sprintf("Confirmed subscriptions: %d.", confirmed)
	return part
}

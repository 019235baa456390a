package sns

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"fipsguard/internal/localaws/kernel"
)

// subscription is one of a topic's.
type subscription struct {
	SubscriptionARN string `xml:"SubscriptionArn"`
	Owner           string
	Protocol        string
	Endpoint        string
	TopicARN        string `xml:"TopicArn"`
	raw             bool   // what is published goes to a queue as it is
}

// Subscribe subscribes an endpoint to a topic. Who has not confirmed gets no
// messages, which its subscription's ARN shows.
func (t *Topics) Subscribe(topicARN, protocol, endpoint string, confirmed bool) error {
	t.kernel.Lock()
	defer t.kernel.Unlock()
	to, ok := t.byARN[topicARN]
	if !ok {
		return fmt.Errorf("subscribe %s to %s: there is no such topic", endpoint, topicARN)
	}
	s := subscription{
		SubscriptionARN: "PendingConfirmation", Owner: kernel.AccountID,
		Protocol: protocol, Endpoint: endpoint, TopicARN: topicARN,
	}
	if confirmed {
		s.SubscriptionARN = topicARN + ":" + t.kernel.IDs.UUID()
	}
	to.subscriptions = append(to.subscriptions, s)
	return nil
}

// SubscribeQueue subscribes a queue of the account, with raw message delivery.
func (t *Topics) SubscribeQueue(topicARN, queueARN string) error {
	if err := t.Subscribe(topicARN, "sqs", queueARN, true); err != nil {
		return err
	}
	t.kernel.Lock()
	defer t.kernel.Unlock()
	all := t.byARN[topicARN].subscriptions
	all[len(all)-1].raw = true
	return nil
}

// Unsubscribe removes an endpoint's subscriptions from a topic.
func (t *Topics) Unsubscribe(topicARN, endpoint string) error {
	t.kernel.Lock()
	defer t.kernel.Unlock()
	of, ok := t.byARN[topicARN]
	if !ok {
		return fmt.Errorf("unsubscribe %s from %s: there is no such topic", endpoint, topicARN)
	}
	of.subscriptions = slices.DeleteFunc(of.subscriptions, func(s subscription) bool { return s.Endpoint == endpoint })
	return nil
}

// topic finds the topic that a request is for.
func (t *Topics) topic(r *kernel.Request, arn string) (*topic, error) {
	if !strings.HasPrefix(arn, r.Region.ARN("sns", "")) {
		return nil, kernel.InvalidParameter("Invalid parameter: TopicArn")
	}
	found, ok := t.byARN[arn]
	if !ok {
		return nil, &kernel.Error{Code: "NotFound", Status: http.StatusNotFound, Message: "Topic does not exist"}
	}
	return found, nil
}

// subscriptionsPage is the size of a page, which callers cannot choose (SNS
// API reference, ListSubscriptionsByTopic).
const subscriptionsPage = 100

type listedSubscriptions struct {
	Subscriptions []subscription `xml:"Subscriptions>member"`
	NextToken     string         `xml:",omitempty"`
}

func (t *Topics) listSubscriptionsByTopic(r *kernel.Request) (any, error) {
	asked, err := t.topic(r, r.Form.Get("TopicArn"))
	if err != nil {
		return nil, err
	}
	rest := asked.subscriptions
	first := 0
	if token := r.Form.Get("NextToken"); token != "" {
		var ok bool
		if first, ok = kernel.Position(token, len(rest)); !ok {
			return nil, kernel.InvalidParameter("Invalid parameter: NextToken")
		}
		rest = rest[first:]
	}
	out := listedSubscriptions{Subscriptions: rest}
	if len(rest) > subscriptionsPage {
		out = listedSubscriptions{rest[:subscriptionsPage], kernel.PositionToken(first + subscriptionsPage)}
	}
	return out, nil
}

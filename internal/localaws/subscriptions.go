package localaws

import (
	"fipsguard/internal/localaws/kernel"
	"fmt"
	"net/http"
	"strings"
)

// subscription is one of a topic's.
type subscription struct {
	SubscriptionARN string `xml:"SubscriptionArn"`
	Owner           string
	Protocol        string
	Endpoint        string
	TopicARN        string `xml:"TopicArn"`
}

// Subscribe subscribes an endpoint to a topic. Who has not confirmed gets no
// messages, which its subscription's ARN shows.
func (a *Account) Subscribe(topicARN, protocol, endpoint string, confirmed bool) error {
	a.Lock()
	defer a.Unlock()
	for _, r := range a.regions {
		if !r.topics[topicARN] {
			continue
		}
		s := subscription{
			SubscriptionARN: "PendingConfirmation", Owner: AccountID,
			Protocol: protocol, Endpoint: endpoint, TopicARN: topicARN,
		}
		if confirmed {
			s.SubscriptionARN = topicARN + ":" + a.IDs.UUID()
		}
		r.subscriptions[topicARN] = append(r.subscriptions[topicARN], s)
		return nil
	}
	return fmt.Errorf("subscribe %s to %s: there is no such topic", endpoint, topicARN)
}

func topicNotFound() error {
	return &kernel.Error{Code: "NotFound", Status: http.StatusNotFound, Message: "Topic does not exist"}
}

func (a *Account) subscriptionOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{"ListSubscriptionsByTopic": {Perform: a.listSubscriptionsByTopic}}
}

// subscriptionsPage is the size of a page, which callers cannot choose (SNS
// API reference, ListSubscriptionsByTopic).
const subscriptionsPage = 100

type listedSubscriptions struct {
	Subscriptions []subscription `xml:"Subscriptions>member"`
	NextToken     string         `xml:",omitempty"`
}

func (a *Account) listSubscriptionsByTopic(req *kernel.Request) (any, error) {
	c := a.call(req)
	topic := c.Form.Get("TopicArn")
	switch {
	case !strings.HasPrefix(topic, c.region.ARN("sns", "")):
		return nil, kernel.InvalidParameter("Invalid parameter: TopicArn")
	case !c.region.topics[topic]:
		return nil, topicNotFound()
	}
	rest := c.region.subscriptions[topic]
	first := 0
	if token := c.Form.Get("NextToken"); token != "" {
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

package localaws

import (
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
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.regions {
		if !r.topics[topicARN] {
			continue
		}
		s := subscription{
			SubscriptionARN: "PendingConfirmation", Owner: AccountID,
			Protocol: protocol, Endpoint: endpoint, TopicARN: topicARN,
		}
		if confirmed {
			s.SubscriptionARN = topicARN + ":" + a.ids.uuid()
		}
		r.subscriptions[topicARN] = append(r.subscriptions[topicARN], s)
		return nil
	}
	return fmt.Errorf("subscribe %s to %s: there is no such topic", endpoint, topicARN)
}

func topicNotFound() error {
	return &apiError{code: "NotFound", status: http.StatusNotFound, message: "Topic does not exist"}
}

func subscriptionOperations() map[string]operation {
	return map[string]operation{"sns:ListSubscriptionsByTopic": {perform: listSubscriptionsByTopic}}
}

// subscriptionsPage is the size of a page, which callers cannot choose (SNS
// API reference, ListSubscriptionsByTopic).
const subscriptionsPage = 100

type listedSubscriptions struct {
	Subscriptions []subscription `xml:"Subscriptions>member"`
	NextToken     string         `xml:",omitempty"`
}

func listSubscriptionsByTopic(c *call) (any, error) {
	topic := c.form.Get("TopicArn")
	switch {
	case !strings.HasPrefix(topic, c.region.arn("sns", "")):
		return nil, invalidParameter("Invalid parameter: TopicArn")
	case !c.region.topics[topic]:
		return nil, topicNotFound()
	}
	rest := c.region.subscriptions[topic]
	first := 0
	if token := c.form.Get("NextToken"); token != "" {
		var ok bool
		if first, ok = position(token, len(rest)); !ok {
			return nil, invalidParameter("Invalid parameter: NextToken")
		}
		rest = rest[first:]
	}
	out := listedSubscriptions{Subscriptions: rest}
	if len(rest) > subscriptionsPage {
		out = listedSubscriptions{rest[:subscriptionsPage], positionToken(first + subscriptionsPage)}
	}
	return queryAnswer{snsNamespace, out}, nil
}

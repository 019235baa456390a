package localaws

import (
	"fipsguard/internal/localaws/kernel"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// queue is an SQS queue, of which only its depth is kept.
type queue struct {
	arn   string
	made  time.Time
	depth int
}

// CreateQueue makes a standard queue in a Region of the account and returns
// its URL. Making it again changes nothing.
func (a *Account) CreateQueue(regionName, name string) (string, error) {
	r, ok := a.regions[kernel.Region(regionName)]
	if !ok {
		return "", fmt.Errorf("create queue %s: the account is not in Region %q", name, regionName)
	}
	a.Lock()
	defer a.Unlock()
	url := "https://sqs." + regionName + ".amazonaws.com/" + AccountID + "/" + name
	if _, ok := r.queues[url]; !ok {
		r.queues[url] = &queue{arn: r.ARN("sqs", name), made: a.Clock.Now()}
	}
	return url, nil
}

// SetQueueDepth sets how many messages wait in a queue.
func (a *Account) SetQueueDepth(url string, messages int) error {
	a.Lock()
	defer a.Unlock()
	for _, r := range a.regions {
		if q, ok := r.queues[url]; ok {
			q.depth = messages
			return nil
		}
	}
	return fmt.Errorf("set the depth of queue %s: nobody made it", url)
}

func (a *Account) queueOperations() map[string]kernel.Operation {
	return map[string]kernel.Operation{"GetQueueAttributes": {Perform: input(a, getQueueAttributes)}}
}

type getQueueAttributesInput struct {
	QueueURL       string `json:"QueueUrl"`
	AttributeNames []string
}

type getQueueAttributesOutput struct {
	Attributes map[string]string `json:",omitempty"`
}

// attributes are those of every standard queue that the depth is read with.
func (q *queue) attributes() map[string]string {
	return map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(q.depth),
		"ApproximateNumberOfMessagesDelayed":    "0",
		"ApproximateNumberOfMessagesNotVisible": "0",
		"CreatedTimestamp":                      strconv.FormatInt(q.made.Unix(), 10),
		"QueueArn":                              q.arn,
	}
}

// getQueueAttributes shows none unless asked for.
func getQueueAttributes(c *call, in getQueueAttributesInput) (*getQueueAttributesOutput, error) {
	q, ok := c.region.queues[in.QueueURL]
	if !ok {
		e := kernel.ClientError("QueueDoesNotExist", "The specified queue does not exist.")
		e.QueryCode = "AWS.SimpleQueueService.NonExistentQueue"
		return nil, e
	}
	all := q.attributes()
	out := &getQueueAttributesOutput{Attributes: map[string]string{}}
	for _, name := range in.AttributeNames {
		if _, ok := all[name]; !ok && name != "All" {
			return nil, kernel.ClientError("InvalidAttributeName", "Unknown Attribute %s.", name)
		}
	}
	for name, value := range all {
		if slices.Contains(in.AttributeNames, name) || slices.Contains(in.AttributeNames, "All") {
			out.Attributes[name] = value
		}
	}
	return out, nil
}

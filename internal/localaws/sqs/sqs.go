// Package sqs is SQS, of which an account has only how deep its queues are.
package sqs

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Queues are an account's queues.
type Queues struct {
	kernel *kernel.Kernel
	byURL  map[string]*queue
}

type queue struct {
	region kernel.Region
	arn    string
	made   time.Time
	depth  int
}

// New adds SQS to an account.
func New(k *kernel.Kernel) *Queues {
	q := &Queues{kernel: k, byURL: map[string]*queue{}}
	k.Serve(kernel.Service{
		Name: "sqs", Protocol: kernel.JSON{Version: "1.0", QueryCodes: true}, Targets: []string{"AmazonSQS"},
		Operations: map[string]kernel.Operation{"GetQueueAttributes": {Perform: kernel.With(q.getQueueAttributes)}},
	})
	return q
}

// CreateQueue makes a standard queue in a Region of the account and returns
// its URL. Making it again changes nothing.
func (q *Queues) CreateQueue(regionName, name string) (string, error) {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return "", fmt.Errorf("create queue %s: %w", name, err)
	}
	q.kernel.Lock()
	defer q.kernel.Unlock()
	url := "https://sqs." + regionName + ".amazonaws.com/" + kernel.AccountID + "/" + name
	if _, ok := q.byURL[url]; !ok {
		q.byURL[url] = &queue{region: region, arn: region.ARN("sqs", name), made: q.kernel.Clock.Now()}
	}
	return url, nil
}

// SetQueueDepth sets how many messages wait in a queue.
func (q *Queues) SetQueueDepth(url string, messages int) error {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	made, ok := q.byURL[url]
	if !ok {
		return fmt.Errorf("set the depth of queue %s: nobody made it", url)
	}
	made.depth = messages
	return nil
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
func (q *Queues) getQueueAttributes(r *kernel.Request, in getQueueAttributesInput) (*getQueueAttributesOutput, error) {
	asked, ok := q.byURL[in.QueueURL]
	if !ok || asked.region != r.Region {
		e := kernel.ClientError("QueueDoesNotExist", "The specified queue does not exist.")
		e.QueryCode = "AWS.SimpleQueueService.NonExistentQueue"
		return nil, e
	}
	all := asked.attributes()
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

package sqs

import (
	"crypto/fips140"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"fipsguard/internal/localaws/kernel"
)

type getQueueAttributesInput struct {
	QueueURL       string `json:"QueueUrl"`
	AttributeNames []string
}

type getQueueAttributesOutput struct {
	Attributes map[string]string `json:",omitempty"`
}

// asked is the queue that a call is about.
func (q *Queues) asked(r *kernel.Request, url string) (*queue, error) {
	asked, ok := q.byURL[url]
	if !ok || asked.region != r.Region {
		e := kernel.ClientError("QueueDoesNotExist", "The specified queue does not exist.")
		e.QueryCode = "AWS.SimpleQueueService.NonExistentQueue"
		return nil, e
	}
	return asked, nil
}

// attributes are those of every queue that the depth is read with.
func (q *queue) attributes(now time.Time) map[string]string {
	visible, delayed, hidden := q.planted, 0, 0
	for _, m := range q.messages {
		switch {
		case !m.visible.After(now):
			visible++
		case m.receives > 0:
			hidden++
		default:
			delayed++
		}
	}
	return map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(delayed),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"CreatedTimestamp":                      strconv.FormatInt(q.made.Unix(), 10),
		"QueueArn":                              q.arn,
	}
}

// getQueueAttributes shows none unless asked for.
func (q *Queues) getQueueAttributes(r *kernel.Request, in getQueueAttributesInput) (*getQueueAttributesOutput, error) {
	asked, err := q.asked(r, in.QueueURL)
	if err != nil {
		return nil, err
	}
	all := asked.attributes(q.kernel.Clock.Now())
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

type sendMessageInput struct {
	QueueURL       string `json:"QueueUrl"`
	MessageBody    string
	MessageGroupID string `json:"MessageGroupId"`
}

type sendMessageOutput struct {
	MessageID        string `json:"MessageId"`
	MD5OfMessageBody string
}

func (q *Queues) sendMessage(r *kernel.Request, in sendMessageInput) (*sendMessageOutput, error) {
	to, err := q.asked(r, in.QueueURL)
	if err != nil {
		return nil, err
	}
	m, err := q.send(to, in.MessageGroupID, in.MessageBody)
	if err != nil {
		return nil, err
	}
	return &sendMessageOutput{m.id, digest(m.body)}, nil
}

type receiveMessageInput struct {
	QueueURL            string `json:"QueueUrl"`
	MaxNumberOfMessages int
}

type receiveMessageOutput struct {
	Messages []receivedMessage `json:",omitempty"`
}

type receivedMessage struct {
	MessageID     string `json:"MessageId"`
	ReceiptHandle string
	Body          string
	MD5OfBody     string
}

// receiveMessage never waits for messages.
func (q *Queues) receiveMessage(r *kernel.Request, in receiveMessageInput) (*receiveMessageOutput, error) {
	from, err := q.asked(r, in.QueueURL)
	if err != nil {
		return nil, err
	}
	out := &receiveMessageOutput{}
	for _, m := range q.receive(from, max(in.MaxNumberOfMessages, 1)) {
		out.Messages = append(out.Messages, receivedMessage{m.id, m.id, m.body, digest(m.body)})
	}
	return out, nil
}

type deleteMessageInput struct {
	QueueURL      string `json:"QueueUrl"`
	ReceiptHandle string
}

// deleteMessage may be repeated.
func (q *Queues) deleteMessage(r *kernel.Request, in deleteMessageInput) (*struct{}, error) {
	from, err := q.asked(r, in.QueueURL)
	if err != nil {
		return nil, err
	}
	from.remove(in.ReceiptHandle)
	q.poll(from)
	return &struct{}{}, nil
}

// digest is what SQS's clients compare a body with. AWS chose the algorithm.
func digest(body string) (hexadecimal string) {
	fips140.WithoutEnforcement(func() {
		sum := md5.Sum([]byte(body))
		hexadecimal = hex.EncodeToString(sum[:])
	})
	return hexadecimal
}

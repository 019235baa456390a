// Package sqs is SQS: standard and FIFO queues, and the functions that work
// them off.
package sqs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Options are what SQS needs of the account.
type Options struct {
	// Go runs an invocation, as one of those that the account runs at the same
	// time. It is called with the lock held, and work without.
	Go func(work func(context.Context))
	// Delivered receives each message that a function was invoked with, with the
	// lock held.
	Delivered func(Delivery)
}

// Delivery is one message that a function was invoked with.
type Delivery struct {
	Queue   string // its name
	Body    string
	Receive int // from 1
	Err     error
}

// QueueOptions say how a queue behaves. The zero value is as SQS makes one.
type QueueOptions struct {
	Delay       time.Duration // until a message can be received
	Visibility  time.Duration // for which a received message is hidden; 30 s by default
	MaxReceives int           // after which a message goes to DeadLetters; 0 is never
	DeadLetters string        // URL of a queue
}

// Queues are an account's queues.
type Queues struct {
	kernel  *kernel.Kernel
	options Options
	byURL   map[string]*queue
}

type queue struct {
	QueueOptions
	region   kernel.Region
	name     string
	arn      string
	made     time.Time
	planted  int // messages that a test says are there
	messages []*message
	seen     map[string]time.Time // when a FIFO queue got a body
	sources  []*source
}

// New adds SQS to an account.
func New(k *kernel.Kernel, o Options) *Queues {
	q := &Queues{kernel: k, options: o, byURL: map[string]*queue{}}
	k.Serve(kernel.Service{
		Name: "sqs", Protocol: kernel.JSON{Version: "1.0", QueryCodes: true}, Targets: []string{"AmazonSQS"},
		Operations: map[string]kernel.Operation{
			"GetQueueAttributes": {Perform: kernel.With(q.getQueueAttributes)},
			"SendMessage":        {Perform: kernel.With(q.sendMessage)},
			"ReceiveMessage":     {Perform: kernel.With(q.receiveMessage)},
			"DeleteMessage":      {Perform: kernel.With(q.deleteMessage)},
		},
	})
	return q
}

// CreateQueue makes a queue in a Region of the account and returns its URL. One
// whose name ends with .fifo is a FIFO queue, which tells messages apart by
// their bodies. Making it again changes nothing.
func (q *Queues) CreateQueue(regionName, name string) (string, error) {
	return q.CreateQueueWith(regionName, name, QueueOptions{})
}

// CreateQueueWith makes a queue that behaves as options say.
func (q *Queues) CreateQueueWith(regionName, name string, options QueueOptions) (string, error) {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return "", fmt.Errorf("create queue %s: %w", name, err)
	}
	if options.Visibility == 0 {
		options.Visibility = 30 * time.Second
	}
	q.kernel.Lock()
	defer q.kernel.Unlock()
	url := "https://sqs." + regionName + ".amazonaws.com/" + kernel.AccountID + "/" + name
	if _, ok := q.byURL[url]; !ok {
		q.byURL[url] = &queue{
			QueueOptions: options, region: region, name: name, arn: region.ARN("sqs", name), made: q.kernel.Clock.Now(), seen: map[string]time.Time{},
		}
	}
	return url, nil
}

// SetQueueDepth sets how many messages wait in a queue, besides those that were
// sent to it.
func (q *Queues) SetQueueDepth(url string, messages int) error {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	made, ok := q.byURL[url]
	if !ok {
		return fmt.Errorf("set the depth of queue %s: nobody made it", url)
	}
	made.planted = messages
	return nil
}

// ordered is a FIFO queue.
func (q *queue) ordered() bool { return strings.HasSuffix(q.name, ".fifo") }

// Package eventbridge is EventBridge: the rules of an account, the events that
// they match, and the functions that are invoked with them.
package eventbridge

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Rule is an EventBridge rule on the default bus of a Region, with a Lambda
// function or an SQS queue as its target.
type Rule struct {
	Name   string
	Region string
	// Pattern is an event pattern in JSON, of exact values, exists,
	// anything-but with a list or a wildcard, prefix and equals-ignore-case.
	Pattern string
	// Every is the time after which a schedule, which has no pattern, sends its
	// Input, again and again.
	Every time.Duration
	Input string
	// Invoke is the function, called asynchronously with the event: after an
	// error it is called again, twice, and then the event is a dead letter.
	// Its context ends with the account.
	Invoke func(ctx context.Context, event []byte) error
	// Send puts the event into a queue instead, where it is not nil.
	Send func(group, body string) error
	// Group is the message group of the events in a FIFO queue
	// (SqsParameters.MessageGroupId).
	Group string
	// Disabled rules get no events.
	Disabled bool
	// TargetARN is the function or queue as EventBridge names it.
	TargetARN string

	matcher matcher
}

// Options say how events are delivered.
type Options struct {
	Concurrency int             // how many functions run at the same time
	RetryDelays []time.Duration // the waits before each further attempt
	Travel      Travel
	// Function is the name of the function that rules without a TargetARN show.
	Function string
	// Published and Delivered receive what happens, with the lock held.
	Published func(time.Time, json.RawMessage)
	Delivered func(Delivery)
}

// Bus is the default bus of each Region, and the functions' invocations.
type Bus struct {
	kernel    *kernel.Kernel
	function  string
	published func(time.Time, json.RawMessage)
	rules     []*Rule
	events    []json.RawMessage
	queue     *queue
	travel    Travel
	random    *rand.Rand // of travel
}

// New adds EventBridge to an account.
func New(k *kernel.Kernel, o Options) *Bus {
	b := &Bus{
		kernel: k, function: o.Function, published: o.Published,
		travel: o.Travel, random: rand.New(rand.NewPCG(3, o.Travel.Seed)),
	}
	b.queue = newQueue(o.Concurrency, o.RetryDelays, k.Reach, func(d Delivery) {
		k.Lock()
		defer k.Unlock()
		d.Time = k.Clock.Now()
		o.Delivered(d)
	})
	k.Serve(kernel.Service{
		Name: "events", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AWSEvents"},
		Operations: map[string]kernel.Operation{
			"DescribeRule":      {Perform: kernel.Types(kernel.AsIs, b.describeRule)},
			"ListRules":         {Perform: kernel.Types(kernel.AsIs, b.listRules)},
			"ListTargetsByRule": {Perform: kernel.Types(kernel.AsIs, b.listTargetsByRule)},
		},
	})
	return b
}

type envelope struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	Detail     any       `json:"detail"`
}

// maxEvent is the size above which nothing is sent to EventBridge.
const maxEvent = 256 << 10

// Attach adds a rule. What happened before is not delivered to it.
func (b *Bus) Attach(r Rule) error {
	region, err := kernel.RegionNamed(r.Region)
	if err != nil {
		return fmt.Errorf("attach rule %s: %w", r.Name, err)
	}
	if r.Every == 0 {
		if r.matcher, err = newMatcher(r.Pattern); err != nil {
			return fmt.Errorf("attach rule %s: %w", r.Name, err)
		}
	}
	r.TargetARN = cmp.Or(r.TargetARN, region.ARN("lambda", "function:"+b.function))
	b.kernel.Lock()
	defer b.kernel.Unlock()
	b.rules = append(b.rules, &r)
	if r.Every > 0 {
		b.plan(&r)
	}
	return nil
}

// plan sends a schedule's input when it is time, and from then on. It needs the
// lock.
func (b *Bus) plan(r *Rule) {
	b.kernel.Clock.After(r.Every, func() {
		if !r.Disabled {
			b.queue.add(delivery{rule: r, event: json.RawMessage(r.Input)}, kernel.Slow)
		}
		b.plan(r)
	})
}

// Events are all events that EventBridge got, in order and as delivered; none
// where the account forgets.
func (b *Bus) Events() []json.RawMessage {
	b.kernel.Lock()
	defer b.kernel.Unlock()
	return slices.Clone(b.events)
}

// Publish puts an event on its Region's bus. It needs the lock; the functions
// are invoked by Flush.
func (b *Bus) Publish(e kernel.Event) {
	data, err := json.Marshal(envelope{
		Version: "0", ID: b.kernel.IDs.UUID(), DetailType: e.DetailType, Source: e.Source, Account: kernel.AccountID,
		Time: e.Time.Truncate(time.Second), Region: string(e.Region), Resources: e.Resources, Detail: e.Detail,
	})
	if err != nil || len(data) > maxEvent {
		return
	}
	if !b.kernel.Forgets() {
		b.events = append(b.events, data)
	}
	b.published(e.Time, data)
	for _, rule := range b.rules {
		if rule.Disabled || rule.Every > 0 || rule.Region != string(e.Region) {
			continue
		}
		if !rule.matcher.match(data) {
			continue
		}
		fault := b.kernel.EventFault(e.Subject, e.Caller)
		b.send(delivery{rule: rule, event: data, delay: fault.Latency}, fault.Effect)
	}
}

// Go runs work as one of the invocations that the account runs at the same time,
// when Flush starts it. Its context ends with the account.
func (b *Bus) Go(work func(context.Context)) {
	b.queue.add(delivery{work: work}, kernel.Slow)
}

// Flush starts what was published. It needs the lock.
func (b *Bus) Flush() { b.queue.flush() }

// Drain waits until every event delivered so far has been answered, retries
// and dead letters included, and so have the events that those answers caused.
// It returns early with the context's error.
func (b *Bus) Drain(ctx context.Context) error { return b.queue.drain(ctx) }

// Stop ends deliveries and waits for the functions that are running.
func (b *Bus) Stop() { b.queue.stop() }

package sqs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Source has a function work off a queue, as Lambda's event source mapping does.
type Source struct {
	Queue       string // its URL
	BatchSize   int
	Concurrency int  // invocations at the same time; 0 is any number
	Partial     bool // the function answers which messages failed (ReportBatchItemFailures)
	Invoke      func(ctx context.Context, event []byte) ([]byte, error)
}

type source struct {
	Source
	running  int
	disabled bool
}

// DisableSources lets no function work off a queue any more.
func (q *Queues) DisableSources(url string) error {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	of, ok := q.byURL[url]
	if !ok {
		return fmt.Errorf("disable the event source mappings of queue %s: nobody made it", url)
	}
	for _, s := range of.sources {
		s.disabled = true
	}
	return nil
}

// AddSource adds an event source mapping.
func (q *Queues) AddSource(s Source) error {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	of, ok := q.byURL[s.Queue]
	if !ok {
		return fmt.Errorf("event source mapping of queue %s: nobody made it", s.Queue)
	}
	of.sources = append(of.sources, &source{Source: s})
	q.poll(of)
	q.kernel.Hooks.Flush()
	return nil
}

// pollAt polls after a time. It needs the lock.
func (q *Queues) pollAt(of *queue, delay time.Duration) {
	if delay == 0 {
		q.poll(of)
		return
	}
	q.kernel.Clock.After(delay, func() { q.poll(of) })
}

// poll starts as many invocations as there are messages for. It needs the lock.
func (q *Queues) poll(of *queue) {
	for _, s := range of.sources {
		for !s.disabled && (s.Concurrency == 0 || s.running < s.Concurrency) {
			batch := q.receive(of, s.BatchSize)
			if len(batch) == 0 {
				break
			}
			s.running++
			q.options.Go(func(ctx context.Context) { q.invoke(ctx, of, s, batch) })
		}
	}
}

func (q *Queues) invoke(ctx context.Context, of *queue, s *source, batch []*message) {
	event, err := json.Marshal(of.event(batch))
	var answer []byte
	if err == nil {
		answer, err = s.Invoke(ctx, event)
	}
	q.kernel.Lock()
	defer q.kernel.Unlock()
	s.running--
	failed := s.failures(answer, err, of.ordered(), batch)
	for _, m := range batch {
		if failed[m.id] == nil {
			of.remove(m.id)
		}
		q.options.Delivered(Delivery{Queue: of.name, Body: m.body, Receive: m.receives, Err: failed[m.id]})
	}
	q.poll(of)
	q.kernel.Hooks.Flush()
}

// event is a batch as Lambda hands it to a function.
func (q *queue) event(batch []*message) any {
	var records []any
	for _, m := range batch {
		attributes := map[string]string{
			"ApproximateReceiveCount": strconv.Itoa(m.receives), "SentTimestamp": strconv.FormatInt(m.sent.UnixMilli(), 10),
		}
		if m.group != "" {
			attributes["MessageGroupId"] = m.group
		}
		records = append(records, map[string]any{
			"messageId": m.id, "receiptHandle": m.id, "body": m.body, "attributes": attributes, "messageAttributes": map[string]any{},
			"eventSource": "aws:sqs", "eventSourceARN": q.arn, "awsRegion": string(q.region),
		})
	}
	return map[string]any{"Records": records}
}

var errReported = errors.New("the function reported the message as failed")

// failures are the messages that stay in the queue, by their IDs: all when the
// function fails, or names one that is not of the batch, and of a FIFO queue
// everything behind the first.
func (s *source) failures(answer []byte, err error, ordered bool, batch []*message) map[string]error {
	failed := map[string]error{}
	all := func(err error) map[string]error {
		for _, m := range batch {
			failed[m.id] = err
		}
		return failed
	}
	if err != nil {
		return all(err)
	}
	if !s.Partial || len(answer) == 0 {
		return nil
	}
	var reported struct {
		Items []struct {
			ID string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &reported); err != nil {
		return all(fmt.Errorf("the function's answer is no batch response: %w", err))
	}
	for _, item := range reported.Items {
		failed[item.ID] = errReported
	}
	known, behind := 0, false
	for _, m := range batch {
		if failed[m.id] != nil {
			known, behind = known+1, true
		} else if ordered && behind {
			failed[m.id] = errReported
		}
	}
	if known < len(reported.Items) {
		return all(errReported)
	}
	return failed
}

package eventbridge

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Delivery is one attempt to invoke a function with an event.
type Delivery struct {
	Time    time.Time
	Rule    string
	Event   json.RawMessage
	Attempt int // from 1
	Err     error
}

// DeadLetter is an event whose function failed every time.
type DeadLetter struct {
	Rule     string
	Event    json.RawMessage
	Attempts int
	Err      error // of the last attempt
}

// queue delivers events to functions as Lambda's asynchronous invocation does.
type queue struct {
	concurrency int
	delays      []time.Duration
	delivered   func(Delivery)
	ctx         context.Context
	cancel      context.CancelFunc

	mu      sync.Mutex
	waiting []delivery // not yet flushed
	ready   []delivery
	held    []delivery    // behind the next
	workers int           // those running
	idle    chan struct{} // closed when the last worker ends
	dead    []DeadLetter
	stopped bool
}

type delivery struct {
	work  func(context.Context) // instead of a rule's
	rule  *Rule
	event json.RawMessage
	delay time.Duration
}

func newQueue(concurrency int, delays []time.Duration, delivered func(Delivery)) *queue {
	ctx, cancel := context.WithCancel(context.Background())
	return &queue{concurrency: concurrency, delays: delays, delivered: delivered, ctx: ctx, cancel: cancel}
}

// DeadLetters are the events that no attempt got through, in the order in
// which they were given up.
func (b *Bus) DeadLetters() []DeadLetter {
	b.queue.mu.Lock()
	defer b.queue.mu.Unlock()
	return slices.Clone(b.queue.dead)
}

// add takes a delivery, with what goes wrong on its way.
func (q *queue) add(d delivery, effect kernel.Effect) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch effect {
	case kernel.LoseEvent:
		return
	case kernel.ReorderEvent:
		q.held = append(q.held, d)
		return
	case kernel.DuplicateEvent:
		q.waiting = append(q.waiting, d)
	case kernel.Slow, kernel.Throttle, kernel.ServerError, kernel.DenyAccess, kernel.DropConnection, kernel.LoseAnswer, kernel.DelayEvent:
	}
	q.waiting = append(q.waiting, d)
	q.waiting = append(q.waiting, q.held...)
	q.held = nil
}

// flush starts what was added.
func (q *queue) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = append(q.ready, q.waiting...)
	q.waiting = nil
	q.work()
}

// work starts as many workers as there is work for. It needs the lock.
func (q *queue) work() {
	for n := len(q.ready); n > 0 && q.workers < q.concurrency && !q.stopped; n-- {
		if q.workers == 0 {
			q.idle = make(chan struct{})
		}
		q.workers++
		go q.deliverAll()
	}
}

// deliverAll works until the queue is empty.
func (q *queue) deliverAll() {
	for {
		q.mu.Lock()
		if len(q.ready) == 0 || q.stopped {
			q.workers--
			if q.workers == 0 {
				close(q.idle)
			}
			q.mu.Unlock()
			return
		}
		d := q.ready[0]
		q.ready = q.ready[1:]
		q.mu.Unlock()
		q.deliver(d)
	}
}

func (q *queue) deliver(d delivery) {
	if d.work != nil {
		if q.ctx.Err() == nil {
			d.work(q.ctx)
		}
		return
	}
	kernel.Pause(q.ctx, d.delay)
	if d.rule.Send != nil {
		if err := d.rule.Send(d.rule.Group, string(d.event)); err != nil {
			q.giveUp(DeadLetter{Rule: d.rule.Name, Event: d.event, Attempts: 1, Err: err})
		}
		return
	}
	attempts := len(q.delays) + 1
	for n := 1; n <= attempts; n++ {
		if n > 1 {
			kernel.Pause(q.ctx, q.delays[n-2])
		}
		if q.ctx.Err() != nil {
			return
		}
		err := d.rule.Invoke(q.ctx, slices.Clone(d.event))
		q.delivered(Delivery{Rule: d.rule.Name, Event: d.event, Attempt: n, Err: err})
		if err == nil {
			return
		}
		if n == attempts {
			q.giveUp(DeadLetter{Rule: d.rule.Name, Event: d.event, Attempts: n, Err: err})
		}
	}
}

func (q *queue) giveUp(letter DeadLetter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dead = append(q.dead, letter)
}

// errClosed is what Drain returns when the account was closed before all
// deliveries were made.
var errClosed = errors.New("the account is closed")

func (q *queue) drain(ctx context.Context) error {
	for {
		q.mu.Lock()
		if q.stopped {
			q.mu.Unlock()
			return errClosed
		}
		// Nothing follows that the held ones could wait for.
		q.ready = append(q.ready, q.held...)
		q.held = nil
		q.work()
		idle, working := q.idle, q.workers > 0
		q.mu.Unlock()
		if !working {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-idle:
		}
	}
}

// stop ends deliveries and waits for the functions that are running.
func (q *queue) stop() {
	q.cancel()
	q.mu.Lock()
	q.stopped = true
	idle, working := q.idle, q.workers > 0
	q.mu.Unlock()
	if working {
		<-idle
	}
}

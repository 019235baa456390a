package localaws

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
)

// DeadLetter is an event whose function failed every time.
type DeadLetter struct {
	Rule     string
	Event    json.RawMessage
	Attempts int
	Err      error // of the last attempt
}

// bus delivers events to functions as Lambda's asynchronous invocation does.
type bus struct {
	concurrency int
	delays      []time.Duration
	observe     func(delivery, int, error) // rule, attempt from 1, result
	ctx         context.Context
	cancel      context.CancelFunc

	mu      sync.Mutex
	waiting []delivery // not yet flushed
	queue   []delivery
	held    []delivery    // behind the next
	workers int           // those running
	idle    chan struct{} // closed when the last worker ends
	dead    []DeadLetter
	stopped bool
}

type delivery struct {
	rule  *Rule
	event json.RawMessage
	delay time.Duration
}

func newBus(concurrency int, delays []time.Duration, observe func(delivery, int, error)) *bus {
	ctx, cancel := context.WithCancel(context.Background())
	return &bus{concurrency: concurrency, delays: delays, observe: observe, ctx: ctx, cancel: cancel}
}

// DeadLetters are the events that no attempt got through, in the order in
// which they were given up.
func (a *Account) DeadLetters() []DeadLetter {
	a.bus.mu.Lock()
	defer a.bus.mu.Unlock()
	return slices.Clone(a.bus.dead)
}

// add takes a delivery, with what goes wrong on its way.
func (b *bus) add(d delivery, effect Effect) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch effect {
	case LoseEvent:
		return
	case ReorderEvent:
		b.held = append(b.held, d)
		return
	case DuplicateEvent:
		b.waiting = append(b.waiting, d)
	case Slow, Throttle, ServerError, DenyAccess, DropConnection, LoseAnswer, DelayEvent:
	}
	b.waiting = append(b.waiting, d)
	b.waiting = append(b.waiting, b.held...)
	b.held = nil
}

// flush starts what was added.
func (b *bus) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, b.waiting...)
	b.waiting = nil
	b.work()
}

// work starts as many workers as there is work for. It needs the lock.
func (b *bus) work() {
	for n := len(b.queue); n > 0 && b.workers < b.concurrency && !b.stopped; n-- {
		if b.workers == 0 {
			b.idle = make(chan struct{})
		}
		b.workers++
		go b.deliverAll()
	}
}

// deliverAll works until the queue is empty.
func (b *bus) deliverAll() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 || b.stopped {
			b.workers--
			if b.workers == 0 {
				close(b.idle)
			}
			b.mu.Unlock()
			return
		}
		d := b.queue[0]
		b.queue = b.queue[1:]
		b.mu.Unlock()
		b.deliver(d)
	}
}

func (b *bus) deliver(d delivery) {
	sleep(b.ctx, d.delay)
	attempts := len(b.delays) + 1
	for n := 1; n <= attempts; n++ {
		if n > 1 {
			sleep(b.ctx, b.delays[n-2])
		}
		if b.ctx.Err() != nil {
			return
		}
		err := d.rule.Invoke(b.ctx, slices.Clone(d.event))
		b.observe(d, n, err)
		if err == nil {
			return
		}
		if n == attempts {
			b.mu.Lock()
			b.dead = append(b.dead, DeadLetter{Rule: d.rule.Name, Event: d.event, Attempts: n, Err: err})
			b.mu.Unlock()
		}
	}
}

// errClosed is what Drain returns when the account was closed before all
// deliveries were made.
var errClosed = errors.New("the account is closed")

func (b *bus) drain(ctx context.Context) error {
	for {
		b.mu.Lock()
		if b.stopped {
			b.mu.Unlock()
			return errClosed
		}
		// Nothing follows that the held ones could wait for.
		b.queue = append(b.queue, b.held...)
		b.held = nil
		b.work()
		idle, working := b.idle, b.workers > 0
		b.mu.Unlock()
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
func (b *bus) stop() {
	b.cancel()
	b.mu.Lock()
	b.stopped = true
	idle, working := b.idle, b.workers > 0
	b.mu.Unlock()
	if working {
		<-idle
	}
}

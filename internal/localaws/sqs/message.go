package sqs

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"
)

type message struct {
	id, body, group string
	sent            time.Time
	visible         time.Time // from when it can be received
	receives        int
}

// sameBody is how long a FIFO queue swallows messages with the body of another,
// also after that one was processed.
const sameBody = 5 * time.Minute

// Send puts a message into a queue, as EventBridge does. It takes the lock.
func (q *Queues) Send(url, group, body string) error {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	to, ok := q.byURL[url]
	if !ok {
		return fmt.Errorf("send to queue %s: nobody made it", url)
	}
	_, err := q.send(to, group, body)
	q.kernel.Hooks.Flush()
	return err
}

// Deliver puts a message into a standard queue, as SNS does, if there is one. It
// needs the lock.
func (q *Queues) Deliver(arn, body string) {
	for _, to := range q.byURL {
		if to.arn == arn && !to.ordered() {
			_, _ = q.send(to, "", body)
		}
	}
}

// send puts a message into a queue. It needs the lock.
func (q *Queues) send(to *queue, group, body string) (*message, error) {
	if to.ordered() != (group != "") {
		return nil, kernel.ClientError("MissingParameter", "A FIFO queue, and no other, takes a MessageGroupId.")
	}
	now := q.kernel.Clock.Now()
	m := &message{id: q.kernel.IDs.UUID(), body: body, group: group, sent: now, visible: now.Add(to.Delay)}
	if to.ordered() {
		maps.DeleteFunc(to.seen, func(_ string, at time.Time) bool { return now.Sub(at) >= sameBody })
		if _, ok := to.seen[body]; ok {
			return m, nil // swallowed
		}
		to.seen[body] = now
	}
	to.messages = append(to.messages, m)
	q.pollAt(to, to.Delay)
	return m, nil
}

// receive takes up to most messages that can be received. Of a message group
// nothing can while some of it is out. One that was received too often goes to
// the queue of dead letters instead. It needs the lock.
func (q *Queues) receive(from *queue, most int) []*message {
	now := q.kernel.Clock.Now()
	out := map[string]bool{}
	var taken []*message
	for _, m := range slices.Clone(from.messages) {
		if m.visible.After(now) {
			out[m.group] = from.ordered()
			continue
		}
		if len(taken) == most || out[m.group] {
			continue
		}
		if from.MaxReceives > 0 && m.receives >= from.MaxReceives {
			q.giveUp(from, m)
			continue
		}
		m.receives++
		m.visible = now.Add(from.Visibility)
		taken = append(taken, m)
		q.pollAt(from, from.Visibility)
	}
	return taken
}

func (q *Queues) giveUp(from *queue, m *message) {
	from.remove(m.id)
	if dead, ok := q.byURL[from.DeadLetters]; ok {
		dead.messages = append(dead.messages, m)
	}
}

func (q *queue) remove(id string) {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool { return m.id == id })
}

// Letter is a message of a queue.
type Letter struct {
	Body     string
	Receives int
}

// Letters are the messages of a queue, in the order in which they came.
func (q *Queues) Letters(url string) []Letter {
	q.kernel.Lock()
	defer q.kernel.Unlock()
	var all []Letter
	if of, ok := q.byURL[url]; ok {
		for _, m := range of.messages {
			all = append(all, Letter{m.body, m.receives})
		}
	}
	return all
}

package eventbridge

import (
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Travel is how long events are under way from what caused them to a rule's
// target. AWS promises no time. The zero value is no time at all.
type Travel struct {
	About time.Duration // half of it more or less
	// Waits is for accounts whose clock Run follows. For others, the clock is
	// set forward when an event's turn comes.
	Waits bool
	Seed  uint64 // accounts with the same one have events that take the same time
}

// send lets an event travel to its target. It needs the lock.
func (b *Bus) send(d delivery, effect kernel.Effect) {
	if b.travel.About <= 0 {
		b.queue.add(d, effect)
		return
	}
	under := (b.travel.About/2 + time.Duration(b.random.Int64N(int64(b.travel.About)))).Truncate(time.Millisecond)
	if b.travel.Waits {
		b.kernel.Clock.After(under, func() { b.queue.add(d, effect) })
		return
	}
	d.arrives = b.kernel.Clock.Now().Add(under)
	b.queue.add(d, effect)
}

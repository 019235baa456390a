package kernel

import (
	"container/heap"
	"context"
	"time"
)

// Clock is the account's time, and the work that waits for it. The kernel's lock
// guards it, but for changed.
type Clock struct {
	base    func() time.Time
	ahead   time.Duration
	timers  timers
	count   int           // of timers ever set, which orders those of one moment
	changed chan struct{} // wakes Run when a timer was set
}

// Now is the account's time. It needs the lock, which Kernel.Now takes.
func (c *Clock) Now() time.Time { return c.base().Add(c.ahead).UTC() }

// After plans work for later. The lock is held, then and now.
func (c *Clock) After(d time.Duration, work func()) {
	c.count++
	heap.Push(&c.timers, timer{at: c.Now().Add(d), order: c.count, work: work})
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// next takes the first timer that is due at a time.
func (c *Clock) next(by time.Time) (timer, bool) {
	if len(c.timers) == 0 || c.timers[0].at.After(by) {
		return timer{}, false
	}
	return heap.Pop(&c.timers).(timer), true
}

// Now is the account's time.
func (k *Kernel) Now() time.Time {
	k.Lock()
	defer k.Unlock()
	return k.Clock.Now()
}

// Advance moves the account's time forward, doing what falls due in between in
// the order of time, and waiting after each step until the events that it
// caused are answered. It is a simulation: an hour takes as long as its events
// do. Use either Advance or Run.
func (k *Kernel) Advance(ctx context.Context, d time.Duration) error {
	if err := k.Hooks.Drain(ctx); err != nil {
		return err
	}
	k.Lock()
	end := k.Clock.Now().Add(d)
	k.Unlock()
	for {
		done := k.step(end)
		if err := k.Hooks.Drain(ctx); err != nil {
			return err
		}
		if done {
			return nil
		}
	}
}

// step moves to the next timer before the end and does its work, or moves to
// the end when there is none.
func (k *Kernel) step(end time.Time) (done bool) {
	k.Lock()
	defer k.Unlock()
	t, ok := k.Clock.next(end)
	if !ok {
		t = timer{at: end, work: func() {}}
	}
	if wait := t.at.Sub(k.Clock.Now()); wait > 0 {
		k.Clock.ahead += wait
	}
	t.work()
	k.Hooks.Flush()
	return !ok
}

// Sleep lets the account's time pass as a function sees it that waits: at
// once, without doing what falls due meanwhile, which the next Advance or Run
// does. It has the shape of a sleep, and returns the context's error.
func (k *Kernel) Sleep(ctx context.Context, d time.Duration) error {
	k.Lock()
	defer k.Unlock()
	k.Clock.ahead += d
	return ctx.Err()
}

// Reach lets the account's time pass up to a moment, as Sleep does.
func (k *Kernel) Reach(moment time.Time) {
	k.Lock()
	defer k.Unlock()
	k.Clock.ahead += max(0, moment.Sub(k.Clock.Now()))
}

// Run does what falls due as the clock reaches it, until the context ends.
func (k *Kernel) Run(ctx context.Context) {
	for {
		wait := k.doDue()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-k.closing:
		case <-k.Clock.changed:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil || k.isClosed() {
			return
		}
	}
}

// idle is how long Run sleeps when nothing is planned.
const idle = time.Minute

// doDue does all work that is due and returns how long it is to the next.
func (k *Kernel) doDue() time.Duration {
	k.Lock()
	defer k.Unlock()
	for {
		t, ok := k.Clock.next(k.Clock.Now())
		if !ok {
			break
		}
		t.work()
		k.Hooks.Flush()
	}
	if len(k.Clock.timers) == 0 {
		return idle
	}
	return k.Clock.timers[0].at.Sub(k.Clock.Now())
}

func (k *Kernel) isClosed() bool {
	select {
	case <-k.closing:
		return true
	default:
		return false
	}
}

type timer struct {
	at    time.Time
	order int
	work  func()
}

// timers is a heap by time.
type timers []timer

func (t timers) Len() int { return len(t) }

func (t timers) Less(i, j int) bool {
	if t[i].at.Equal(t[j].at) {
		return t[i].order < t[j].order
	}
	return t[i].at.Before(t[j].at)
}

func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

func (t *timers) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}

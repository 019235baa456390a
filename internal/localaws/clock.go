package localaws

import (
	"container/heap"
	"context"
	"time"
)

// clock is the account's time, and the work that waits for it. The account's
// lock guards it, but for changed.
type clock struct {
	base    func() time.Time
	ahead   time.Duration
	timers  timers
	count   int           // of timers ever set, which orders those of one moment
	changed chan struct{} // wakes Run when a timer was set
}

func (c *clock) now() time.Time { return c.base().Add(c.ahead).UTC() }

// after plans work for later. The account's lock is held, then and now.
func (c *clock) after(d time.Duration, work func()) {
	c.count++
	heap.Push(&c.timers, timer{at: c.now().Add(d), order: c.count, work: work})
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// next takes the first timer that is due at a time.
func (c *clock) next(by time.Time) (timer, bool) {
	if len(c.timers) == 0 || c.timers[0].at.After(by) {
		return timer{}, false
	}
	return heap.Pop(&c.timers).(timer), true
}

// Now is the account's time.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clock.now()
}

// Advance moves the account's time forward, doing what falls due in between in
// the order of time, and waiting after each step until the events that it
// caused are answered. It is a simulation: an hour takes as long as its events
// do. Use either Advance or Run.
func (a *Account) Advance(ctx context.Context, d time.Duration) error {
	if err := a.Drain(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	end := a.clock.now().Add(d)
	a.mu.Unlock()
	for {
		done := a.step(end)
		if err := a.Drain(ctx); err != nil {
			return err
		}
		if done {
			return nil
		}
	}
}

// step moves to the next timer before the end and does its work, or moves to
// the end when there is none.
func (a *Account) step(end time.Time) (done bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.clock.next(end)
	if !ok {
		t = timer{at: end, work: func() {}}
	}
	if wait := t.at.Sub(a.clock.now()); wait > 0 {
		a.clock.ahead += wait
	}
	t.work()
	a.bus.flush()
	return !ok
}

// Run does what falls due as the clock reaches it, until the context ends.
func (a *Account) Run(ctx context.Context) {
	for {
		wait := a.doDue()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-a.closing:
		case <-a.clock.changed:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil || a.isClosed() {
			return
		}
	}
}

// idle is how long Run sleeps when nothing is planned.
const idle = time.Minute

// doDue does all work that is due and returns how long it is to the next.
func (a *Account) doDue() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		t, ok := a.clock.next(a.clock.now())
		if !ok {
			break
		}
		t.work()
		a.bus.flush()
	}
	if len(a.clock.timers) == 0 {
		return idle
	}
	return a.clock.timers[0].at.Sub(a.clock.now())
}

func (a *Account) isClosed() bool {
	select {
	case <-a.closing:
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

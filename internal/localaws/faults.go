package localaws

import (
	"context"
	"slices"
	"time"
)

// Effect is what a fault does.
type Effect string

// The effects on calls, which the caller sees, and on events, which nobody
// sees but the function that should have been invoked.
const (
	Slow           Effect = ""                // only the latency
	Throttle       Effect = "throttle"        // ThrottlingException
	ServerError    Effect = "server error"    // ServerException, HTTP status 500
	DenyAccess     Effect = "deny access"     // AccessDeniedException
	DropConnection Effect = "drop connection" // nothing is done and nothing answered
	LoseAnswer     Effect = "lose answer"     // all is done and nothing answered

	DelayEvent     Effect = "delay event"     // by the latency
	LoseEvent      Effect = "lose event"      // never delivered
	DuplicateEvent Effect = "duplicate event" // delivered twice
	ReorderEvent   Effect = "reorder event"   // delivered after the one that follows, or on Drain
)

func (e Effect) onEvents() bool {
	return e == DelayEvent || e == LoseEvent || e == DuplicateEvent || e == ReorderEvent
}

// Fault is something that goes wrong in the account.
type Fault struct {
	// Operation is the call's name, such as "RunTask", also for the events of
	// calls; for other events it is their detail type. Empty is all.
	Operation string
	// Caller is the access key of the principal whose calls are concerned.
	// Empty is everybody, and ECS itself.
	Caller string
	// Times is how often it happens; 0 is until removed.
	Times int
	// Latency is real time, spent before the call is looked at or, with
	// DelayEvent, before the function is invoked.
	Latency time.Duration
	Effect  Effect
}

// Inject adds a fault. Of several that fit, the first injected happens. The
// function that it returns removes it.
func (a *Account) Inject(f Fault) (remove func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, &f)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.remove(&f)
	}
}

func (a *Account) remove(f *Fault) {
	a.faults = slices.DeleteFunc(a.faults, func(g *Fault) bool { return g == f })
}

// fault takes the fault that hits a call or, if so said, an event. It needs
// the account's lock.
func (a *Account) fault(onEvents bool, operation, caller string) (Fault, bool) {
	for _, f := range a.faults {
		if f.Effect.onEvents() != onEvents ||
			f.Operation != "" && f.Operation != operation ||
			f.Caller != "" && f.Caller != caller {
			continue
		}
		happens := *f
		if f.Times == 1 {
			a.remove(f)
		} else if f.Times > 1 {
			f.Times--
		}
		return happens, true
	}
	return Fault{}, false
}

// sleep waits in real time, but not longer than a context lasts.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

package kernel

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
	Garbage        Effect = "garbage"         // nothing is done, and a page that is no answer comes back, as from a proxy

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
	// Empty is every principal, and ECS itself.
	Caller string
	// Times is how often it happens; 0 is until removed.
	Times int
	// Latency is real time, spent before the call is done or, with
	// DelayEvent, before the function is invoked. A call whose caller gives up
	// meanwhile is not done.
	Latency time.Duration
	Effect  Effect
}

// Inject adds a fault. Of several that fit, the first injected happens. The
// function that it returns removes it.
func (k *Kernel) Inject(f Fault) (remove func()) {
	k.Lock()
	defer k.Unlock()
	k.faults = append(k.faults, &f)
	return func() {
		k.Lock()
		defer k.Unlock()
		k.remove(&f)
	}
}

func (k *Kernel) remove(f *Fault) {
	k.faults = slices.DeleteFunc(k.faults, func(g *Fault) bool { return g == f })
}

// EventFault takes the fault that hits an event. It needs the lock.
func (k *Kernel) EventFault(subject, caller string) Fault { return k.fault(true, subject, caller) }

// fault takes the fault that hits a call or, if so said, an event. It needs
// the lock. Without one it returns the zero value, which does nothing.
func (k *Kernel) fault(onEvents bool, operation, caller string) Fault {
	for _, f := range k.faults {
		if f.Effect.onEvents() != onEvents ||
			f.Operation != "" && f.Operation != operation ||
			f.Caller != "" && f.Caller != caller {
			continue
		}
		happens := *f
		if f.Times == 1 {
			k.remove(f)
		} else if f.Times > 1 {
			f.Times--
		}
		return happens
	}
	return Fault{}
}

// Pause waits in real time, but not longer than a context lasts.
func Pause(ctx context.Context, d time.Duration) {
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

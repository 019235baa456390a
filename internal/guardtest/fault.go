package guardtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// Fault is what happens to a call instead of its effect.
type Fault uint8

const (
	Answers   Fault = iota // nothing: the call does what it does
	Refused                // AWS answers AccessDeniedException
	Down                   // AWS does not answer, at once
	Hangs                  // AWS does not answer until the caller gives up
	Throttled              // AWS answers ThrottlingException, after all retries
	Slow                   // AWS does what it does, but answers after SlowTime
	Garbage                // AWS answers, but not what was asked for: nothing is known from it, nothing was changed
)

// SlowTime is what a slow call takes: less than a function may work, and more
// than it can wait twice.
const SlowTime = 20 * time.Second

// Faults are all of them.
func Faults() []Fault { return []Fault{Refused, Down, Hangs, Throttled, Slow, Garbage} }

func (f Fault) String() string {
	return [...]string{"answers", "refused", "down", "hangs", "throttled", "slow", "garbage"}[f]
}

// EveryRead and EveryWrite stand for all calls that read and all that change
// something. A fault of one call goes before theirs.
const (
	EveryRead  = "every read"
	EveryWrite = "every write"
)

var (
	// ErrRefused is what a call returns that AWS refuses.
	ErrRefused = errors.New("AWS answered AccessDeniedException")
	// ErrDown is what a call returns that AWS does not answer.
	ErrDown = errors.New("connection reset")
	// ErrThrottled is what a call returns that AWS throttles.
	ErrThrottled = errors.New("AWS answered ThrottlingException")
)

// begin records a call and lets its fault happen.
func (a *Account) begin(ctx context.Context, api, subject string) error {
	a.mu.Lock()
	a.calls = append(a.calls, Call{api, subject})
	a.mu.Unlock()
	return a.fault(api).Happen(ctx)
}

func (a *Account) fault(api string) Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	if fault, ok := a.Faults[api]; ok {
		return fault
	}
	if changes(api) {
		return a.Faults[EveryWrite]
	}
	return a.Faults[EveryRead]
}

// Happen is what a caller sees of a fault, whatever it called.
func (f Fault) Happen(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch f {
	case Answers, Garbage:
	case Refused:
		return ErrRefused
	case Down:
		return ErrDown
	case Hangs:
		<-ctx.Done()
		return ctx.Err()
	case Throttled:
		return ErrThrottled
	case Slow:
		select {
		case <-time.After(SlowTime):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// changes reports whether a call is one that changes something.
func changes(api string) bool {
	_, operation, _ := strings.Cut(api, ":")
	return !strings.HasPrefix(operation, "List") && !strings.HasPrefix(operation, "Describe")
}

func resultOf(err error) guard.Result {
	if errors.Is(err, ErrRefused) {
		return guard.RefusedByAWS
	}
	return guard.Failed
}

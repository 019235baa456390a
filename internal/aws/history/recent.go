package history

import (
	"context"
	"errors"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"
)

const (
	// fullPace is LookupEvents' two requests a second.
	fullPace = time.Second / 2
	// mostPages is how much is read of one call: 250,000 events, which takes most
	// of an hour.
	mostPages = 5000
)

// Recent are the guarded events since a time, unordered, as far as CloudTrail
// remembers them. The error says which calls' events could not be read, or not all
// of them; the others are there all the same. tell is told of each page how many
// events it has.
func (h History) Recent(ctx context.Context, at guard.Location, since time.Time, tell func(events int)) ([]guard.Event, error) {
	if oldest := h.Now().Add(-remembered); since.Before(oldest) {
		since = oldest
	}
	var events []guard.Event
	var errs []error
	isGuarded := func(e guard.Event) bool { return len(e.States) > 0 }
	for _, call := range trail.Calls() {
		found, _, err := h.lookUp(ctx, search{at: at, call: call, from: since, pace: fullPace, pages: mostPages, keep: isGuarded, tell: tell})
		events, errs = append(events, found...), append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return events, errors.Join(errs...)
}

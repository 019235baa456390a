package localaws

import (
	"time"

	"fipsguard/internal/localaws/eventbridge"
)

// Lifelike is how an account takes time.
type Lifelike int

// The ways to take time.
const (
	// Instant accounts do everything at once.
	Instant Lifelike = iota
	// Simulated accounts set their clock forward: about EventTravel for an event,
	// and some milliseconds for a call.
	Simulated
	// Waiting accounts, whose clock Run follows, wait for events to arrive.
	Waiting
)

// EventTravel is about how long an event is under way from the call to the
// function. Others measured from seconds to 90 seconds (docs/facts.md).
const EventTravel = 2 * time.Second

func (o Options) travel() eventbridge.Travel {
	if o.Lifelike == Instant {
		return eventbridge.Travel{}
	}
	return eventbridge.Travel{About: EventTravel, Waits: o.Lifelike == Waiting, Seed: o.Seed}
}

// callTime is how long a call takes: the same for each, so that the order of
// those made at the same time does not matter.
func (l Lifelike) callTime() time.Duration {
	if l == Simulated {
		return 37 * time.Millisecond
	}
	return 0
}

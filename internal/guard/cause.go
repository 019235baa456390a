package guard

import "time"

// Cause is why the guard looked: the event, and who made it happen. Every text
// in it was written by someone else; whoever renders it has to escape it.
type Cause struct {
	EventID   string    // CloudTrail's eventID, or the envelope's id for ECS's own events
	EventName string    // the API call, or the detail-type of ECS's own events
	IsCall    bool      // it is an API call, whose record is in CloudTrail
	Time      time.Time // when it happened (UTC); zero when the event does not say
	Account   string
	Region    string
	Actor     Actor
}

// Location is an account and a Region.
type Location struct{ Account, Region string }

// Actor is who made a call, as far as CloudTrail tells.
type Actor struct {
	Name          string // readable: "role Admin, session jane.doe"; "unknown" when the record names nobody
	ARN           string
	SourceAddress string // an IP address, or an AWS service's host name
	MFA           Answer
}

// Answer is a yes-or-no that may be unknown, which is its zero value.
type Answer uint8

const (
	Unknown Answer = iota
	Yes
	No
)

func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	case Unknown:
	}
	return "unknown"
}

// MarshalText makes an Answer its word in JSON.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

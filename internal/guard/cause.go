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
	Canary    bool // it is the call with which the verifier tries whether the enforcer receives events
}

// Location is an account and a Region.
type Location struct{ Account, Region string }

// Actor is who made a call, as far as CloudTrail tells.
type Actor struct {
	Name          string // readable: "role Admin, session jane.doe"; "unknown" when the record names nobody
	ARN           string
	SourceAddress string // an IP address, or an AWS service's host name
	MFA           Answer
	// UserAgent is what the caller's program says of itself. The caller chooses
	// it and can forge it.
	UserAgent string
	// Tool is the program that UserAgent names, without its version: "Terraform";
	// empty when it names none that is known.
	Tool string
	// Console says that AWS recorded credentials of the console's sign-in.
	Console bool
}

// Through is how the call was made, as the end of a sentence about the actor:
// "says it is Terraform". It is empty where nothing is known.
func (a Actor) Through() string {
	switch {
	case a.Console && a.Program() == ConsoleTool:
		return "through the console"
	case a.Tool == "":
		return ""
	}
	return "says it is " + a.Tool
}

// whole is who made a call, and how.
func (a Actor) whole() string {
	if through := a.Through(); through != "" {
		return orUnknown(a.Name) + ", " + through
	}
	return orUnknown(a.Name)
}

// Program is the Tool, or what AWS recorded instead.
func (a Actor) Program() string {
	if a.Tool == "" && a.Console {
		return ConsoleTool
	}
	return a.Tool
}

// ConsoleTool is the Tool of a browser and of the console itself.
const ConsoleTool = "the console"

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

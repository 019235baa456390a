package kernel

import "time"

// Event is something that happened in a Region, before EventBridge puts it in
// an envelope.
type Event struct {
	Region     Region
	Source     string // such as "aws.ecs"
	DetailType string
	Time       time.Time
	Resources  []string
	Detail     any
	Subject    string // of faults: the call's name, or the detail type
	Caller     string // access key; empty for the service itself
}

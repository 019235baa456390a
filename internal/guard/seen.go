package guard

import "time"

// How says how something was observed.
type How string

const (
	Recorded   How = "recorded"   // CloudTrail recorded it
	Vouched    How = "vouched"    // CloudTrail recorded it, and its signatures vouch for every log file of the time
	Configured How = "configured" // AWS answered it
	Asked      How = "asked"      // a container answered it
)

// Seen is how and when something was observed. The time is that at which the
// reading began: what changed during it may have been missed. It is zero for
// what was not observed, or at an unknown time.
type Seen struct {
	How How
	At  time.Time
}

// SeenAt says of findings how and when they were observed. A kernel check keeps
// the time of its answer.
func SeenAt(findings []Finding, seen Seen) []Finding {
	for i, f := range findings {
		if k, ok := f.State.(KernelCheck); ok {
			findings[i].Seen = Seen{How: Asked, At: k.At}
			continue
		}
		findings[i].Seen = seen
	}
	return findings
}

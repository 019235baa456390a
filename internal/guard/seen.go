package guard

import "time"

// How says how something was observed.
type How string

const (
	Recorded   How = "recorded"   // CloudTrail recorded it
	Vouched    How = "vouched"    // CloudTrail recorded it, and its signatures vouch for every log file of the time
	Configured How = "configured" // AWS answered it
	Asked      How = "asked"      // a container answered it
	Witnessed  How = "witnessed"  // a task of the guard's own answered it by its exit code
	Received   How = "received"   // the enforcer received it
)

// Seen is how and when something was observed. The time is that at which the
// reading began: what changed during it may have been missed. It is zero for
// what was not observed, or at an unknown time.
type Seen struct {
	How How
	At  time.Time
}

// SeenAt says of findings how and when they were observed. What has a time of
// its own keeps it: the answer of a kernel check, a witness, a canary.
func SeenAt(findings []Finding, seen Seen) []Finding {
	for i, f := range findings {
		findings[i].Seen = seenOf(f.State, seen)
	}
	return findings
}

func seenOf(s State, otherwise Seen) Seen {
	switch s := s.(type) {
	case KernelCheck:
		return Seen{How: Asked, At: s.At}
	case Witness:
		return Seen{How: Witnessed, At: s.At}
	case Canaries:
		return s.seen()
	}
	return otherwise
}

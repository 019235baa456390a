package verifier

import (
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// memory is scan.Known as it is stored.
type memory struct {
	Kernels   map[string]kernel `json:"kernels"` // by the task's ARN
	Timelines []timeline        `json:"timelines"`
	Canaries  []time.Time       `json:"canaries,omitempty"` // that were sent in the last day
	Witness   *witness          `json:"witness,omitempty"`  // the last one that answered
}

// witness is what a task of the guard's own read of its kernel.
type witness struct {
	Task string    `json:"task"`
	At   time.Time `json:"at"`
	FIPS bool      `json:"fips"`
	Read string    `json:"read"`
}

// kernel is what a container said of the kernel under a task.
type kernel struct {
	Container string    `json:"container"`
	Answer    string    `json:"answer"`
	At        time.Time `json:"at"`
	Unknown   string    `json:"unknown,omitempty"`
}

// timeline is what one setting was.
type timeline struct {
	Principal string `json:"principal,omitempty"` // whose override; absent for the account default
	Spans     []span `json:"spans"`
}

// span is a time during which a setting did not change.
type span struct {
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	Mode      string    `json:"mode"`                // on, off or, if it is unknown, empty
	Unknown   string    `json:"unknown,omitempty"`   // why
	EventName string    `json:"eventName,omitempty"` // of the call that began it; absent when it began earlier
	EventID   string    `json:"eventID,omitempty"`
	Actor     string    `json:"actor,omitempty"`
	Tool      string    `json:"tool,omitempty"`    // as the actor's user agent names it
	Console   bool      `json:"console,omitempty"` // the actor's credentials are the console's
}

// memoryOf makes of what a scan knows what is stored.
func memoryOf(known scan.Known) memory {
	m := memory{Kernels: map[string]kernel{}, Canaries: known.Canaries}
	if w := known.Witness; w.FIPS != guard.Unknown {
		m.Witness = &witness{Task: w.Task, At: w.At, FIPS: w.FIPS == guard.Yes, Read: w.Read}
	}
	for arn, c := range known.Kernels {
		m.Kernels[arn] = kernel{Container: c.Container, Answer: c.Answer, At: c.At, Unknown: c.Unknown}
	}
	for _, line := range known.Timelines {
		stored := timeline{Principal: line.Principal}
		for _, s := range line.Spans {
			stored.Spans = append(stored.Spans, spanOf(s))
		}
		m.Timelines = append(m.Timelines, stored)
	}
	return m
}

func spanOf(s guard.Span) span {
	stored := span{
		From: s.From.UTC(), Until: s.Until.UTC(), Unknown: s.Unknown,
		EventName: s.Cause.EventName, EventID: s.Cause.EventID, Actor: s.Cause.Actor.Name,
		Tool: s.Cause.Actor.Tool, Console: s.Cause.Actor.Console,
	}
	if s.Mode != guard.ModeUnknown {
		stored.Mode = s.Mode.String()
	}
	return stored
}

// known is what the next scan can use of a memory.
func (m memory) known() scan.Known {
	known := scan.Known{Kernels: map[string]guard.KernelCheck{}, Canaries: m.Canaries}
	if w := m.Witness; w != nil {
		known.Witness = guard.Witness{Task: w.Task, At: w.At, FIPS: guard.No, Read: w.Read}
		if w.FIPS {
			known.Witness.FIPS = guard.Yes
		}
	}
	for arn, k := range m.Kernels {
		known.Kernels[arn] = guard.KernelCheck{Container: k.Container, Answer: k.Answer, At: k.At, Unknown: k.Unknown}
	}
	for _, line := range m.Timelines {
		recalled := guard.Timeline{Principal: line.Principal}
		for _, s := range line.Spans {
			recalled.Spans = append(recalled.Spans, s.guard())
		}
		known.Timelines = append(known.Timelines, recalled)
	}
	return known
}

func (s span) guard() guard.Span {
	span := guard.Span{From: s.From, Until: s.Until, Mode: guard.ParseMode(s.Mode), Unknown: s.Unknown}
	if s.EventName != "" {
		span.Cause = guard.Cause{EventID: s.EventID, EventName: s.EventName, Time: s.From, Actor: guard.Actor{Name: s.Actor, Tool: s.Tool, Console: s.Console}}
	}
	return span
}

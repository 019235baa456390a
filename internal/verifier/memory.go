package verifier

import (
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// memoryOf is what a report remembers for the next look: proofs, of which each
// holds as long as its task runs, and timelines.
func memoryOf(d evidence.Document) Memory {
	m := Memory{Proofs: map[string]guard.KernelCheck{}}
	for _, t := range d.Tasks {
		if t.Kernel.At == nil {
			continue
		}
		proof := guard.KernelCheck{Container: t.Kernel.Container, Answer: t.Kernel.Answer, At: *t.Kernel.At}
		if proof.Answer == "" {
			proof.Unknown = t.Kernel.Reason
		}
		m.Proofs[t.ARN] = proof
	}
	for _, line := range d.Timelines {
		known := guard.Timeline{Principal: line.Principal}
		for _, s := range line.Spans {
			known.Spans = append(known.Spans, spanOf(s))
		}
		m.Timelines = append(m.Timelines, known)
	}
	return m
}

func spanOf(s evidence.Span) guard.Span {
	span := guard.Span{From: s.From, Until: s.Until, Unknown: s.Reason}
	switch s.Mode {
	case guard.ModeOn.String():
		span.Mode = guard.ModeOn
	case guard.ModeOff.String():
		span.Mode = guard.ModeOff
	}
	if s.API != "" {
		span.Cause = guard.Cause{EventID: s.EventID, EventName: s.API, Time: s.From, Actor: guard.Actor{Name: s.By}}
	}
	return span
}

// day is the date that a daily summary is of.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

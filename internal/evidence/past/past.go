package past

import (
	"strings"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Documents are an answer's places, each as a document, in the answer's order.
func Documents(a *audit.Answer, about evidence.About) []evidence.Document {
	var all []evidence.Document
	for _, p := range a.Places {
		all = append(all, document(a, p, about))
	}
	return all
}

func document(a *audit.Answer, p audit.Place, about evidence.About) evidence.Document {
	lines := []guard.Timeline{timeline("", p.Intervals)}
	for _, o := range p.Overrides {
		lines = append(lines, timeline(o.Principal, o.Intervals))
	}
	d := evidence.NewPast(about, guard.Location{Account: p.Account, Region: p.Region}, rules(), claims(p, len(a.Files.Of(p)), about.Started.UTC()), lines, past(a, p))
	for i, interval := range p.Intervals {
		d.Timelines[0].Spans[i].Launched = interval.Launched
	}
	return d
}

func past(a *audit.Answer, p audit.Place) evidence.Past {
	m := evidence.Past{
		Words: audit.Words([]audit.Place{p}), Trust: evidence.Trust(p.Trust), Attempts: []evidence.Attempt{},
		Logs: evidence.Logs{Read: a.Files.Read, Skipped: a.Files.Skipped, Bytes: a.Bytes, Faulty: []evidence.Faulty{}},
	}
	if p.Until > p.From {
		from, until := moment(p.From), moment(p.Until)
		m.From, m.Until = &from, &until
	}
	for _, f := range a.Files.Of(p) {
		m.Logs.Faulty = append(m.Logs.Faulty, evidence.Faulty(f))
	}
	for _, f := range p.Attempts {
		m.Attempts = append(m.Attempts, evidence.Attempt{At: moment(f.At), API: f.Event.EventName, By: f.Event.Actor, EventID: f.Event.EventID, Failure: f.Failure})
	}
	return m
}

func timeline(principal string, intervals []audit.Interval) guard.Timeline {
	line := guard.Timeline{Principal: principal}
	for _, i := range intervals {
		s := guard.Span{From: moment(i.From), Until: moment(i.Until)}
		switch i.Mode {
		case "on":
			s.Mode = guard.ModeOn
		case "off":
			s.Mode = guard.ModeOff
		default:
			s.Unknown = because(i.Reason)
		}
		if i.Event != nil {
			s.Cause = guard.Cause{EventID: i.Event.EventID, EventName: i.Event.EventName, Actor: guard.Actor{Name: i.Event.Actor}}
		}
		line.Spans = append(line.Spans, s)
	}
	return line
}

func moment(t audit.Time) time.Time { return time.Unix(int64(t), 0).UTC() }

// because is why a mode is unknown, as the end of a sentence.
func because(r audit.Reason) string {
	if r == audit.Start {
		return "no record says what it was before"
	}
	return strings.TrimPrefix(r.Words(), "because ")
}

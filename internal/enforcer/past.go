package enforcer

import (
	"fmt"
	"sync"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/remediate"
)

const (
	// unseenInterval is how often a call is made that nothing shows to be needed.
	unseenInterval = 10 * time.Minute
	// failureInterval is how often the minute's check fails for Lambda.
	failureInterval = 10 * time.Minute
	// maxStories bounds how many events are remembered.
	maxStories = 1000
	// recordedTo is how exact the time of a record is.
	recordedTo = time.Second
)

// past is what this process knows of the setting from before: which events it
// answered, when it read that FIPS mode was on, and how the setting was left
// when people were last told. It is safe for concurrent use.
type past struct {
	mu       sync.Mutex
	stories  map[string]story // by the event's ID
	onSince  time.Time        // it was read as on from then; zero when the last reading says otherwise
	onUntil  time.Time        // when it was last read as on
	unseen   time.Time        // when a call that nothing showed to be needed was last accepted
	failed   time.Time        // when the minute's check last failed for Lambda
	reported string           // how it was left when people were told that it is not on
}

// story is what is known of an event when it arrives.
type story struct {
	begun   bool          // it was answered before
	settled bool          // and nothing of it is left to be fixed
	untold  *guard.Report // and this is what people were not told of it yet
	onBy    time.Time     // when FIPS mode was on after the event, as far as this process read it
}

// story is what is known of an event, which begins with it. An event without an
// ID may be any, so that it is not believed.
func (p *past) story(c guard.Cause) story {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, begun := p.stories[c.EventID]
	known.begun = begun || c.EventID == ""
	after := c.Time.Add(recordedTo)
	for _, on := range []time.Time{p.onUntil, p.onSince} { // the earlier one is the better one
		if on.After(after) {
			known.onBy = on
		}
	}
	if !begun {
		p.note(c.EventID, story{})
	}
	return known
}

func (p *past) note(id string, s story) {
	if id == "" {
		return
	}
	if p.stories == nil || len(p.stories) >= maxStories {
		p.stories = map[string]story{}
	}
	p.stories[id] = s
}

// settle notes what became of an event's story, and whether it was told.
func (p *past) settle(r guard.Report, told bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := story{settled: len(r.Unrepaired()) == 0}
	if !told {
		s.untold = &r
	}
	p.note(r.Cause.EventID, s)
}

// observe notes how the setting was found and left.
func (p *past) observe(s remediate.Setting, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found, ok := s.First()[0].State.(guard.Setting); ok {
		p.read(found.Mode, s.At)
	}
	p.read(s.Default.Mode, now)
	for _, o := range s.Outcomes {
		if o.Remediation.Unseen && (o.Result == guard.Unconfirmed || o.Result == guard.Done) {
			p.unseen = now
		}
	}
	if s.Default.Mode == guard.ModeOn {
		p.reported = ""
	}
}

func (p *past) read(mode guard.Mode, at time.Time) {
	switch {
	case mode != guard.ModeOn:
		p.onSince = time.Time{}
		return
	case p.onSince.IsZero():
		p.onSince = at
	}
	p.onUntil = at
}

// mayWriteUnseen reports whether it is time again for a call that nothing shows
// to be needed.
func (p *past) mayWriteUnseen(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unseen.IsZero() || now.Sub(p.unseen).Abs() >= unseenInterval
}

// mayFail reports whether it is time again for the minute's check to fail, and
// notes that it does.
func (p *past) mayFail(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.failed.IsZero() && now.Sub(p.failed).Abs() < failureInterval {
		return false
	}
	p.failed = now
	return true
}

// remember notes that people were told how the setting was left.
func (p *past) remember(s remediate.Setting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reported = left(s)
}

// isReported reports whether people know already how the setting was left.
func (p *past) isReported(s remediate.Setting) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reported != "" && p.reported == left(s)
}

// left says how the setting was left, unless it is on.
func left(s remediate.Setting) string {
	if s.Default.Mode == guard.ModeOn {
		return ""
	}
	how := s.Default.Mode.String()
	for _, o := range s.Outcomes {
		if !o.Remediation.Unseen {
			how += fmt.Sprintf(" %s %s", o.Remediation.Call.API(), o.Result)
		}
	}
	return how
}

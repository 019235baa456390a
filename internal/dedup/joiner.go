package dedup

import (
	"sync"
	"time"

	"fipsguard/internal/guard"
)

// interval is how long alerts that would look alike are joined.
const interval = 15 * time.Minute

// maxKeys bounds how many kinds of alerts are kept apart.
const maxKeys = 1000

// Joiner counts alerts that would say the same again: the first goes out at
// once, those within the interval are counted, and the first one after it goes
// out with the count. It is only memory: it has no timer, and a process that
// ends takes its counts along. It is safe for concurrent use.
type Joiner struct {
	mu      sync.Mutex
	streaks map[key]*streak
	others  tally // what was counted of kinds for which there was no more room
}

// streak is one kind of alert.
type streak struct {
	sent    time.Time // when its last alert went out; zero before the first
	sending *joined   // what the alert that is on its way reports; nil when none is
	counted tally     // since that alert
}

// joined are alerts that were counted, to be reported with the next one.
type joined struct {
	same   tally // they would have said the same
	others tally // of any kind: there was no room to keep their kinds apart
}

// Admit decides whether a report goes out now, and adds what was counted
// before it. Every report that goes out has to be settled.
func (j *Joiner) Admit(r guard.Report, now time.Time) (with guard.Report, send bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := keyOf(r)
	s, ok := j.streaks[k]
	// Clocks may step back: what lies an interval ahead is as far as one behind.
	if ok && (s.sending != nil || now.Sub(s.sent).Abs() < interval) {
		s.counted.add(r, now)
		return r, false
	}
	if !ok {
		s = j.begin(k)
	}
	s.sending = &joined{same: s.counted, others: j.others}
	s.counted, j.others = tally{}, tally{}
	r.Joined, r.JoinedOthers = s.sending.same.sum(), s.sending.others.sum()
	return r, true
}

// Settle ends what Admit began. What could not be sent is reported next time.
func (j *Joiner) Settle(r guard.Report, sent bool, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := keyOf(r)
	s := j.streaks[k]
	with := s.sending
	s.sending = nil
	if sent {
		s.sent = now
		return
	}
	s.counted.merge(with.same)
	j.others.merge(with.others)
	if s.sent.IsZero() && s.counted.count == 0 {
		delete(j.streaks, k)
	}
}

// begin makes a streak, and room for it.
func (j *Joiner) begin(k key) *streak {
	if j.streaks == nil {
		j.streaks = map[key]*streak{}
	}
	if len(j.streaks) >= maxKeys {
		j.evict()
	}
	s := &streak{}
	j.streaks[k] = s
	return s
}

// evict forgets the streak whose last alert is the oldest, preferably one that
// has nothing counted; what is counted goes to the others. One that is being
// sent stays.
func (j *Joiner) evict() {
	var oldest key
	var found *streak
	for k, s := range j.streaks {
		if s.sending != nil {
			continue
		}
		if found == nil || s.goesBefore(found) {
			oldest, found = k, s
		}
	}
	if found == nil {
		return
	}
	j.others.merge(found.counted)
	delete(j.streaks, oldest)
}

func (s *streak) goesBefore(t *streak) bool {
	if idle := s.counted.count == 0; idle != (t.counted.count == 0) {
		return idle
	}
	return s.sent.Before(t.sent)
}

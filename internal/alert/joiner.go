package alert

import (
	"sync"
	"time"

	"fipsguard/internal/guard"
)

// interval is how long alerts that would look alike are joined.
const interval = 15 * time.Minute

// maxKeys bounds how many kinds of alerts are kept apart.
const maxKeys = 1000

// joiner counts alerts that would say the same again: the first goes out at
// once, those within the interval are counted, and the first one after it goes
// out with the count. It is only memory: it has no timer, and a process that
// ends takes its counts along. It is safe for concurrent use.
type joiner struct {
	mu      sync.Mutex
	streaks map[key]*streak
	others  tally // what was counted of kinds for which there was no more room
}

// streak is one kind of alert.
type streak struct {
	sent    time.Time // when its last alert went out; zero before the first
	sending bool      // one of them is on its way
	counted tally     // since that alert
}

// admit decides about a report: whether it goes out now, and what it tells of
// alerts counted before. Every report that goes out has to be settled.
func (j *joiner) admit(r guard.Report, now time.Time) (send bool, with joined) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := keyOf(r)
	s, ok := j.streaks[k]
	// Clocks may step back: what lies an interval ahead is as far as one behind.
	if ok && (s.sending || now.Sub(s.sent).Abs() < interval) {
		s.counted.add(r, now)
		return false, joined{}
	}
	if !ok {
		s = j.begin(k)
	}
	s.sending = true
	with = joined{same: s.counted, others: j.others}
	s.counted, j.others = tally{}, tally{}
	return true, with
}

// settle ends what admit began. What could not be sent is told of next time.
func (j *joiner) settle(r guard.Report, with joined, sent bool, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := keyOf(r)
	s := j.streaks[k]
	s.sending = false
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
func (j *joiner) begin(k key) *streak {
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
func (j *joiner) evict() {
	var oldest key
	var found *streak
	for k, s := range j.streaks {
		if s.sending {
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

package alert

import (
	"fmt"
	"sync"
	"time"

	"fipsguard/internal/guard"
)

// interval is how long alerts that would look alike are joined.
const interval = 15 * time.Minute

// The bounds of what is remembered.
const (
	maxKeys    = 1000
	maxCounted = 10 // actors and subjects of one summary
)

// joiner counts alerts that would say the same again: the first goes out at
// once, those within the interval are counted, and the first one after it goes
// out with the count. It is only memory: it has no timer, and a process that
// ends takes its counts along.
type joiner struct {
	mu   sync.Mutex
	keys map[string]*streak
}

// streak is what was joined under one key since its last alert went out.
type streak struct {
	sent   time.Time
	joined joined
}

// joined is what a summary tells.
type joined struct {
	count    int
	since    time.Time
	actors   map[string]int
	subjects []string
}

// admit decides about a report: whether it goes out now, and with which
// counted ones before it.
func (j *joiner) admit(r guard.Report, now time.Time) (send bool, before *joined) {
	j.mu.Lock()
	defer j.mu.Unlock()
	s, ok := j.keys[keyOf(r)]
	switch {
	case !ok:
		return true, nil
	case now.Sub(s.sent) < interval:
		s.count(r)
		return false, nil
	case s.joined.count == 0:
		return true, nil
	}
	counted := s.joined
	s.joined = joined{}
	return true, &counted
}

// sent starts the interval of a report that went out.
func (j *joiner) sent(r guard.Report, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.keys == nil {
		j.keys = map[string]*streak{}
	}
	key := keyOf(r)
	if s, ok := j.keys[key]; ok {
		s.sent = now
		return
	}
	if len(j.keys) >= maxKeys {
		j.evict()
	}
	j.keys[key] = &streak{sent: now}
}

// restore takes back the count of a summary that could not be sent.
func (j *joiner) restore(r guard.Report, before *joined) {
	if before == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s, ok := j.keys[keyOf(r)]
	if !ok {
		return
	}
	s.joined.count += before.count
	s.joined.since = before.since
	for actor, n := range before.actors {
		s.countActor(actor, n)
	}
	for _, subject := range before.subjects {
		s.countSubject(subject)
	}
}

// evict forgets the key whose last alert is the oldest, preferring those that
// have nothing counted.
func (j *joiner) evict() {
	var oldest string
	for key, s := range j.keys {
		o, ok := j.keys[oldest]
		idle := s.joined.count == 0
		switch {
		case !ok, idle && o.joined.count > 0:
			oldest = key
		case idle == (o.joined.count == 0) && s.sent.Before(o.sent):
			oldest = key
		}
	}
	delete(j.keys, oldest)
}

func (s *streak) count(r guard.Report) {
	if s.joined.count == 0 {
		s.joined.since = s.sent
	}
	s.joined.count++
	s.countActor(known(clean(r.Cause.Actor.Name, maxName)), 1)
	s.countSubject(clean(worstFinding(r).Subject, maxName))
}

func (s *streak) countActor(actor string, n int) {
	if s.joined.actors == nil {
		s.joined.actors = map[string]int{}
	}
	if _, ok := s.joined.actors[actor]; !ok && len(s.joined.actors) >= maxCounted {
		actor = "others"
	}
	s.joined.actors[actor] += n
}

func (s *streak) countSubject(subject string) {
	for _, known := range s.joined.subjects {
		if known == subject {
			return
		}
	}
	if len(s.joined.subjects) < maxCounted {
		s.joined.subjects = append(s.joined.subjects, subject)
	}
}

// keyOf is the same for reports that look alike to a person: the same call on
// the same setting, or the same rule for workloads, of which a storm has many; and the same
// outcome and severity, so that a change for the worse or the better always
// goes out at once.
func keyOf(r guard.Report) string {
	worst := worstFinding(r)
	thing := ""
	if _, setting := worst.State.(guard.Setting); setting {
		thing = worst.Subject
	}
	return fmt.Sprintf("%s %s %s %s %s %s %s", r.Cause.EventName, worst.Rule, thing, worst.Verdict, r.Cause.Region, r.Severity(), outcomeOf(r))
}

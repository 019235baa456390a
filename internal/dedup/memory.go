package dedup

import (
	"strings"
	"sync"

	"fipsguard/internal/guard"
)

// Memory is what one process has reported about workloads: a task changes its
// state about nine times, and events come more than once. Settings are not in
// it: each change of one is new, and the Joiner joins them. It forgets all when
// it is full. It is safe for concurrent use.
type Memory struct {
	mu       sync.Mutex
	reported map[occurrence]bool
}

// maxReported bounds a Memory.
const maxReported = 10_000

// occurrence is one time that something is wrong with a workload: another
// resource is another one, and so are another deployment of it, another verdict
// and a remediation that turned out otherwise. Every task of a service counts
// by itself here, so that the Joiner can count them.
type occurrence struct {
	rule       guard.RuleID
	subject    string
	deployment string // of a service; of the policy document, what is wrong with it
	verdict    guard.Verdict
	open       bool // a remediation is not known to have worked
	named      bool // it was reported with the call, which names who made it
}

// New is the part of a report that was not reported before.
func (m *Memory) New(r guard.Report) guard.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := openSubjects(r)
	var fresh []guard.Finding
	for _, f := range r.Findings {
		if key, kept := occurrenceOf(f, open); !kept || !m.knows(key, r.Cause.IsCall) {
			fresh = append(fresh, f)
		}
	}
	if len(fresh) == 0 && len(r.Findings) > 0 {
		return guard.Report{}
	}
	r.Findings = fresh
	return r
}

// knows reports whether an occurrence was reported. A task's own changes come
// before the record of who launched it: that one is news all the same.
func (m *Memory) knows(key occurrence, named bool) bool {
	key.named = named
	if m.reported[key] {
		return true
	}
	key.named = true
	return m.reported[key]
}

// Remember notes that a report was sent, or counted to be sent.
func (m *Memory) Remember(r guard.Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.reported == nil || len(m.reported)+len(r.Findings) > maxReported {
		m.reported = map[occurrence]bool{}
	}
	open := openSubjects(r)
	for _, f := range r.Findings {
		if key, kept := occurrenceOf(f, open); kept {
			key.named = r.Cause.IsCall
			m.reported[key] = true
		}
	}
}

// occurrenceOf is what a finding is remembered by, if it is.
func occurrenceOf(f guard.Finding, open map[string]bool) (key occurrence, kept bool) {
	key = occurrence{rule: f.Rule, subject: f.Subject, verdict: f.Verdict, open: open[f.Subject]}
	switch s := f.State.(type) {
	case guard.Setting:
		return occurrence{}, false
	case guard.Service:
		key.deployment = s.Deployment
	case guard.PolicyDocument:
		key.deployment = strings.Join(s.Faults, "\n")
	}
	if key.rule == guard.TaskRunningPlatform {
		key.rule = guard.TaskLaunchPlatform // it was wrong already when it was launched
	}
	return key, true
}

func openSubjects(r guard.Report) map[string]bool {
	open := map[string]bool{}
	for _, o := range r.Unrepaired() {
		open[o.Remediation.Subject] = true
	}
	return open
}

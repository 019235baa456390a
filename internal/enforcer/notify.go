package enforcer

import (
	"context"
	"fmt"
	"sync"

	"fipsguard/internal/guard"
)

// notify tells people of what they were not told before.
func (e *Enforcer) notify(ctx context.Context, r guard.Report) error {
	news := e.told.news(r)
	if !news.Noteworthy() {
		return nil
	}
	sent, err := e.Notifier.Notify(ctx, news, e.Now())
	if err != nil {
		e.Log.Error("alert not sent", "eventID", r.Cause.EventID, "error", err.Error())
		return fmt.Errorf("notify of event %s: %w", r.Cause.EventID, err)
	}
	e.told.remember(news)
	e.Log.Info("alert", "eventID", r.Cause.EventID, "sent", sent, "joined", !sent)
	return nil
}

// tellPolicyFaults raises an alert about a policy document that was refused,
// once in the life of the process.
func (e *Enforcer) tellPolicyFaults(ctx context.Context, location guard.Location) error {
	if len(e.PolicyFaults) == 0 {
		return nil
	}
	document := guard.PolicyDocument{Account: location.Account, Region: location.Region, Faults: e.PolicyFaults}
	return e.notify(ctx, guard.Report{
		Cause:    guard.Cause{EventName: "policy document read", Time: e.Now().UTC(), Account: location.Account, Region: location.Region, Actor: guard.Actor{Name: "fipsguard"}},
		Findings: guard.Check(document),
	})
}

// memory is what people were told about workloads: a task changes its state
// about nine times, and events come more than once. Setting changes are not in
// it: each one is news, and the Notifier joins them. It forgets all when full.
type memory struct {
	mu   sync.Mutex
	told map[string]bool
}

const maxTold = 10_000

// news is the part of a report that was not told before.
func (m *memory) news(r guard.Report) guard.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := openSubjects(r)
	var fresh []guard.Finding
	for _, f := range r.Findings {
		if key := memoryKey(f, open); key == "" || !m.told[key] {
			fresh = append(fresh, f)
		}
	}
	if len(fresh) == 0 && len(r.Findings) > 0 {
		return guard.Report{}
	}
	r.Findings = fresh
	return r
}

func (m *memory) remember(r guard.Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.told == nil || len(m.told)+len(r.Findings) > maxTold {
		m.told = map[string]bool{}
	}
	open := openSubjects(r)
	for _, f := range r.Findings {
		if key := memoryKey(f, open); key != "" {
			m.told[key] = true
		}
	}
}

// memoryKey tells two pieces of news apart: another thing, another deployment
// of it, another verdict, or a correction that turned out otherwise.
func memoryKey(f guard.Finding, open map[string]bool) string {
	deployment := ""
	switch s := f.State.(type) {
	case guard.Setting:
		return ""
	case guard.Service:
		deployment = s.Deployment
	}
	return fmt.Sprintf("%s %s %s open=%t", f.Subject, deployment, f.Verdict, open[f.Subject])
}

func openSubjects(r guard.Report) map[string]bool {
	open := map[string]bool{}
	for _, o := range r.Unrepaired() {
		open[o.Remediation.Subject] = true
	}
	return open
}

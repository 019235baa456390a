package drill

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// seen is what a step and the account show of the links between a call and the
// alert about it.
type seen struct {
	fixed, alerted bool
	failed         AlertOutcome // of the guard's call, if one failed
	components     []guard.Component
	waiting, taken int  // events in the gate's queue
	broke          bool // the step made a call of its own
	recorded       bool // and CloudTrail's history has it
}

// diagnosis is what reading all links may take.
const diagnosis = time.Minute

// broken reads the links and says which is broken.
func (r *run) broken(ctx context.Context, s *StepResult) []string {
	ctx, stop := context.WithTimeout(ctx, diagnosis)
	defer stop()
	at := seen{fixed: !s.Fixed.IsZero(), alerted: !s.Alerted.IsZero(), components: r.Account.Components(ctx)}
	at.failed, _ = s.Alert.outcome(guard.Failed, guard.RefusedByAWS, guard.Unconfirmed)
	var err error
	at.waiting, at.taken, err = r.Account.Waiting(ctx)
	r.note(err)
	at.broke = !s.Violated.IsZero()
	at.recorded = at.broke && len(r.recorded(ctx, s.Violated.Add(-pause))) > 0
	return at.diagnose()
}

// recorded are CloudTrail's records of the drill's own calls.
func (r *run) recorded(ctx context.Context, since time.Time) []Record {
	ctx, stop := context.WithTimeout(ctx, readTime)
	defer stop()
	records, err := r.Account.Recorded(ctx, since)
	r.note(err)
	return records
}

// diagnose names broken links in the order in which a call passes them, so that
// the first is the likeliest. Components that could not be read come last.
func (s seen) diagnose() []string {
	var found []string
	add := func(link, what string) { found = append(found, link+": "+what) }
	if s.failed.API != "" {
		add("permission", fmt.Sprintf("the guard received the event and called %s, which ended with %s: %s", s.failed.API, s.failed.Result, s.failed.Detail))
	}
	for _, link := range []string{"trail", "rule", "permission", "function", "topic"} {
		for _, c := range s.components {
			if linkOf(c) == link {
				for _, fault := range c.Faults {
					add(link, fault)
				}
			}
		}
		if link == "rule" && s.waiting > 0 && !s.fixed {
			add("queue", fmt.Sprintf("it has about %s waiting for the gate, whose event source mapping is disabled, or which is throttled", grammar.Count(s.waiting, "event")))
		}
		if link == "function" && s.taken > 0 && s.failed.API == "" {
			add("function", fmt.Sprintf("the gate took about %s and does not finish: read its log, for what AWS refuses to its role, such as sns:Publish", grammar.Count(s.taken, "event")))
		}
	}
	if len(found) == 0 {
		found = append(found, s.unexplained())
	}
	for _, c := range s.components {
		if c.Unknown != "" {
			add("not examined", c.Name+", because "+c.Unknown)
		}
	}
	return found
}

// linkOf is the link that a component belongs to. What EventBridge could not hand over
// waits in a queue of its own: mostly because it may not.
func linkOf(c guard.Component) string {
	if c.Rule == guard.GuardQueues && strings.HasSuffix(c.Name, "/"+product.Undelivered) {
		return "permission"
	}
	return map[guard.RuleID]string{
		guard.GuardTrail: "trail", guard.GuardEvents: "rule", guard.GuardQueues: "function", guard.GuardAlerts: "topic",
	}[c.Rule]
}

// unexplained is what is left if every link that can be read is whole.
func (s seen) unexplained() string {
	history := "CloudTrail's history does not have the call yet"
	if s.recorded {
		history = "CloudTrail's history has the call"
	}
	switch {
	case !s.broke:
		return "canary: every link that can be read is whole; the verifier sent none, or it was lost on its way. Read docs/canary.md and the functions' logs."
	case s.fixed:
		return "alert: the guard fixed it, and no alert came. Its role may not publish, or the alert was joined with one of the same kind in the 15 minutes before. Read the functions' logs."
	case s.alerted:
		return "fix: the guard alerted, and nothing was fixed. Read the alert."
	}
	return strings.Join([]string{"event: every link that can be read is whole", history, "the event came late, was lost on its way, or the function failed. Read the functions' logs."}, "; ")
}

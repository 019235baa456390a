package dedup

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

// key is the same for alerts that would look the same to a person.
type key [sha256.Size]byte

// keyOf: the same event name and Region, the same severity, the same verdicts
// under the same rules, and the same results, so that a change for the worse
// or the better always goes out at once. A setting counts by its identity and
// by who changed it, since everyone who turns it off is named; of task
// definitions, tasks and services, of which a storm has many, only the rule
// counts; of the policy document what is wrong with it. What was read as off
// without an event may be anyone's, each time.
func keyOf(r guard.Report) key {
	lines := map[string]bool{}
	for _, f := range r.Findings {
		if f.Severity == guard.Info {
			continue
		}
		line := fmt.Sprintf("finding %q %s %s", f.Rule, f.Verdict, f.Severity)
		switch s := f.State.(type) {
		case guard.PolicyDocument:
			line += fmt.Sprintf(" %q", s.Faults)
		case guard.Setting:
			line += fmt.Sprintf(" %q by %q %q", f.Identity().Resource, r.Cause.Actor.Name, r.Cause.Actor.ARN)
			if r.Cause.EventID == "" && f.Verdict == guard.NonCompliant {
				line += fmt.Sprintf(" at %s", r.Cause.Time)
			}
		}
		lines[line] = true
	}
	for _, o := range r.Outcomes {
		lines[fmt.Sprintf("outcome %q %s", o.Remediation.Rule, o.Result)] = true
	}
	head := fmt.Sprintf("%q %q %q %s\n", r.Cause.EventName, r.Cause.Account, r.Cause.Region, r.Severity())
	return sha256.Sum256([]byte(head + strings.Join(slices.Sorted(maps.Keys(lines)), "\n")))
}

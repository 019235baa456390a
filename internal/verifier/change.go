package verifier

import (
	"maps"
	"slices"

	"fipsguard/internal/guard"
)

// standing is how bad something is that people were told of.
type standing struct {
	Verdict  string `json:"verdict"`
	Severity int    `json:"severity"`
}

// changes is what people have not been told yet.
type changes struct {
	fresh    []guard.Finding // new or worse
	resolved []string        // keys of what is no more
	told     map[string]standing
}

// compare holds a look against what people were told of. complete says that
// the look saw everything: what an incomplete one did not see may still stand.
func compare(told map[string]standing, r guard.Report, complete bool) changes {
	c := changes{told: map[string]standing{}}
	for _, f := range r.Findings {
		key := keyOf(f)
		if key == "" {
			continue
		}
		now := standing{f.Verdict.String(), int(f.Severity)}
		before, known := told[key]
		if !known || before.Severity < now.Severity {
			c.fresh = append(c.fresh, f)
		}
		if _, ok := f.State.(guard.Setting); ok && isRepaired(f, r) {
			continue // the story is over: the next time is another one
		}
		if now.Severity >= c.told[key].Severity {
			c.told[key] = now
		}
	}
	for _, key := range slices.Sorted(maps.Keys(told)) {
		if _, stands := c.told[key]; stands {
			continue
		}
		if !complete {
			c.told[key] = told[key]
			continue
		}
		c.resolved = append(c.resolved, key)
	}
	return c
}

// isRepaired reports whether a finding was put right in the same look.
func isRepaired(f guard.Finding, r guard.Report) bool {
	return slices.ContainsFunc(r.Outcomes, func(o guard.Outcome) bool {
		return o.Remediation.Subject == f.Subject && o.Result == guard.Done
	})
}

// keyOf names what people would take for one thing, or is empty for what they
// need not hear of. The tasks of a service come and go: people hear of the
// service. That a task was not asked yet is in the report.
func keyOf(f guard.Finding) string {
	if f.Severity == guard.Info {
		return ""
	}
	thing := f.Subject
	switch s := f.State.(type) {
	case guard.KernelCheck:
		if s.At.IsZero() && s.Unknown == "" {
			return ""
		}
		thing = thingOf(s.Task)
	case guard.Exposure:
		thing = thingOf(s.Task)
	case guard.Task:
		thing = thingOf(s)
	}
	return string(f.Rule) + " " + thing
}

func thingOf(t guard.Task) string {
	if t.Service() == "" {
		return t.Subject()
	}
	return "service " + t.Service() + " of " + t.Cluster
}

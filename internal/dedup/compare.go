package dedup

import (
	"maps"
	"slices"

	"fipsguard/internal/guard"
)

// Open is how bad a finding is that was reported and has not been resolved.
type Open struct {
	Verdict  string `json:"verdict"`
	Severity int    `json:"severity"`
}

// Changes is what a scan has to report.
type Changes struct {
	New      []guard.Finding // not reported yet, or worse than reported
	Resolved []string        // identities of findings that are gone
	Open     map[string]Open // what is reported and open afterwards, by identity
}

// Compare compares a scan with what was open before it. complete says that the
// scan saw everything: what an incomplete one did not see may still be open.
func Compare(open map[string]Open, r guard.Report, complete bool) Changes {
	c := Changes{Open: map[string]Open{}}
	for _, f := range r.Findings {
		if !alertWorthy(f) {
			continue
		}
		id := f.Identity().String()
		now := Open{f.Verdict.String(), int(f.Severity)}
		before, known := open[id]
		if !known || before.Severity < now.Severity {
			c.New = append(c.New, f)
		}
		if _, ok := f.State.(guard.Setting); ok && isFixed(f, r) {
			continue // this story is over: the next time is another one
		}
		if now.Severity >= c.Open[id].Severity {
			c.Open[id] = now
		}
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		if _, still := c.Open[id]; still {
			continue
		}
		if !complete {
			c.Open[id] = open[id]
			continue
		}
		c.Resolved = append(c.Resolved, id)
	}
	return c
}

// isFixed reports whether a finding was fixed in the same scan.
func isFixed(f guard.Finding, r guard.Report) bool {
	return slices.ContainsFunc(r.Outcomes, func(o guard.Outcome) bool {
		return o.Remediation.Subject == f.Subject && o.Result.Accepted()
	})
}

// alertWorthy reports whether people have to hear of a finding. That a task
// was not checked yet is only in the evidence.
func alertWorthy(f guard.Finding) bool {
	if k, ok := f.State.(guard.KernelCheck); ok && k.At.IsZero() && k.Unknown == "" {
		return false
	}
	return f.Severity > guard.Info
}

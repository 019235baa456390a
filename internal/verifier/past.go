package verifier

import (
	"maps"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// offPeriods returns the off periods of a report's history that nobody has
// reported, and which events are reported after it. An off period that the guard
// ended was reported by what ended it, and one that goes on is in the report. One
// whose end has no record yet waits for it. complete says that the history is
// all there: what is not in it any more need not be remembered.
func offPeriods(reported map[string]bool, r guard.Report, complete bool) (unreported []guard.Finding, after map[string]bool) {
	after = map[string]bool{}
	if !complete {
		maps.Copy(after, reported)
	}
	for _, line := range r.Timelines {
		for i := len(line.Spans) - 1; i >= 0 && line.Spans[i].Mode == guard.ModeOff; i-- {
			if id := line.Spans[i].Cause.EventID; id != "" {
				after[id] = true
			}
		}
	}
	for _, period := range guard.OffPeriods(r.Timelines, r.Cause.Account, r.Cause.Region) {
		if period.Ended.EventName == "" {
			continue
		}
		told := true
		for _, c := range period.By {
			told = told && reported[c.EventID]
			after[c.EventID] = true
		}
		if !told && !byGuard(period.Ended) {
			unreported = append(unreported, guard.Check(period)...)
		}
	}
	return unreported, after
}

// byGuard reports whether a call is one of the guard's own: of a role of its
// stack, by its name, or a fix of a scan that has no record yet.
func byGuard(c guard.Cause) bool {
	return strings.HasPrefix(c.Actor.Name, "role "+product.Prefix) || c.EventID == "" && c.Actor.Name == product.Name
}

// began is the call that began an off period, as the cause of an alert about it.
func began(f guard.Finding, scan guard.Cause) guard.Cause {
	period, ok := f.State.(guard.OffPeriod)
	if !ok {
		return scan
	}
	cause := period.By[0]
	cause.Account, cause.Region, cause.IsCall = scan.Account, scan.Region, true
	return cause
}

package verifier

import (
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// recordedTo is how far the time of a record may be from the guard's clock.
const recordedTo = 5 * time.Second

// compare holds the off periods of a report's history against what was
// reported. It returns those of which nobody knows, or nobody by name, and what
// is reported after it. One that lasts is a finding of its own until it ends, so
// that only a name is missing, and what happened just now waits for its event.
// blind says that what the enforcer reported is not known.
func (r reported) compare(report guard.Report, now time.Time, blind bool) (unreported []guard.Finding, after reported) {
	after = r.with(reported{})
	periods := guard.OffPeriods(report.Timelines, report.Cause.Account, report.Cause.Region)
	var seen [][]sighting
	seen, after.Sightings = matched(after.Sightings, periods, subjectsOf(report))
	for i, period := range periods {
		for _, s := range seen[i] {
			period.Seen = s.At
		}
		told := after.knowsAllOf(period)
		if period.Lasts {
			after.Sightings = append(after.Sightings, seen[i]...)
		}
		switch {
		case told:
		case period.Lasts && (blind || period.Seen.IsZero() || now.Sub(latest(period)) < guard.Settling):
			continue
		case !period.Lasts && (now.Sub(period.Until) < guard.Settling || blind && byGuard(period.Ended)):
			after.Sightings = append(after.Sightings, seen[i]...)
			continue
		case period.Seen.IsZero() && byGuard(period.Ended) && period.Until.Before(r.Since): // what ended it reported it
		default:
			unreported = append(unreported, guard.Check(period)...)
		}
		for _, c := range period.By {
			after.tell(c)
		}
	}
	return unreported, after.prune(report.Timelines, now)
}

// latest is when FIPS mode was last turned off in an off period.
func latest(p guard.OffPeriod) time.Time { return p.By[len(p.By)-1].Time }

// tell notes that people know of an event.
func (r reported) tell(c guard.Cause) {
	if _, known := r.Events[c.EventID]; !known && c.EventID != "" {
		r.Events[c.EventID] = c.Time.UTC()
	}
}

// knowsAllOf reports whether people know of an off period, and of everyone who
// turned FIPS mode off in it.
func (r reported) knowsAllOf(period guard.OffPeriod) bool {
	known := map[string]bool{}
	for _, c := range period.By {
		_, told := r.Events[c.EventID]
		known[c.Actor.Name] = known[c.Actor.Name] || told
	}
	for _, told := range known {
		if !told {
			return false
		}
	}
	return true
}

// matched returns the sightings of each off period, and those that wait for a
// record.
func matched(sightings []sighting, periods []guard.OffPeriod, subjects map[string]string) (of [][]sighting, waiting []sighting) {
	of = make([][]sighting, len(periods))
	for _, s := range sightings {
		subject, onRecord := subjects[s.EventID]
		if onRecord && subject == s.Subject {
			continue // the event says which one it is of
		}
		if i := nearest(s, periods); i >= 0 && (onRecord || s.EventID == "") {
			of[i] = append(of[i], s)
			continue
		}
		waiting = append(waiting, s)
	}
	return of, waiting
}

// subjectsOf is which setting an event of timelines is about, by its ID.
func subjectsOf(report guard.Report) map[string]string {
	of := map[string]string{}
	for _, line := range report.Timelines {
		for _, span := range line.Spans {
			if span.Cause.EventID != "" {
				of[span.Cause.EventID] = guard.OffPeriod{Account: report.Cause.Account, Region: report.Cause.Region, Principal: line.Principal}.Subject()
			}
		}
	}
	return of
}

// nearest is the off period in which a sighting was made, or -1.
func nearest(s sighting, periods []guard.OffPeriod) int {
	found, least := -1, recordedTo+1
	for i, p := range periods {
		away := max(p.From.Sub(s.At), s.At.Sub(p.Until), 0)
		if p.Subject() == s.Subject && away <= recordedTo && away <= least {
			found, least = i, away
		}
	}
	return found
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

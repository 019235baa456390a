package verifier

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

const (
	// mostPast is how many findings about off periods one alert has room for, with
	// one of another kind.
	mostPast = alert.Listed - 1
	// namedAtOnce is how many people one of them has room for.
	namedAtOnce = 3
)

// compare holds the off periods of a report's history against what was
// reported. It returns those of which nobody knows, or nobody by name, as many as
// there is room for in one alert, and what is reported after it. One that lasts is
// a finding of its own until it ends, so that only a name is missing, and what
// happened just now waits for its event. blind says that what the enforcer
// reported is not known.
func (r reported) compare(report guard.Report, now time.Time, blind bool) (unreported []guard.Finding, after reported) {
	after = r.with(reported{})
	periods := guard.OffPeriods(report.Timelines, report.Cause.Account, report.Cause.Region)
	var seen [][]sighting
	seen, after.Sightings = matched(after.Sightings, periods, subjectsOf(report))
	for i, period := range periods {
		for _, s := range seen[i] {
			period.Seen = s.At
		}
		known := after.knownIn(period)
		waits := period.Lasts
		switch {
		case knowAll(known):
		case period.Lasts && (blind || period.Seen.IsZero() || now.Sub(latest(period)) < guard.Settling):
			period.By = nil
		case !period.Lasts && (now.Sub(period.Until) < guard.Settling || blind && byGuard(period.Ended)):
			waits, period.By = true, nil
		case period.Seen.IsZero() && byGuard(period.Ended) && period.Until.Before(r.Since): // what ended it reported it
		default:
			parts, named := unnamed(period, known, mostPast-len(unreported))
			unreported = append(unreported, parts...)
			waits = waits || len(named) < len(period.By) // the next scan names the others
			period.By = named
		}
		if waits {
			after.Sightings = append(after.Sightings, seen[i]...)
		}
		for _, c := range period.By {
			after.tell(c)
		}
	}
	return unreported, after.prune(report.Timelines, now)
}

// knownIn are those who turned FIPS mode off in an off period, by name, and
// whether people know of each that they did.
func (r reported) knownIn(period guard.OffPeriod) map[string]bool {
	known := map[string]bool{}
	for _, c := range period.By {
		_, told := r.Events[c.EventID]
		known[c.Actor.Name] = known[c.Actor.Name] || told
	}
	return known
}

// knowAll reports whether people know of everyone.
func knowAll(known map[string]bool) bool {
	return !slices.Contains(slices.Collect(maps.Values(known)), false)
}

// unnamed are findings that name everyone of whom people do not know that they
// turned FIPS mode off in an off period, as many findings as there is room for,
// and the calls of all whom people know of with them.
func unnamed(period guard.OffPeriod, known map[string]bool, room int) (parts []guard.Finding, calls []guard.Cause) {
	var firsts []guard.Cause // each one's
	listed := map[string]bool{}
	for _, c := range period.By {
		if !listed[c.Actor.Name] {
			listed[c.Actor.Name] = true
			firsts = append(firsts, c)
		}
	}
	for some := range slices.Chunk(firsts, namedAtOnce) {
		if !slices.ContainsFunc(some, func(c guard.Cause) bool { return !known[c.Actor.Name] }) {
			continue
		}
		if len(parts) == room {
			break
		}
		part := period
		part.By = some
		parts = append(parts, guard.Check(part)...)
		for _, c := range some {
			known[c.Actor.Name] = true
		}
	}
	for _, c := range period.By {
		if known[c.Actor.Name] {
			calls = append(calls, c)
		}
	}
	return parts, calls
}

// latest is when FIPS mode was last turned off in an off period.
func latest(p guard.OffPeriod) time.Time { return p.By[len(p.By)-1].Time }

// tell notes that people know of an event.
func (r reported) tell(c guard.Cause) {
	if _, known := r.Events[c.EventID]; !known && c.EventID != "" {
		r.Events[c.EventID] = c.Time.UTC()
	}
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
	found, least := -1, guard.RecordedTo+1
	for i, p := range periods {
		away := max(p.From.Sub(s.At), s.At.Sub(p.Until), 0)
		if p.Subject() == s.Subject && away <= guard.RecordedTo && away <= least {
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

package verifier

import (
	"maps"
	"slices"
	"time"

	"fipsguard/internal/guard"
)

// reported is what people were told of off periods, by any of the guard's
// functions. It only grows, until it is too old to matter.
type reported struct {
	Since     time.Time            `json:"since,omitzero"`      // from when on it is complete
	Events    map[string]time.Time `json:"events,omitempty"`    // that turned FIPS mode off, by CloudTrail's ID, and when they were noted
	Sightings []sighting           `json:"sightings,omitempty"` // not matched with an off period yet
}

// sighting is that FIPS mode was read as off, and people were told so.
type sighting struct {
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
	EventID string    `json:"eventID,omitempty"` // of the alert, which may be about another subject
	Left    bool      `json:"left,omitempty"`    // it was left off, and nothing has shown since that it was on again
}

func (s sighting) isSame(other sighting) bool {
	s.Left, other.Left = false, false
	return s == other
}

const (
	// eventsKept is longer than CloudTrail's event history.
	eventsKept = 100 * 24 * time.Hour
	// sightingsKept is longer than CloudTrail takes for a record.
	sightingsKept = 7 * 24 * time.Hour
	// maxSightings bounds what waits for records that never come.
	maxSightings = 1000
)

// with adds what else was reported. Adding the same again changes nothing.
func (r reported) with(more reported) reported {
	sum := reported{Since: r.Since, Events: map[string]time.Time{}, Sightings: slices.Clone(r.Sightings)}
	if sum.Since.IsZero() || !more.Since.IsZero() && more.Since.Before(sum.Since) {
		sum.Since = more.Since
	}
	maps.Copy(sum.Events, more.Events)
	maps.Copy(sum.Events, r.Events)
	for _, s := range more.Sightings {
		i := slices.IndexFunc(sum.Sightings, s.isSame)
		if i < 0 {
			sum.Sightings = append(sum.Sightings, s)
			continue
		}
		sum.Sightings[i].Left = sum.Sightings[i].Left && s.Left
	}
	sum.Sightings = sum.Sightings[max(0, len(sum.Sightings)-maxSightings):]
	return sum
}

// since notes when what was reported began to be noted, in whole seconds as
// CloudTrail has them: what ended later in that second is not before it.
func (r reported) since(now time.Time) reported {
	if r.Since.IsZero() {
		r.Since = now.UTC().Truncate(time.Second)
	}
	return r
}

// nothingExcused is from when on reported is complete where what was noted before
// is not believed: people rather hear twice of an off period than never.
var nothingExcused = time.Unix(0, 0).UTC()

// byScan is what a scan reports of settings. The event that its history knows
// is that of the account default.
func byScan(findings []guard.Finding, cause guard.Cause, now time.Time) reported {
	var r reported
	for _, f := range findings {
		s, ok := f.State.(guard.Setting)
		switch {
		case !ok || f.Verdict != guard.NonCompliant:
		case s.Scope == guard.ScopePrincipal:
			r = r.with(noted("", f.Subject, now, false))
		default:
			r = r.with(noted(cause.EventID, f.Subject, cause.Time, false))
		}
	}
	return r
}

// noted is what one alert says of one setting.
func noted(eventID, subject string, at time.Time, left bool) reported {
	r := reported{Sightings: []sighting{{Subject: subject, At: at.UTC(), EventID: eventID, Left: left}}}
	if eventID != "" {
		r.Events = map[string]time.Time{eventID: at.UTC()}
	}
	return r
}

// prune drops what is too old to matter, but for events of timelines.
func (r reported) prune(lines []guard.Timeline, now time.Time) reported {
	onRecord := map[string]bool{}
	for _, line := range lines {
		for _, span := range line.Spans {
			onRecord[span.Cause.EventID] = true
		}
	}
	maps.DeleteFunc(r.Events, func(id string, at time.Time) bool { return !onRecord[id] && now.Sub(at) > eventsKept })
	r.Sightings = slices.DeleteFunc(r.Sightings, func(s sighting) bool { return now.Sub(s.At) > sightingsKept })
	return r
}

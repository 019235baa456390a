// Package judge is a second opinion for tests: it answers what
// `fipsguard audit --format json` has to answer, from the same files.
//
// It is written from the contract, sentence by sentence, to be obviously right
// and nothing else. It holds every file in memory, decodes it with
// encoding/json and asks each question by going through all that there is. It
// shares no code with the command.
package judge

import (
	"cmp"
	"maps"
	"slices"
)

// Options are the command's.
type Options struct {
	Since, Until string // YYYY-MM-DDTHH:MM:SSZ, or empty
	PublicKeys   string // file
	Signatures   string // file
	Paths        []string
}

// Judge reads the files and returns the answer and the exit status. An error
// means that the command could not run, which is exit status 2.
func Judge(o Options) (*Answer, int, error) {
	since, until, err := limits(o)
	if err != nil {
		return nil, 2, err
	}
	a, err := read(o)
	if err != nil {
		return nil, 2, err
	}
	answer := &Answer{Schema: "fipsguard.audit/v1", Places: []Place{}, Files: a.counts()}
	answer.Records, answer.Bytes = a.size()
	for _, w := range a.places() {
		if _, _, known := a.span(w); !known {
			continue
		}
		place := a.place(w, since, until)
		if len(answer.Places) == 0 || place.From < *answer.From {
			answer.From = &place.From
		}
		if len(answer.Places) == 0 || place.To > *answer.Until {
			answer.Until = &place.To
		}
		answer.Places = append(answer.Places, place)
	}
	return answer, status(answer), nil
}

// status is the command's exit status. Where the contract would let a place pass
// of which no second was seen, it does not: docs/audit.md says so.
func status(a *Answer) int {
	off, unknown := false, false
	for _, place := range a.Places {
		unknown = unknown || len(place.Intervals) == 0
		for _, i := range place.Intervals {
			off = off || i.Mode == "off"
			unknown = unknown || i.Mode == "unknown"
		}
		for _, override := range place.Overrides {
			for _, i := range override.Intervals {
				off = off || i.Mode == "off"
			}
		}
	}
	switch {
	case off:
		return 1
	case unknown, len(a.Files.Faulty) > 0, len(a.Places) == 0:
		return 2
	}
	return 0
}

// where is an account and a Region.
type where struct{ account, region string }

func (w where) inGovCloud() bool {
	return w.account != "" && (w.region == "us-gov-west-1" || w.region == "us-gov-east-1")
}

// places returns what a log file's name, a digest that is not unsound or a used
// record names.
func (a *archive) places() []where {
	found := map[where]bool{}
	for _, f := range a.files {
		if f.kind == log && f.named || f.kind == digest && f.digest != nil {
			found[f.where] = true
		}
	}
	for _, r := range a.records {
		found[r.where] = true
	}
	maps.DeleteFunc(found, func(w where, _ bool) bool { return !w.inGovCloud() })
	return slices.SortedFunc(maps.Keys(found), func(a, b where) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region))
	})
}

// place returns all that is said of one place.
func (a *archive) place(w where, since, until *second) Place {
	from, to, _ := a.span(w)
	if until != nil {
		to = max(min(to, *until), from)
	}
	if since != nil {
		from = min(max(from, *since), to)
	}
	place := Place{Account: w.account, Region: w.region, Overrides: []Override{}, From: from, To: to}
	holes := a.holes(w)
	normal := timeline{records: a.settings(w, ""), holes: holes}
	place.Intervals = normal.intervals(from, to)
	principals := map[string]bool{}
	for _, r := range a.records {
		if r.kind == setting && r.where == w && r.principal != "" {
			principals[r.principal] = true
		}
	}
	for _, principal := range slices.Sorted(maps.Keys(principals)) {
		override := timeline{records: a.settings(w, principal), holes: holes, override: true}
		if intervals := override.intervals(from, to); len(intervals) > 0 {
			place.Overrides = append(place.Overrides, Override{Principal: principal, Intervals: intervals})
		}
	}
	for _, i := range place.Intervals {
		if i.Mode == "off" {
			place.Off.Windows++
			place.Off.Seconds += int64(i.Until - i.From)
		}
	}
	place.LaunchesWhileOff = a.launches(place, w)
	place.Trust = a.trust(w, from, to)
	return place
}

// settings returns the setting records of one timeline: a principal's, or with
// an empty principal the default's.
func (a *archive) settings(w where, principal string) []*record {
	var found []*record
	for _, r := range a.records {
		if r.kind == setting && r.where == w && r.principal == principal {
			found = append(found, r)
		}
	}
	return found
}

// launches counts the tasks launched at t with from <= t <= until of an off
// interval of the default, within [from, until) of the place.
func (a *archive) launches(place Place, w where) int {
	sum := 0
	for _, r := range a.records {
		if r.kind != launch || r.where != w || r.at < place.From || r.at >= place.To {
			continue
		}
		for _, i := range place.Intervals {
			if i.Mode == "off" && i.From <= r.at && r.at <= i.Until {
				sum += r.tasks
				break
			}
		}
	}
	return sum
}

// span returns a place's from and until, before --since and --until cut them.
// Of a place that only a launch or a StopLogging names no time is known: false.
func (a *archive) span(w where) (from, until second, known bool) {
	var starts, ends, settings []second
	for _, f := range a.files {
		switch {
		case f.where != w:
		case f.kind == log && f.named && f.fault != "unlisted":
			starts, ends = append(starts, f.t), append(ends, f.t)
		case f.kind == digest && f.digest != nil && !f.backfill:
			starts, ends = append(starts, f.digest.start), append(ends, f.digest.end)
		}
	}
	for _, r := range a.records {
		if r.kind == setting && r.where == w {
			settings = append(settings, r.at)
		}
	}
	first := slices.Concat(starts, settings)
	if len(first) == 0 {
		return 0, 0, false
	}
	from = slices.Min(first)
	until = from
	if len(ends) > 0 {
		until = max(until, slices.Max(ends)-hour)
	}
	if len(settings) > 0 {
		until = max(until, slices.Max(settings)+1)
	}
	return from, until, true
}

// lastDelivery is Z: the latest T or window's end.
func (a *archive) lastDelivery(w where) (z second, known bool) {
	for _, f := range a.files {
		end := f.t
		switch {
		case f.where != w:
			continue
		case f.kind == log && f.named && f.fault != "unlisted":
		case f.kind == digest && f.digest != nil && !f.backfill:
			end = f.digest.end
		default:
			continue
		}
		if !known || end > z {
			z, known = end, true
		}
	}
	return z, known
}

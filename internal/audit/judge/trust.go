package judge

import (
	"math"
	"slices"
)

// windows returns the windows of a place's digests that are not unsound, or of
// the sound ones only.
func (a *archive) windows(w where, soundOnly bool) []hole {
	var found []hole
	for _, f := range a.files {
		if f.where == w && f.digest != nil && !f.backfill && (f.digest.sound || !soundOnly) {
			found = append(found, hole{f.digest.start, f.digest.end})
		}
	}
	return found
}

// within tells whether stretches cover [from, until) wholly.
func within(from, until second, stretches []hole) bool {
	slices.SortFunc(stretches, func(a, b hole) int { return int(a.from - b.from) })
	for _, s := range stretches {
		if s.from <= from && s.until > from {
			from = s.until
		}
	}
	return from >= until
}

// holes returns a place's holes in event time.
func (a *archive) holes(w where) []hole {
	holes := slices.Concat(a.damaged[w], a.missingDeliveries(w), a.stopped(w))
	for _, f := range a.files {
		if f.kind == log && f.named && f.where == w && f.fault != "" && f.fault != "unlisted" {
			holes = append(holes, holesOf(f.t, a.lists[f.base])...)
		}
	}
	for _, l := range a.missing {
		if l.digest.where == w {
			holes = append(holes, holesOf(named(l.key).t, []listed{l})...)
		}
	}
	z, known := a.lastDelivery(w)
	if !known {
		return append(holes, hole{math.MinInt64, math.MaxInt64}) // nothing was delivered
	}
	return append(holes, hole{z - hour, math.MaxInt64})
}

// holesOf is the contract's H.
func holesOf(t second, lists []listed) []hole {
	var found []hole
	for _, l := range lists {
		if l.events != nil {
			found = append(found, *l.events)
		}
	}
	if len(found) == 0 {
		found = []hole{{t - hour, t + minute}}
	}
	return found
}

// missingDeliveries returns a hole for each maximal stretch of D that is in no
// window.
func (a *archive) missingDeliveries(w where) []hole {
	windows := a.windows(w, false)
	d := slices.Clone(windows)
	for _, f := range a.files {
		if f.where == w && f.kind == digest && f.digest == nil && !f.backfill {
			d = append(d, hole{f.t - hour, f.t})
		}
	}
	if len(d) == 0 {
		return nil
	}
	end := slices.MaxFunc(d, func(a, b hole) int { return int(a.until - b.until) }).until
	g := slices.MinFunc(d, func(a, b hole) int { return int(a.from - b.from) }).from
	slices.SortFunc(windows, func(a, b hole) int { return int(a.from - b.from) })
	var holes []hole
	for _, next := range append(windows, hole{end, end}) {
		if next.from > g {
			holes = append(holes, hole{g - hour, next.from})
		}
		g = max(g, next.until)
	}
	return holes
}

// stopped returns the holes from StopLogging or DeleteTrail to the next
// StartLogging of the same trail, in all Regions of the account.
func (a *archive) stopped(w where) []hole {
	trails, digests := map[string]bool{}, false
	for _, f := range a.files {
		if f.kind == digest && f.account == w.account {
			trails[f.trail], digests = true, true
		}
	}
	var holes []hole
	for _, stop := range a.records {
		if stop.kind != stopLogging || stop.account != w.account || digests && !trails[stop.trail] {
			continue
		}
		h := hole{stop.at, math.MaxInt64}
		for _, start := range a.records {
			if start.kind == startLogging && start.account == w.account && start.trail == stop.trail && start.at > stop.at {
				h.until = min(h.until, start.at)
			}
		}
		holes = append(holes, h)
	}
	return holes
}

// trust says for how many hours of [from, until) the digests vouch.
func (a *archive) trust(w where, from, until second) Trust {
	var t Trust
	for _, f := range a.files {
		if f.where == w && (f.fault == "altered" || f.fault == "unlisted") {
			t.AlteredFiles++
		}
	}
	for _, l := range a.missing {
		if l.digest.where == w {
			t.MissingFiles++
		}
	}
	for h := from - from%hour; from < until && h < until; h += hour {
		if a.vouched(w, h) {
			t.VouchedHours++
		} else {
			t.UnvouchedHours++
		}
	}
	return t
}

// vouched: sound digests' windows cover the hour wholly, and each digest that
// overlaps it lists only files that were read unaltered.
func (a *archive) vouched(w where, h second) bool {
	if !within(h, h+hour, a.windows(w, true)) {
		return false
	}
	for _, f := range a.files {
		if f.where != w || f.digest == nil || f.backfill || f.digest.start >= h+hour || f.digest.end <= h {
			continue
		}
		for _, entry := range *f.digest.LogFiles {
			if !a.readUnaltered(baseOfKey(entry.Key)) {
				return false
			}
		}
	}
	return true
}

func (a *archive) readUnaltered(base string) bool {
	found := false
	for _, f := range a.files {
		if f.base == base {
			if f.kind != log || f.fault != "" {
				return false
			}
			found = true
		}
	}
	return found
}

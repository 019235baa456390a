package audit

import (
	"encoding/hex"
	"slices"
)

// delivery is what digests say of the log files that CloudTrail delivered.
type delivery struct {
	digests []*digest
	lists   map[string][]listing // by the stem of a log file's name
	windows map[place]spans      // of digests that are not unsound
	trails  trails
}

// listing is a log file in the list of a digest.
type listing struct {
	listed
	by *digest
}

// deliver takes in all digests of an audit.
func deliver(digests []*digest, t trails) *delivery {
	d := &delivery{digests: digests, lists: map[string][]listing{}, windows: map[place]spans{}, trails: t}
	windows := map[place][]span{}
	for _, g := range digests {
		for _, l := range g.logs {
			at := stem(l.object)
			d.lists[at] = append(d.lists[at], listing{l, g})
		}
		if g.isUsed() && !g.name.backfill {
			windows[g.name.place] = append(windows[g.name.place], g.window)
		}
	}
	for p, all := range windows {
		d.windows[p] = union(all)
	}
	return d
}

// isListed reports whether a digest that is not unsound lists a log file.
func (d *delivery) isListed(file string) bool { return len(d.lists[stem(file)]) > 0 }

// isAltered reports whether a digest has another hash for a log file.
func (d *delivery) isAltered(file string, sum [32]byte) bool {
	found := hex.EncodeToString(sum[:])
	return slices.ContainsFunc(d.lists[stem(file)], func(l listing) bool { return l.sum != found })
}

// isUnlisted reports whether a log file should be in a list, and is in none:
// it was delivered within windows.
func (d *delivery) isUnlisted(file string, n name) bool {
	return n.at != 0 && !d.isListed(file) && d.windows[n.place].cover(span{n.at, n.at + minute})
}

// hole is the time of which a file's records are missing when it cannot be
// used.
func (d *delivery) holes(file string, n name) []span {
	var all []span
	for _, l := range d.lists[stem(file)] {
		if l.events != (span{}) {
			all = append(all, l.events)
		}
	}
	if len(all) == 0 && n.at != 0 {
		all = append(all, span{n.at - hour, n.at + minute})
	}
	return all
}

// placeOf is the place of a log file: its name's, or that of the digest that
// lists it.
func (d *delivery) placeOf(file string, n name) place {
	if n.at == 0 && d.isListed(file) {
		return d.lists[stem(file)][0].by.name.place
	}
	return n.place
}

// missing are the log files that digests list and that were not found, by the
// key of the digest.
func (d *delivery) missing(found map[string]bool) []string {
	var keys []string
	for at, listings := range d.lists {
		for _, l := range listings {
			if !found[at] {
				keys = append(keys, l.object)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// undelivered are the times from the first to the last digest of a place that
// are in no window. An unsound digest stands for the hour before its name's.
func (d *delivery) undelivered(p place) []span {
	reach := span{forever, 0}
	for _, g := range d.digests {
		if g.name.place != p || g.name.backfill {
			continue
		}
		of := g.window
		if !g.isUsed() {
			of = span{g.name.at - hour, g.name.at}
		}
		reach.from, reach.until = min(reach.from, of.from), max(reach.until, of.until)
	}
	if reach.from >= reach.until {
		return nil
	}
	return d.windows[p].without(reach)
}

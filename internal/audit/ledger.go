package audit

import (
	"maps"
	"slices"
	"strings"
)

// ledger is all that the files showed, before it is summed up.
type ledger struct {
	delivery *delivery
	facts    facts
	places   map[place]*entry
	found    map[string]bool // stems of the log files that were found
	read     map[string]bool // … that were read, and are unaltered
	faulty   map[string]bool // … of which a copy is faulty
}

// entry is what the files showed of one place.
type entry struct {
	changes  []change
	launches []launch
	attempts []attempt
	holes    []span
	arrived  []int64 // when its log files were delivered
	trust    Trust
}

func newLedger(d *delivery) *ledger {
	return &ledger{delivery: d, places: map[place]*entry{}, read: map[string]bool{}, found: map[string]bool{}, faulty: map[string]bool{}}
}

// at is a place's entry. Places in which Fargate has no FIPS mode get one that
// is thrown away.
func (l *ledger) at(p place) *entry {
	if !p.counts() {
		return &entry{}
	}
	if l.places[p] == nil {
		l.places[p] = &entry{}
	}
	return l.places[p]
}

// The faults that only digests show. The others are logfile's.
const (
	faultAltered  = "altered"
	faultUnlisted = "unlisted"
	faultMissing  = "missing"
)

// log notes a log file that was found. fault is empty for a sound one. Of a
// damaged one, whose records are in f, each record proves its own second only.
func (l *ledger) log(file string, n name, fault string, f facts) {
	l.found[stem(file)] = true
	e := l.at(l.delivery.placeOf(file, n))
	if n.at != 0 && fault != faultUnlisted {
		e.arrived = append(e.arrived, n.at)
	}
	l.facts.add(f)
	if fault == "" {
		l.read[stem(file)] = true
		return
	}
	l.faulty[stem(file)] = true
	switch fault {
	case faultUnlisted:
		e.trust.AlteredFiles++
		return
	case faultAltered:
		e.trust.AlteredFiles++
	}
	e.holes = append(e.holes, l.delivery.holes(file, n)...)
	for _, c := range f.calls() {
		e := l.at(c.place)
		e.holes = append(e.holes, span{c.at, c.at + 1})
	}
}

// unopened notes a file that is left unopened because nothing in it can matter:
// that it was delivered does.
func (l *ledger) unopened(file string, n name) {
	if n.kind == logKind {
		l.found[stem(file)] = true
	}
	e := l.at(n.place)
	e.arrived = append(e.arrived, n.at)
}

// missing notes a log file that was not found.
func (l *ledger) missing(object string) {
	n := nameOf(object)
	if n.at == 0 {
		n.place = l.delivery.placeOf(object, n)
	}
	e := l.at(n.place)
	e.trust.MissingFiles++
	e.holes = append(e.holes, l.delivery.holes(object, n)...)
}

// sort hands the records to the places that they are of.
func (l *ledger) sort() {
	l.facts.once()
	inOrder(l.facts.logging)
	for _, c := range l.facts.logging {
		l.at(c.place)
	}
	for _, c := range l.facts.changes {
		e := l.at(c.place)
		e.changes = append(e.changes, c)
	}
	for _, c := range l.facts.launches {
		e := l.at(c.place)
		e.launches = append(e.launches, c)
	}
	for _, a := range l.facts.attempts {
		if e := l.places[a.place]; e != nil {
			e.attempts = append(e.attempts, a)
		}
	}
	for _, d := range l.delivery.digests {
		if d.isUsed() {
			l.at(d.name.place)
		}
	}
	for _, d := range l.delivery.digests {
		if e := l.places[d.name.place]; e != nil && d.fault == faultAltered {
			e.trust.AlteredFiles++
		}
	}
	for p, e := range l.places {
		e.holes = append(e.holes, l.delivery.trails.blind(p, l.facts.logging)...)
		for _, gap := range l.delivery.undelivered(p) {
			e.holes = append(e.holes, span{gap.from - hour, gap.until})
		}
	}
}

// inPlace are the places by account, then Region.
func (l *ledger) inPlace() []place {
	return slices.SortedFunc(maps.Keys(l.places), func(a, b place) int {
		if c := strings.Compare(a.account, b.account); c != 0 {
			return c
		}
		return strings.Compare(a.region, b.region)
	})
}

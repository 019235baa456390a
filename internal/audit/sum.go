package audit

import (
	"cmp"
	"slices"
)

// fault notes a faulty file.
func (a *Answer) fault(path, fault, why string) {
	if why != "" {
		fault += ": " + why
	}
	a.Files.Faulty = append(a.Files.Faulty, Faulty{path, fault})
}

// sumUp answers for the places that are asked about.
func (a *Answer) sumUp(l *ledger, scope Scope) {
	slices.SortFunc(a.Files.Faulty, func(x, y Faulty) int { return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Fault, y.Fault)) })
	for _, p := range l.inPlace() {
		if !scope.has(p) {
			continue
		}
		answer, within := l.answerOf(p, scope.since(), scope.until())
		a.Places = append(a.Places, answer)
		if within == (span{}) {
			continue // no file says of when it is
		}
		from, until := Time(within.from), Time(within.until)
		if a.From == nil || from < *a.From {
			a.From = &from
		}
		if a.Until == nil || until > *a.Until {
			a.Until = &until
		}
	}
}

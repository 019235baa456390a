package config

import (
	"cmp"
	"fmt"
	"slices"

	"fipsguard/internal/syntax"
)

// maxFaults bounds what a report of faults can grow to: they end up in an
// alert.
const maxFaults = 20

// report puts faults into the document's order. What is beyond maxFaults is
// counted in one last fault.
func report(faults syntax.Faults) syntax.Faults {
	slices.SortStableFunc(faults, func(a, b syntax.Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	more := len(faults) - maxFaults
	if more <= 0 {
		return faults
	}
	last := syntax.Fault{Position: faults[maxFaults].Position, Reason: fmt.Sprintf("more faults from here on: %d", more)}
	return append(faults[:maxFaults:maxFaults], last)
}

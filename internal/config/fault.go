package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fault is one thing that is wrong with a policy document, and where.
type Fault struct {
	Line, Column int // both count from 1; columns in bytes
	Reason       string
}

// Error is "line 3, column 5: REASON", always one line.
func (f Fault) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Reason)
}

// Faults is everything that is wrong with a policy document, in the document's
// order, and the error of ParsePolicy.
type Faults []Fault

// Error has one line per fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// maxFaults bounds what a report of faults can grow to: they end up in an
// alert.
const maxFaults = 20

// complaint is a fault whose line is not worked out yet.
type complaint struct {
	offset int
	reason string
}

// locate puts complaints into the document's order and says where they are.
// What is beyond maxFaults is counted in one last fault.
func locate(complaints []complaint, document []byte) Faults {
	slices.SortStableFunc(complaints, func(a, b complaint) int { return cmp.Compare(a.offset, b.offset) })
	if more := len(complaints) - maxFaults; more > 0 {
		complaints = append(complaints[:maxFaults:maxFaults],
			complaint{complaints[maxFaults].offset, fmt.Sprintf("more faults from here on: %d", more)})
	}
	var faults Faults
	for _, c := range complaints {
		before := document[:c.offset]
		faults = append(faults, Fault{
			Line:   bytes.Count(before, []byte("\n")) + 1,
			Column: len(before) - bytes.LastIndexByte(before, '\n'),
			Reason: c.reason,
		})
	}
	return faults
}

// quoted shows what somebody wrote: on one line, and not all of it when it is
// long.
func quoted(text string) string {
	const enough = 80
	if len(text) <= enough {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(strings.ToValidUTF8(text[:enough], "")), len(text))
}

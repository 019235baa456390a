package syntax

import (
	"fmt"
	"strconv"
	"strings"
)

// Fault is one thing that is wrong with a text, and where. The position is zero
// where it is not known.
type Fault struct {
	Position
	Reason string
}

// Error is "line 3, column 5: REASON".
func (f Fault) Error() string {
	if f.Line == 0 {
		return f.Reason
	}
	return f.Position.String() + ": " + f.Reason
}

// Faults are several, in the order of the text.
type Faults []Fault

// Error has one line per fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Quoted shows what someone wrote: on one line, and not all of it when it is
// long.
func Quoted(text string) string {
	const enough = 80
	if len(text) <= enough {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(strings.ToValidUTF8(text[:enough], "")), len(text))
}

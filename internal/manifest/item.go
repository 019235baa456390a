package manifest

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"
)

// Item is a resource in a file that a rule is about.
type Item struct {
	Name         string // logical ID, family or address
	Line, Column int    // where it stands, from 1

	says  decoded
	known definitions
}

// States are what an item can be once deployed: more than one where the file
// leaves a choice to the deployment.
func (i Item) States() []guard.State { return i.says.states(i.known) }

// Finding evaluates an item: if what it can be is all of one verdict, that;
// else it is not known.
func (i Item) Finding() guard.Finding {
	var first guard.Finding
	var reasons []string
	mixed := false
	for n, s := range i.States() {
		f := guard.Check(s)[0]
		if n == 0 {
			first = f
		}
		mixed = mixed || f.Verdict != first.Verdict
		if reason := f.Verdict.String() + ": " + f.Reason; len(reasons) < maxReasons && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
		if mixed && len(reasons) == maxReasons {
			break // the other states change nothing any more
		}
	}
	if mixed {
		first.Verdict, first.Severity = guard.InsufficientData, guard.Warning
		first.Reason = fmt.Sprintf("It depends on the deployment. %s", strings.Join(reasons, " "))
	}
	first.Subject = i.Name
	return first
}

const maxReasons = 4

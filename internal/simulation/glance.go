package simulation

import (
	"errors"
	"strings"
)

// glance is a scenario as a row of a table.
type glance struct {
	done, by, outcome string
	took              string // the name of a time
}

// readGlance reads "default off; by admin; back on; [slowest fix].".
func readGlance(text string) (glance, error) {
	parts := strings.Split(strings.TrimSuffix(strings.TrimSpace(text), "."), ";")
	if len(parts) == 4 {
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		by, ok := strings.CutPrefix(parts[1], "by ")
		took := strings.Trim(parts[3], "[]")
		if ok && parts[3] == "["+took+"]" && measures()[took] != nil {
			return glance{parts[0], by, parts[2], took}, nil
		}
	}
	return glance{}, errors.New("at a glance there are four: what was done; by whom; what became of it; a time in brackets, one of " + listed(measures()))
}

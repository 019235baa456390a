package guard

import (
	"fmt"
	"time"
)

// Class is a certification class of FedRAMP's 2026 rules. Their rule
// VDR-TFR-MVX says how often a provider of that class verifies and validates the
// status of its resources (docs/facts.md). The zero value is Class C.
type Class string

const (
	ClassB Class = "B"
	ClassC Class = "C"
	ClassD Class = "D"
)

// CycleRule is FedRAMP's rule about how often resources are verified.
const CycleRule = "VDR-TFR-MVX"

const day = 24 * time.Hour

// Cycle is how long an observation is shown without being renewed.
func (c Class) Cycle() time.Duration {
	if c == ClassB {
		return 7 * day
	}
	return 3 * day
}

// Keeps says which rule is kept, in one sentence.
func (c Class) Keeps() string {
	switch c {
	case ClassB:
		return "Every observation is renewed within 7 days, as FedRAMP's " + CycleRule + " requires for Class B."
	case ClassD:
		return "Every observation is renewed within 3 days, as FedRAMP's " + CycleRule + " requires for Class C: it sets no cycle for Class D."
	case ClassC:
	}
	return "Every observation is renewed within 3 days, as FedRAMP's " + CycleRule + " requires for Class C."
}

// ParseClass reads B, C or D; an empty text is C.
func ParseClass(text string) (Class, error) {
	switch c := Class(text); c {
	case "":
		return ClassC, nil
	case ClassB, ClassC, ClassD:
		return c, nil
	}
	return "", fmt.Errorf("the class is %q; it must be B, C or D", text)
}

package guard

import "fmt"

// Verdict is AWS Config's compliance type. The zero value is InsufficientData:
// what was not established never passes.
type Verdict uint8

const (
	InsufficientData Verdict = iota
	NotApplicable
	Compliant
	NonCompliant
)

// String is the name AWS Config uses, as in "NON_COMPLIANT".
func (v Verdict) String() string {
	switch v {
	case InsufficientData:
		return "INSUFFICIENT_DATA"
	case NotApplicable:
		return "NOT_APPLICABLE"
	case Compliant:
		return "COMPLIANT"
	case NonCompliant:
		return "NON_COMPLIANT"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText makes a Verdict its name in JSON.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a Verdict's name.
func (v *Verdict) UnmarshalText(text []byte) error {
	return readName(v, text, InsufficientData, NotApplicable, Compliant, NonCompliant)
}

// readName finds the value that has a name.
func readName[T fmt.Stringer](value *T, text []byte, all ...T) error {
	for _, one := range all {
		if one.String() == string(text) {
			*value = one
			return nil
		}
	}
	return fmt.Errorf("unknown word %q", text)
}

// rank orders verdicts from harmless to bad. A violation outweighs an unknown, an
// unknown outweighs a pass.
func (v Verdict) rank() int {
	switch v {
	case NotApplicable:
		return 0
	case Compliant:
		return 1
	case InsufficientData:
		return 2
	case NonCompliant:
		return 3
	}
	return 2
}

// Worst is the verdict on several findings taken together: NOT_APPLICABLE when
// there are none.
func Worst(findings []Finding) Verdict {
	worst := NotApplicable
	for _, f := range findings {
		if f.Verdict.rank() > worst.rank() {
			worst = f.Verdict
		}
	}
	return worst
}

// Severity says how soon a person has to look.
type Severity uint8

const (
	Info     Severity = iota // nothing to do
	Warning                  // look when convenient: something could not be established
	High                     // a violation that the guard can undo or that has a narrow reach
	Critical                 // the control itself is or was off, or the guard needs a person
)

func (s Severity) String() string {
	switch s {
	case Info:
		return "INFO"
	case Warning:
		return "WARNING"
	case High:
		return "HIGH"
	case Critical:
		return "CRITICAL"
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText makes a Severity its name in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a Severity's name.
func (s *Severity) UnmarshalText(text []byte) error {
	return readName(s, text, Info, Warning, High, Critical)
}

package guard

import "strings"

// Control is a control of NIST SP 800-53 r5, as OSCAL's catalog names it, that
// a rule relates to (docs/facts.md, "What auditors want"). Whether it is
// satisfied only an assessor can say.
type Control string

const (
	AU9   Control = "au-9"
	AU12  Control = "au-12"
	CA7   Control = "ca-7"
	CM2   Control = "cm-2"
	CM6x1 Control = "cm-6.1"
	CM6x2 Control = "cm-6.2"
	IR4x1 Control = "ir-4.1"
	SC13  Control = "sc-13"
	SI4   Control = "si-4"
)

// Title is the control as people write it: "CM-6(1)".
func (c Control) Title() string {
	base, enhancement, ok := strings.Cut(strings.ToUpper(string(c)), ".")
	if !ok {
		return base
	}
	return base + "(" + enhancement + ")"
}

// Objective is the part of the control's assessment objective (SP 800-53A) that
// the guard's rules speak to, as OSCAL's catalog names it; the other parts are
// about plans, roles and people.
func (c Control) Objective() string {
	switch c {
	case AU9:
		return "au-9_obj.a" // audit information is protected from modification and deletion
	case AU12:
		return "au-12_obj.c" // audit records are generated
	case CA7:
		return "ca-7_obj.c" // control assessments are ongoing
	case CM2:
		return "cm-2_obj.a-2" // the baseline configuration is maintained
	case CM6x1:
		return "cm-6.1_obj-3" // settings are verified by automated mechanisms
	case CM6x2:
		return "cm-6.2_obj" // unauthorized changes of settings are responded to
	case IR4x1:
		return "ir-4.1_obj" // incident handling is supported by automated mechanisms
	case SC13:
		return "sc-13_obj.b" // the types of cryptography that each use needs are implemented
	case SI4:
		return "si-4_obj.c.1" // monitoring collects the essential information
	}
	return ""
}

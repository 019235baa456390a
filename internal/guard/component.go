package guard

import (
	"fmt"
	"strings"
)

// Component is a part of the guard itself, or of what it hears through, as it was
// observed.
type Component struct {
	Rule    RuleID // what has to be so of it
	Name    string // its ARN or URL, or what it is called
	Seen    string // what was observed, one sentence
	Faults  []string
	Unknown string // why it could not be looked at, as the end of a sentence: "because …"
}

// Subject is the part's name.
func (p Component) Subject() string { return orUnknown(p.Name) }

func checkComponent(p Component) Finding {
	switch {
	case len(p.Faults) > 0:
		return finding(p.Rule, p, NonCompliant, sentence(strings.Join(p.Faults, "; "))+".")
	case p.Unknown != "" || p.Seen == "":
		return finding(p.Rule, p, InsufficientData, fmt.Sprintf("Unknown%s.", because(p.Unknown)))
	}
	return finding(p.Rule, p, Compliant, p.Seen)
}

// PolicyDocument is the guard's own policy, as it was read.
type PolicyDocument struct {
	Account string
	Region  string
	Faults  []string // why it is refused; none when it is valid
}

// Subject is policy@ACCOUNT/REGION.
func (d PolicyDocument) Subject() string {
	return "policy@" + orUnknown(d.Account) + "/" + orUnknown(d.Region)
}

func checkPolicyDocument(d PolicyDocument) Finding {
	if len(d.Faults) == 0 {
		return finding(GuardPolicy, d, Compliant, "The policy document is valid.")
	}
	return finding(GuardPolicy, d, NonCompliant, fmt.Sprintf("The policy document is refused and the defaults hold, enforced: %s.", strings.Join(d.Faults, "; ")))
}

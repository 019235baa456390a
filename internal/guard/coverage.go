package guard

import "slices"

// Coverage is how much of an account a scan examined.
type Coverage struct {
	Clusters    []string // ARNs
	All         bool     // they are all of the account's in this Region
	Exec        bool     // kernels were read through ECS Exec
	Witness     bool     // a witness is set up
	Examined    []RuleID // what the scan looked into; the other rules are not examined
	Interrupted string   // why the scan ended before it was done, one sentence; empty when it was not
	Class       Class    // by whose cycle observations are renewed
}

// NotExamined are the rules that a scan is about and did not look into. That a
// value was deleted no scan sees: it reads the default that is left. A witness is
// for who sets one up.
func (c Coverage) NotExamined() []Rule {
	return slices.DeleteFunc(Rules(), func(r Rule) bool {
		return r.ID == FIPSModeDeleted || r.ID == LaunchKernel && !c.Witness || slices.Contains(c.Examined, r.ID)
	})
}

package launch

import "time"

// Options are what whoever checks a file knows besides it.
type Options struct {
	File       string            // its name, for remedies
	Regions    []string          // in which it may be deployed; none are both of GovCloud
	Account    string            // into which it is deployed; empty is not known
	Parameters map[string]string // of templates, as they are given at deployment
	Now        time.Time         // when what a file wants to be ignored must not have expired
}

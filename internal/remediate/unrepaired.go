package remediate

import (
	"errors"
	"fmt"
	"slices"

	"fipsguard/internal/guard"
)

// Unrepaired returns an error that names each outcome that is not known to
// hold, or nil if there is none. guard.Report.Unrepaired says which they are.
func Unrepaired(outcomes []guard.Outcome) error {
	var errs []error
	for _, o := range outcomes {
		errs = append(errs, fmt.Errorf("%s for %s: %s: %s", o.Remediation.Call.API(), o.Remediation.Subject, o.Result, o.Detail))
	}
	return errors.Join(errs...)
}

// WorthRepeating leaves out the outcomes that a repetition does not change:
// what AWS refused needs a person.
func WorthRepeating(outcomes []guard.Outcome) []guard.Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o guard.Outcome) bool { return o.Result == guard.RefusedByAWS })
}

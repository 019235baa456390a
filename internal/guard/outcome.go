package guard

import (
	"fmt"
	"time"
)

// Result is what became of an action. The zero value is Failed.
type Result uint8

const (
	Failed          Result = iota // AWS did not make the change, or made it and it did not last
	Unconfirmed                   // AWS accepted the call, but the new state could not be observed
	RefusedByAWS                  // only someone else may make the call: a person has to act
	RefusedByPolicy               // the guard may not act
	Answered                      // AWS accepted the call; the new state was not observed
	Done                          // AWS accepted the call and the new state was observed
)

// Accepted reports whether AWS is known to have made the change, observed or not.
func (r Result) Accepted() bool { return r == Answered || r == Done }

func (r Result) String() string {
	switch r {
	case Failed:
		return "FAILED"
	case Unconfirmed:
		return "UNCONFIRMED"
	case RefusedByAWS:
		return "REFUSED_BY_AWS"
	case RefusedByPolicy:
		return "REFUSED_BY_POLICY"
	case Answered:
		return "ANSWERED"
	case Done:
		return "DONE"
	}
	return fmt.Sprintf("Result(%d)", uint8(r))
}

// MarshalText makes a Result its name in JSON.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a Result's name.
func (r *Result) UnmarshalText(text []byte) error {
	return readName(r, text, Failed, Unconfirmed, RefusedByAWS, RefusedByPolicy, Answered, Done)
}

// Outcome is what became of an action.
type Outcome struct {
	Remediation Remediation
	Result      Result
	Detail      string    // one sentence: what was observed, or why not
	At          time.Time // when AWS answered; zero for what was not tried, and for a change that the call is not known to have made
}

// Confirm settles a PutAccountSettingDefault by what was observed afterwards,
// also one that got no answer: what counts is what is. Every other outcome is
// settled by AWS's own answer to the call and comes back as it is.
func Confirm(o Outcome, observed Setting) Outcome {
	if _, ok := o.Remediation.Call.(PutAccountSettingDefault); !ok || o.Result == RefusedByPolicy {
		return o
	}
	if observed.Scope != ScopeAccount {
		observed.Mode = ModeUnknown
	}
	accepted := o.Result == Unconfirmed
	switch {
	case observed.Mode == ModeOn && accepted:
		o.Detail = "Read back: the account default is enabled."
	case observed.Mode == ModeOn:
		o.Detail = "Read back: the account default is enabled, though the call failed: " + o.Detail
	case observed.Mode == ModeOff && accepted:
		o.Result, o.Detail = Failed, "Read back: the account default is off again."
	case accepted:
		o.Detail = fmt.Sprintf("AWS accepted the call, but the account default could not be read back%s.", because(observed.Unknown))
	}
	if observed.Mode == ModeOn {
		o.Result = Done
		if !accepted {
			o.At = time.Time{} // someone else may have turned it on
		}
	}
	return o
}

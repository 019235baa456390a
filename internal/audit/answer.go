package audit

import (
	"encoding/json"
	"time"
)

// Schema names the version of the answer.
const Schema = "fipsguard.audit/v1"

// Answer is what an audit found. docs/audit.md describes it.
type Answer struct {
	Schema  string  `json:"schema"`
	From    *Time   `json:"from"` // null when there is no place
	Until   *Time   `json:"until"`
	Places  []Place `json:"places"`
	Files   Files   `json:"files"`
	Records *int64  `json:"records"` // null when they were not counted
	Bytes   int64   `json:"bytes"`   // uncompressed, of the files that were read

	Notes []string `json:"-"` // for people: what is worth a look and changes nothing above
}

// Place is an account and a Region.
type Place struct {
	Account          string     `json:"account"`
	Region           string     `json:"region"`
	Intervals        []Interval `json:"intervals"`
	Overrides        []Override `json:"overrides"`
	Off              Off        `json:"off"`
	LaunchesWhileOff int        `json:"launchesWhileOff"`
	Trust            Trust      `json:"trust"`

	// For people; the JSON form has its sums only.
	From     Time       `json:"-"`
	Until    Time       `json:"-"`
	Launched []Launched `json:"-"` // while FIPS mode was off, by task definition and service
	Attempts []Attempt  `json:"-"` // calls on account settings that failed
}

// Override is one user's or role's value.
type Override struct {
	Principal string     `json:"principal"`
	Intervals []Interval `json:"intervals"`
}

// Interval is a time during which the mode did not change.
type Interval struct {
	From   Time   `json:"from"`
	Until  Time   `json:"until"`
	Mode   string `json:"mode"` // on, off, unknown
	Reason Reason `json:"reason"`
	Event  *Event `json:"event"`

	Launched int `json:"-"` // tasks that were launched in it; counted where the account's default was off
}

// Reason is why the mode is what it is.
type Reason string

const (
	Set      Reason = "set"
	Deleted  Reason = "deleted"
	Start    Reason = "start"    // no record before
	Gap      Reason = "gap"      // records may be missing
	Conflict Reason = "conflict" // records of one second contradict each other
	Omitted  Reason = "omitted"  // the record has no value
	Unclear  Reason = "unclear"  // the record does not say whose value
)

// Event is the record that a mode came from.
type Event struct {
	EventID   string `json:"eventID"`
	EventName string `json:"eventName"`
	Actor     string `json:"actor"`
}

// Off sums up the account default's off periods.
type Off struct {
	Windows int   `json:"windows"`
	Seconds int64 `json:"seconds"`
}

// Trust is how far CloudTrail's signatures vouch for the files.
type Trust struct {
	VouchedHours   int `json:"vouchedHours"`
	UnvouchedHours int `json:"unvouchedHours"`
	AlteredFiles   int `json:"alteredFiles"`
	MissingFiles   int `json:"missingFiles"`
}

// Launched are tasks that were launched while FIPS mode was off.
type Launched struct {
	Definition, Group string
	Count             int
}

// Attempt is a call that failed. Which setting was meant is not recorded.
type Attempt struct {
	At      Time
	Event   Event
	Failure string
}

// Files counts what was found.
type Files struct {
	Read    int      `json:"read"`
	Skipped int      `json:"skipped"`
	Faulty  []Faulty `json:"faulty"`
}

// Faulty is a file that could not be used as a whole.
type Faulty struct {
	Path  string `json:"path"`
	Fault string `json:"fault"`
}

// Of are the faulty files that belong to a place by their names, and those whose
// names say nothing.
func (f Files) Of(p Place) []Faulty {
	var of []Faulty
	for _, one := range f.Faulty {
		if n := nameOf(one.Path); n.place == (place{}) || n.place == (place{p.Account, p.Region}) {
			of = append(of, one)
		}
	}
	return of
}

// Time is a second, written as RFC 3339 in UTC.
type Time int64

func (t Time) String() string { return time.Unix(int64(t), 0).UTC().Format(time.RFC3339) }

// MarshalJSON writes the time as a text.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// Status is how the command exits: 1 when FIPS mode was off anywhere, 2 when
// that cannot be excluded, 0 when it was on all the time.
func (a *Answer) Status() int {
	status := 0
	if len(a.Places) == 0 || len(a.Files.Faulty) > 0 {
		status = 2
	}
	for _, p := range a.Places {
		if len(p.Intervals) == 0 {
			status = 2 // nothing was seen, which is no pass
		}
		for _, i := range p.Intervals {
			switch i.Mode {
			case off.String():
				return 1
			case unknown.String():
				status = 2
			}
		}
		for _, o := range p.Overrides {
			for _, i := range o.Intervals {
				if i.Mode == off.String() {
					return 1
				}
			}
		}
	}
	return status
}

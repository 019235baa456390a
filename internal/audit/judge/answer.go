package judge

import (
	"encoding/json"
	"fmt"
	"time"
)

// second is a time in whole seconds since 1970.
type second int64

const (
	minute second = 60
	hour          = 60 * minute
)

func (s second) String() string { return time.Unix(int64(s), 0).UTC().Format("2006-01-02T15:04:05Z") }

// MarshalJSON prints the time as the contract does.
func (s second) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// parseSecond reads an event's or a digest's time.
func parseSecond(text string) (second, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return second(t.Unix()), err == nil
}

// Answer is what the command prints.
type Answer struct {
	Schema  string  `json:"schema"`
	From    *second `json:"from"`
	Until   *second `json:"until"`
	Places  []Place `json:"places"`
	Files   Files   `json:"files"`
	Records int     `json:"records"`
	Bytes   int64   `json:"bytes"`
}

// Place is what is said of an account and a Region. From and To are its own
// range, which the command does not print.
type Place struct {
	Account          string     `json:"account"`
	Region           string     `json:"region"`
	Intervals        []Interval `json:"intervals"`
	Overrides        []Override `json:"overrides"`
	Off              Off        `json:"off"`
	LaunchesWhileOff int        `json:"launchesWhileOff"`
	Trust            Trust      `json:"trust"`
	From             second     `json:"-"`
	To               second     `json:"-"`
}

// Interval is a stretch of one mode.
type Interval struct {
	From   second `json:"from"`
	Until  second `json:"until"`
	Mode   string `json:"mode"`
	Reason string `json:"reason"`
	Event  *Event `json:"event"`
}

// Event is the record that a mode came from.
type Event struct {
	EventID   string `json:"eventID"`
	EventName string `json:"eventName"`
	Actor     string `json:"actor"`
}

// Override is a principal's own timeline.
type Override struct {
	Principal string     `json:"principal"`
	Intervals []Interval `json:"intervals"`
}

// Off sums the default's off intervals.
type Off struct {
	Windows int   `json:"windows"`
	Seconds int64 `json:"seconds"`
}

// Trust says what the digests vouch for.
type Trust struct {
	VouchedHours   int `json:"vouchedHours"`
	UnvouchedHours int `json:"unvouchedHours"`
	AlteredFiles   int `json:"alteredFiles"`
	MissingFiles   int `json:"missingFiles"`
}

// Files says what became of each file.
type Files struct {
	Read    int      `json:"read"`
	Skipped int      `json:"skipped"`
	Faulty  []Faulty `json:"faulty"`
}

// Faulty is a file with a fault.
type Faulty struct {
	Path  string `json:"path"`
	Fault string `json:"fault"`
}

// limits reads --since and --until.
func limits(o Options) (since, until *second, err error) {
	for _, limit := range []struct {
		text string
		to   **second
	}{{o.Since, &since}, {o.Until, &until}} {
		if limit.text == "" {
			continue
		}
		s, ok := parseSecond(limit.text)
		if !ok {
			return nil, nil, fmt.Errorf("%q is not a time", limit.text)
		}
		*limit.to = &s
	}
	return since, until, nil
}

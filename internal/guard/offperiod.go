package guard

import (
	"fmt"
	"strings"
	"time"
)

// OffPeriod is a time during which the account default, or an override, was off.
type OffPeriod struct {
	Account, Region string
	Principal       string // whose override; empty for the account default
	From, Until     time.Time
	Lasts           bool    // it is not over: Until is when it was last seen to be off
	By              []Cause // the recorded calls that turned it off, each one's, the first first
	Ended           Cause   // the call that ended it; zero when no record tells
	// Seen is when people were told that it was off, without a word on who did
	// it; zero when they were not.
	Seen time.Time
}

// Settling is how long after an off period its events may still reach people by
// themselves. From then on scans report what people do not know of it.
const Settling = 10 * time.Minute

// Subject is the setting's.
func (o OffPeriod) Subject() string { return o.setting().Subject() }

func (o OffPeriod) setting() Setting {
	s := Setting{Account: o.Account, Region: o.Region, Scope: ScopeAccount, Principal: o.Principal}
	if o.Principal != "" {
		s.Scope = ScopePrincipal
	}
	return s
}

// OffPeriods are those of timelines, in their order, that have a record of who
// began them. Without one nobody could tell one from another.
func OffPeriods(lines []Timeline, account, region string) []OffPeriod {
	var periods []OffPeriod
	for _, line := range lines {
		open := OffPeriod{Account: account, Region: region, Principal: line.Principal}
		now := open
		for _, span := range line.Spans {
			switch {
			case span.Mode == ModeOff && len(now.By) == 0:
				now.From = span.From
				fallthrough
			case span.Mode == ModeOff:
				now.Until = span.Until
				if span.Cause.EventID != "" {
					now.By = append(now.By, span.Cause)
				}
			default:
				if len(now.By) > 0 {
					if span.Mode == ModeOn || line.Principal != "" { // a deleted override is neither on nor off
						now.Ended = span.Cause
					}
					periods = append(periods, now)
				}
				now = open
			}
		}
		if len(now.By) > 0 {
			now.Lasts = true
			periods = append(periods, now)
		}
	}
	return periods
}

func checkOffPeriod(o OffPeriod) Finding {
	rule, whose := FIPSModeDefault, "The account default"
	if o.Principal != "" {
		rule, whose = FIPSModeOverride, "The override of "+o.Principal
	}
	var who []string
	for _, c := range o.By {
		who = append(who, fmt.Sprintf("%s by %s (event %s)", c.EventName, c.Actor.whole(), c.EventID))
	}
	reason := fmt.Sprintf("%s was off from %s until %s: %s. %s", whose,
		o.From.UTC().Format(time.RFC3339), o.Until.UTC().Format(time.RFC3339), strings.Join(who, "; then "), o.end())
	if o.Lasts {
		reason = fmt.Sprintf("%s has been off since %s: %s.", whose, o.From.UTC().Format(time.RFC3339), strings.Join(who, "; then "))
	}
	f := finding(rule, o, NonCompliant, reason)
	if !o.Seen.IsZero() {
		f.Severity = Warning
		f.Reason += fmt.Sprintf(" It was reported at %s, when nobody knew who turned it off.", o.Seen.UTC().Format(time.RFC3339))
	}
	return f
}

func (o OffPeriod) end() string {
	if o.Ended.EventName == "" {
		return "No record says who ended that."
	}
	return fmt.Sprintf("Ended with %s by %s.", o.Ended.EventName, o.Ended.Actor.whole())
}

package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"
	"fipsguard/internal/trail/logfile"
)

// mode is what a record says of the setting, and what a timeline is.
type mode uint8

const (
	unknown mode = iota
	on
	off
	deleted // of an override: it is no more
)

func (m mode) String() string { return [...]string{"unknown", "on", "off", "deleted"}[m] }

// call is what is common to the records that are used.
type call struct {
	id    string // eventID
	name  string
	actor string
	at    int64
	place place
}

// change is a record about the setting.
type change struct {
	call
	principal string // whose override; empty for the account's default
	says      mode
	reason    Reason
}

// launch is a record of tasks that were started.
type launch struct {
	call
	groups []launched
	tasks  int
}

// launched are tasks of one launch that are alike.
type launched struct {
	definition, group string
	count             int
}

// logging is a record about what a trail logs.
type logging struct {
	call
	trail string
	does  logs
}

// attempt is a call on a setting that failed, and changed nothing. Its record
// does not say which setting was meant.
type attempt struct {
	call
	failure string // errorCode
}

// facts is what records say.
type facts struct {
	changes  []change
	launches []launch
	logging  []logging
	attempts []attempt
}

func (f *facts) add(other facts) {
	f.changes = append(f.changes, other.changes...)
	f.launches = append(f.launches, other.launches...)
	f.logging = append(f.logging, other.logging...)
	f.attempts = append(f.attempts, other.attempts...)
}

// calls are all that were made and changed, or launched, something.
func (f *facts) calls() []call {
	var all []call
	for _, c := range f.changes {
		all = append(all, c.call)
	}
	for _, l := range f.launches {
		all = append(all, l.call)
	}
	for _, l := range f.logging {
		all = append(all, l.call)
	}
	return all
}

// factsOf reads the records of one file, whose name says what they do not.
func factsOf(records []logfile.Record, of place) facts {
	var f facts
	for _, r := range records {
		at, err := time.Parse(time.RFC3339, r.EventTime)
		if err != nil || r.ReadOnly || r.Category != "" && r.Category != "Management" || r.EventType != "" && r.EventType != "AwsApiCall" {
			continue
		}
		c := call{
			id: r.EventID, name: r.EventName, at: at.Unix(),
			actor: cmp.Or(r.Identity.ARN, r.Identity.InvokedBy, r.Identity.PrincipalID, r.Identity.Type, "unknown"),
			place: place{cmp.Or(r.Recipient, r.Identity.AccountID, of.account), cmp.Or(r.Region, of.region)},
		}
		switch {
		case r.ErrorCode != "" && isSettingCall(r.EventName):
			f.attempts = append(f.attempts, attempt{c, r.ErrorCode})
			continue
		case r.ErrorCode != "":
			continue
		}
		switch r.EventName {
		case "RunTask", "StartTask":
			f.launches = append(f.launches, launchOf(r, c))
		case "StartLogging", "StopLogging", "DeleteTrail", "PutEventSelectors", "UpdateTrail":
			if l, ok := loggingOf(r, c); ok {
				f.logging = append(f.logging, l)
			}
		default:
			if change, ok := changeOf(r, c); ok {
				f.changes = append(f.changes, change)
			}
		}
	}
	return f
}

func isSettingCall(name string) bool {
	switch name {
	case "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting":
		return true
	}
	return false
}

// changeOf reads a record about a setting, if it is, or may be, about this one.
func changeOf(r logfile.Record, c call) (change, bool) {
	event := trail.FromLog(r)
	if len(event.States) == 0 {
		return change{}, false
	}
	setting, ok := event.States[0].(guard.Setting)
	if !ok {
		return change{}, false
	}
	changed := change{call: c, principal: setting.Principal, reason: Set}
	switch {
	case setting.Scope == guard.ScopeUnknown:
		changed.reason = Unclear
	case r.EventName == "DeleteAccountSetting" && setting.Scope == guard.ScopePrincipal:
		changed.says, changed.reason = deleted, Deleted
	case r.EventName == "DeleteAccountSetting":
		changed.says, changed.reason = off, Deleted
	default:
		changed.says, changed.reason = put(r)
	}
	return changed, true
}

// put is what a call that sets a value leaves behind. Where request and answer
// have one, both have to say on.
func put(r logfile.Record) (mode, Reason) {
	says, reason := unknown, Omitted
	for _, value := range []string{r.Request.Value, r.Setting.Value} {
		switch guard.ParseMode(value) {
		case guard.ModeOff:
			return off, Set
		case guard.ModeOn:
			says, reason = on, Set
		case guard.ModeUnknown:
		}
	}
	return says, reason
}

// launchOf counts the tasks that a record says were started on Fargate.
func launchOf(r logfile.Record, c call) launch {
	l := launch{call: c}
	if !r.Answered && !r.Request.Elsewhere {
		l.groups = []launched{{r.Request.TaskDefinition, r.Request.Group, 1}}
	}
	for _, t := range r.Tasks {
		if !t.Elsewhere {
			l.groups = append(l.groups, launched{cmp.Or(t.Definition, r.Request.TaskDefinition), cmp.Or(t.Group, r.Request.Group), t.Count})
		}
	}
	for _, g := range l.groups {
		l.tasks += g.count
	}
	return l
}

// once drops the repeats of records: each eventID counts once over all files.
// Of records that differ and share an ID, which none of AWS's do, the choice
// does not depend on the order of files.
func (f *facts) once() {
	f.changes = once(f.changes, func(c change) call { return c.call })
	f.launches = once(f.launches, func(l launch) call { return l.call })
	f.logging = once(f.logging, func(l logging) call { return l.call })
	f.attempts = once(f.attempts, func(a attempt) call { return a.call })
}

func once[T any](all []T, callOf func(T) call) []T {
	slices.SortFunc(all, func(a, b T) int {
		if c := cmp.Compare(callOf(a).id, callOf(b).id); c != 0 {
			return c
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return slices.CompactFunc(all, func(a, b T) bool { return callOf(a).id != "" && callOf(a).id == callOf(b).id })
}

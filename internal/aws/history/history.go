package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// CloudTrail is the part of CloudTrail that is used; *cloudtrail.Client has it.
type CloudTrail interface {
	LookupEvents(context.Context, *cloudtrail.LookupEventsInput, ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error)
}

// History reads one account's and Region's.
type History struct {
	CloudTrail CloudTrail
	Logs       *Logs // nil: LookupEvents has to do
	Now        func() time.Time
	Sleep      func(context.Context, time.Duration) error
}

const (
	// remembered is how far LookupEvents goes back, less a little for the time
	// that the reading takes.
	remembered = 90*24*time.Hour - 10*time.Minute
	// pace is half of LookupEvents' two requests a second, which the account
	// shares with the console.
	pace = time.Second
	// maxPages bounds what a script that flaps for months can make of a scan:
	// 10,000 events of each call.
	maxPages = 200
)

// settingCalls are the calls that change an account setting.
func settingCalls() []string {
	return []string{"PutAccountSettingDefault", "PutAccountSetting", "DeleteAccountSetting"}
}

// Changes are the events about FIPS mode since a time, unordered and possibly
// repeated, and since when they are complete, which is later than asked for
// where CloudTrail forgets or the reading was cut short. With an error they are
// complete since the time that comes with it.
func (h History) Changes(ctx context.Context, account, region string, since time.Time) (events []guard.Event, from time.Time, err error) {
	now := h.Now()
	if since.Before(now.Add(-remembered)) {
		from = now.Add(-remembered)
	} else {
		from = since
	}
	for _, call := range settingCalls() {
		found, complete, err := h.lookUp(ctx, search{at: guard.Location{Account: account, Region: region}, call: call, from: from, pace: pace, pages: maxPages, keep: isAboutSetting})
		events = append(events, found...)
		if complete.After(from) {
			from = complete
		}
		if err != nil {
			return events, from, err
		}
	}
	if h.Logs == nil || !since.Before(from) {
		return events, from, nil
	}
	older, from, err := h.Logs.changes(ctx, account, region, since, from)
	return append(events, older...), from, err
}

// search is what is looked up: the events of one call since a time.
type search struct {
	at    guard.Location
	call  string
	from  time.Time
	pace  time.Duration // between requests
	pages int           // at most
	keep  func(guard.Event) bool
	tell  func(events int) // of each page; may be nil
}

// lookUp reads the events of one call, newest first, back to a time, and says
// since when they are complete.
func (h History) lookUp(ctx context.Context, s search) ([]guard.Event, time.Time, error) {
	var events []guard.Event
	complete := h.Now()
	input := &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String(s.call)}},
		StartTime:        aws.Time(s.from),
		MaxResults:       aws.Int32(50),
	}
	for range s.pages {
		if err := h.Sleep(ctx, s.pace); err != nil {
			return events, complete, fmt.Errorf("look up events %s: %w", s.call, err)
		}
		out, err := h.CloudTrail.LookupEvents(ctx, input)
		if err != nil {
			return events, complete, fmt.Errorf("look up events %s: %w", s.call, err)
		}
		for _, found := range out.Events {
			event, err := decode(s, found)
			if err != nil {
				return events, complete, err
			}
			complete = event.Cause.Time.Add(time.Second) // of its own second there may be more
			if s.keep(event) {
				events = append(events, event)
			}
		}
		if s.tell != nil {
			s.tell(len(out.Events))
		}
		if aws.ToString(out.NextToken) == "" {
			return events, s.from, nil
		}
		input.NextToken = out.NextToken
	}
	return events, complete, fmt.Errorf("look up events %s: more than %d since %s", s.call, 50*s.pages, complete.Format(time.RFC3339))
}

// decode reads one event of an answer. One that has no time has no place among
// the others.
func decode(s search, found types.Event) (guard.Event, error) {
	event, err := trail.Decode([]byte(aws.ToString(found.CloudTrailEvent)))
	if err != nil && found.EventTime == nil {
		return event, fmt.Errorf("look up events %s: event %s: %w", s.call, aws.ToString(found.EventId), err)
	}
	if err != nil {
		event = unreadable(s.at, found)
	}
	if event.Cause.Time.IsZero() { // the record's own cannot be read
		event.Cause.Time = aws.ToTime(found.EventTime).UTC()
	}
	if event.Cause.Time.IsZero() {
		return event, fmt.Errorf("look up events %s: event %s: %w", s.call, aws.ToString(found.EventId), errNoTime)
	}
	return event, nil
}

// unreadable is an event whose record cannot be decoded, as far as CloudTrail
// tells without it. Of a call on account settings nobody knows from then on what
// FIPS mode was, until the next record. One such record does not end the reading.
func unreadable(at guard.Location, found types.Event) guard.Event {
	event := guard.Event{
		Cause: guard.Cause{
			EventID: aws.ToString(found.EventId), EventName: aws.ToString(found.EventName), Time: aws.ToTime(found.EventTime).UTC(),
			Account: at.Account, Region: at.Region, Actor: guard.Actor{Name: cmp.Or(aws.ToString(found.Username), "unknown")},
		},
		NotGuarded: "Its record cannot be read.",
	}
	if slices.Contains(settingCalls(), event.Cause.EventName) {
		event.States = []guard.State{guard.Setting{Account: at.Account, Region: at.Region, Unknown: "the record of a change cannot be read"}}
		event.NotGuarded = ""
	}
	return event
}

// errNoTime: a change without a time has no place in a timeline.
var errNoTime = errors.New("its time cannot be read")

func isAboutSetting(e guard.Event) bool {
	if len(e.States) == 0 {
		return false
	}
	_, ok := e.States[0].(guard.Setting)
	return ok
}

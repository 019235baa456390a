package trail

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
)

const (
	callDetail       = "AWS API Call via CloudTrail"
	taskChangeDetail = "ECS Task State Change"
)

// ErrNotAnEvent is returned for JSON that is neither an EventBridge event nor
// a CloudTrail record.
var ErrNotAnEvent = errors.New("neither an EventBridge event (detail-type, detail) nor a CloudTrail record (eventSource, eventName)")

// Decode reads one EventBridge event or bare CloudTrail record. The error for
// text that is not JSON, or not of the shape of an event, names the line and
// column. Decoding is pure: the same text gives the same event.
func Decode(data []byte) (guard.Event, error) {
	var doc document
	if err := json.Unmarshal(data, &doc, decodeOptions); err != nil {
		return guard.Event{}, located(err, func(offset int64) syntax.Position { return syntax.PositionIn(data, offset) })
	}
	return doc.event()
}

func (d *document) event() (guard.Event, error) {
	body := &d.detail
	if d.Detail != nil {
		body = d.Detail
	}
	switch {
	case d.DetailType == taskChangeDetail && d.Detail != nil:
		return d.taskChangeEvent(body)
	case d.DetailType != "" && d.DetailType != callDetail:
		event := guard.Event{Cause: d.cause(d.DetailType)}
		event.NotGuarded = fmt.Sprintf("Events of type %q are not guarded.", d.DetailType)
		return event, nil
	case body.EventName == "" || body.EventSource == "":
		return guard.Event{}, ErrNotAnEvent
	}
	return d.callEvent(&body.record)
}

// callEvent decodes a CloudTrail record, in an envelope or bare.
func (d *document) callEvent(r *record) (guard.Event, error) {
	at, err := parseTime("eventTime", r.EventTime)
	if err != nil {
		return guard.Event{}, err
	}
	who := r.UserIdentity.orZero()
	event := guard.Event{Cause: guard.Cause{
		EventID:   r.EventID,
		EventName: r.EventName,
		IsCall:    true,
		Time:      at,
		Account:   cmp.Or(r.RecipientAccountID, d.Account, string(who.AccountID)),
		Region:    cmp.Or(r.AWSRegion, d.Region),
		Actor:     who.actor(r.SourceIPAddress),
	}}
	call, reason := guarded(r, event.Cause.Region)
	if reason == "" {
		event.States, reason = call(r, event.Cause)
	}
	event.NotGuarded = reason
	return event, nil
}

// guardedCalls maps the names of the guarded calls to what decodes the states
// in their records; that returns a reason where a record holds none.
func guardedCalls(name string) func(*record, guard.Cause) ([]guard.State, string) {
	switch name {
	case "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting":
		return settingStates
	case "RegisterTaskDefinition":
		return taskDefinitionStates
	case "RunTask", "StartTask":
		return launchStates
	case "CreateService", "UpdateService", "CreateTaskSet", "UpdateServicePrimaryTaskSet":
		return serviceStates
	}
	return nil
}

// guarded finds out whether a record is of a successful, guarded ECS call, or
// says why it is not.
func guarded(r *record, region string) (func(*record, guard.Cause) ([]guard.State, string), string) {
	// App Runner, VPC Lattice and Cloud Map have calls of the same names.
	if r.EventSource != "ecs.amazonaws.com" {
		return nil, fmt.Sprintf("Calls to %s are not guarded.", r.EventSource)
	}
	call := guardedCalls(r.EventName)
	switch {
	case call == nil:
		return nil, fmt.Sprintf("ECS call %s is not guarded.", r.EventName)
	case r.EventType != "" && r.EventType != "AwsApiCall":
		return nil, fmt.Sprintf("Records of type %s are not of API calls.", r.EventType)
	case r.EventCategory != "" && r.EventCategory != "Management":
		return nil, fmt.Sprintf("Records of category %s only repeat management events.", r.EventCategory)
	case r.ReadOnly == "true":
		return nil, "The call changed nothing: it is read-only."
	case r.ErrorCode != "":
		return nil, fmt.Sprintf("The call changed nothing: it failed with %s.", r.ErrorCode)
	case region != "" && !guard.InScope(region):
		return nil, fmt.Sprintf("Fargate has no FIPS-140 mode in Region %s.", region)
	}
	return call, ""
}

// cause is what an envelope says of an event that is not a call's.
func (d *document) cause(name string) guard.Cause {
	at, _ := time.Parse(time.RFC3339, d.Time)
	return guard.Cause{
		EventID:   d.ID,
		EventName: name,
		Time:      at.UTC(),
		Account:   d.Account,
		Region:    d.Region,
		Actor:     guard.Actor{Name: "unknown"},
	}
}

func parseTime(member, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is not an RFC 3339 time", member, value)
	}
	return at.UTC(), nil
}

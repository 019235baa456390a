package trail

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/guard"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	callDetail       = "AWS API Call via CloudTrail"
	taskChangeDetail = "ECS Task State Change"
)

// ErrNotAnEvent is returned for JSON that is neither an EventBridge event nor
// a CloudTrail record.
var ErrNotAnEvent = errors.New("neither an EventBridge event (detail-type, detail) nor a CloudTrail record (eventSource, eventName)")

// Decode reads one EventBridge event or bare CloudTrail record, and nothing that
// either is wrapped in. The error for text that is not JSON, or not of the shape
// of an event, names the line and column. Decoding is pure: the same text gives
// the same event.
func Decode(data []byte) (guard.Event, error) {
	var doc document
	if err := doc.decode(data); err != nil {
		return guard.Event{}, err
	}
	return doc.event()
}

func (d *document) decode(data []byte) error {
	err := json.Unmarshal(data, d, decodeOptions)
	if err == nil {
		return nil
	}
	// The details of events of other types may have members of the same names and
	// other kinds.
	var envelope struct {
		ID         text           `json:"id"`
		DetailType text           `json:"detail-type"`
		Account    text           `json:"account"`
		Time       text           `json:"time"`
		Region     text           `json:"region"`
		Detail     jsontext.Value `json:"detail"`
	}
	if json.Unmarshal(data, &envelope, decodeOptions) != nil || envelope.Detail == nil ||
		envelope.DetailType == "" || envelope.DetailType == callDetail || envelope.DetailType == taskChangeDetail {
		return located(err, data)
	}
	*d = document{
		ID: string(envelope.ID), DetailType: string(envelope.DetailType), Account: string(envelope.Account),
		Time: envelope.Time, Region: string(envelope.Region), Detail: &detail{},
	}
	return nil
}

// event is what happened. What has a detail-type and a detail is an EventBridge
// event, whatever else it lacks.
func (d *document) event() (guard.Event, error) {
	body := &d.detail
	if d.Detail != nil {
		body = d.Detail
	}
	switch {
	case d.DetailType == "" || d.Detail == nil:
		if !body.isRecord() {
			return guard.Event{}, ErrNotAnEvent
		}
		return d.callEvent(&body.record), nil
	case d.DetailType == taskChangeDetail:
		return d.taskChangeEvent(body), nil
	case d.DetailType != callDetail:
		return d.notGuarded(fmt.Sprintf("Events of type %q are not guarded.", d.DetailType)), nil
	case body.EventName == "" && body.EventType == "":
		return d.notGuarded("The event does not name a call."), nil
	case body.EventSource == "" && d.Source != "" && d.Source != "aws.ecs":
		return d.notGuarded(fmt.Sprintf("Events of %s are not guarded.", d.Source)), nil
	}
	return d.callEvent(&body.record), nil
}

// isRecord tells a CloudTrail record from other objects. Of records that are
// about no call, such as those of Insights, some name none. The sources of other
// services' notifications begin with aws:, as in aws:sqs.
func (d *detail) isRecord() bool {
	if strings.HasPrefix(d.EventSource, "aws:") {
		return false
	}
	return d.EventName != "" && d.EventSource != "" || strings.HasPrefix(d.EventType, "Aws")
}

// callEvent decodes a CloudTrail record, in an envelope or bare.
func (d *document) callEvent(r *record) guard.Event {
	event := guard.Event{Cause: guard.Cause{
		EventID:   r.EventID,
		EventName: cmp.Or(r.EventName, r.EventType),
		IsCall:    true,
		Time:      parseTime(string(r.EventTime)),
		Account:   cmp.Or(r.RecipientAccountID, d.Account, string(r.UserIdentity.orZero().AccountID)),
		Region:    cmp.Or(r.AWSRegion, d.Region),
		Actor:     r.actor(),
	}}
	call, reason := guarded(r, event.Cause.Region)
	if reason == "" {
		event.States, reason = call(r, event.Cause)
	}
	event.Cause.Canary = isCanary(event.Cause, event.States)
	event.NotGuarded = reason
	return event
}

// Calls are the names of the ECS calls that the guard acts on.
func Calls() []string {
	return []string{
		"PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting", "RegisterTaskDefinition", "RunTask", "StartTask",
		"CreateService", "UpdateService", "CreateTaskSet", "UpdateServicePrimaryTaskSet", "CreateCapacityProvider",
	}
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
	case "CreateCapacityProvider":
		return providerStates
	}
	return nil
}

// guarded finds out whether a record is of a successful, guarded ECS call, or
// says why it is not.
func guarded(r *record, region string) (func(*record, guard.Cause) ([]guard.State, string), string) {
	call := guardedCalls(r.EventName)
	switch {
	case r.EventName == "":
		return nil, fmt.Sprintf("Records of type %s are not of API calls.", r.EventType)
	// App Runner, VPC Lattice and Cloud Map have calls of the same names. A record
	// that leaves its source out may be ECS's.
	case r.EventSource != "ecs.amazonaws.com" && r.EventSource != "":
		return nil, fmt.Sprintf("Calls to %s are not guarded.", r.EventSource)
	case r.EventName == "UpdateCapacityProvider":
		return nil, "No update of a capacity provider changes its fipsEnabled."
	case r.EventName == "DeleteCapacityProvider":
		return nil, "A capacity provider that is deleted launches nothing any more."
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

// notGuarded is an event of which nothing is guarded, and why.
func (d *document) notGuarded(reason string) guard.Event {
	return guard.Event{Cause: d.cause(d.DetailType), NotGuarded: reason}
}

// cause is what an envelope says of an event that is not a call's.
func (d *document) cause(name string) guard.Cause {
	return guard.Cause{
		EventID:   d.ID,
		EventName: name,
		Time:      parseTime(string(d.Time)),
		Account:   d.Account,
		Region:    d.Region,
		Actor:     guard.Actor{Name: "unknown"},
	}
}

// parseTime reads a time as CloudTrail writes it, or as CloudTrail Lake and
// Athena do, which is in UTC. Any other is unknown: it decides nothing.
func parseTime(text string) time.Time {
	for _, layout := range [...]string{time.RFC3339, time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

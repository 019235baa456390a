package judge

import "strings"

type kind int

const (
	setting kind = iota + 1
	stopLogging
	startLogging
	launch
)

// record is a used record.
type record struct {
	kind
	where
	at              second
	id, name, actor string

	principal    string // of a setting record: whose override; empty is the default
	says, reason string // of a setting record: on, off, unknown or deleted, and why
	trail        string // of StopLogging, DeleteTrail and StartLogging
	tasks        int    // of a launch
}

func (r *record) event() *Event {
	return &Event{EventID: r.id, EventName: r.name, Actor: r.actor}
}

// object is a decoded JSON object.
type object = map[string]any

// get returns the member that a path of names leads to, nil if there is none.
func get(v any, path ...string) any {
	for _, name := range path {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

// text returns the text that a path leads to, empty if there is none.
func text(v any, path ...string) string {
	s, _ := get(v, path...).(string)
	return s
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// used returns what a record says, nil if the contract does not use it. The
// file's name gives account and Region where the record does not.
func used(r object, file where) *record {
	if e := get(r, "errorCode"); e != nil && e != "" {
		return nil
	}
	if ro := get(r, "readOnly"); ro == true || ro == "true" {
		return nil
	}
	if c := get(r, "eventCategory"); c != nil && c != "Management" {
		return nil
	}
	if t := get(r, "eventType"); t != nil && t != "AwsApiCall" {
		return nil
	}
	at, ok := parseSecond(text(r, "eventTime"))
	if !ok {
		return nil
	}
	found := record{
		at:   at,
		id:   text(r, "eventID"),
		name: text(r, "eventName"),
		where: where{
			account: first(text(r, "recipientAccountId"), text(r, "userIdentity", "accountId"), file.account),
			region:  first(text(r, "awsRegion"), file.region),
		},
		actor: first(text(r, "userIdentity", "arn"), text(r, "userIdentity", "invokedBy"), text(r, "userIdentity", "principalId"), text(r, "userIdentity", "type"), "unknown"),
	}
	switch text(r, "eventSource") + " " + found.name {
	case "ecs.amazonaws.com PutAccountSetting", "ecs.amazonaws.com PutAccountSettingDefault", "ecs.amazonaws.com DeleteAccountSetting":
		if !aboutFIPS(r) {
			return nil
		}
		found.kind = setting
		found.set(r)
	case "cloudtrail.amazonaws.com StopLogging", "cloudtrail.amazonaws.com DeleteTrail":
		found.kind, found.trail = stopLogging, trailName(r)
	case "cloudtrail.amazonaws.com StartLogging":
		found.kind, found.trail = startLogging, trailName(r)
	case "ecs.amazonaws.com RunTask", "ecs.amazonaws.com StartTask":
		found.kind, found.tasks = launch, launched(r)
	default:
		return nil
	}
	return &found
}

// aboutFIPS: one of the names is fargateFIPSMode, or both are absent.
func aboutFIPS(r object) bool {
	asked, answered := get(r, "requestParameters", "name"), get(r, "responseElements", "setting", "name")
	return asked == nil && answered == nil || isFIPSMode(asked) || isFIPSMode(answered)
}

func isFIPSMode(name any) bool {
	s, _ := name.(string)
	return strings.ToLower(s) == "fargatefipsmode"
}

// set fills in whose setting the record is about and what it says.
func (r *record) set(o object) {
	principal, known := whose(o)
	if !known {
		r.says, r.reason = "unknown", "unclear"
		return
	}
	r.principal = principal
	if r.name == "DeleteAccountSetting" {
		r.says, r.reason = "deleted", "deleted"
		if principal == "" {
			r.says = "off"
		}
		return
	}
	r.says, r.reason = "unknown", "omitted"
	for _, value := range []any{get(o, "requestParameters", "value"), get(o, "responseElements", "setting", "value")} {
		if value == nil {
			continue
		}
		s, _ := value.(string)
		on := strings.ToLower(s) == "enabled" || strings.ToLower(s) == "on"
		switch {
		case !on:
			r.says = "off"
		case r.says != "off":
			r.says = "on"
		}
		r.reason = "set"
	}
}

// whose returns the principal whose override a setting record is about, empty
// for the default, or false where that is unclear.
func whose(o object) (principal string, known bool) {
	if text(o, "eventName") == "PutAccountSettingDefault" {
		return "", true
	}
	target := first(text(o, "requestParameters", "principalArn"), text(o, "responseElements", "setting", "principalArn"))
	caller := text(o, "userIdentity", "type")
	switch {
	case strings.HasSuffix(target, ":root"), target == "" && caller == "Root":
		return "", true
	case target != "":
		return userOrRole(target)
	case caller == "AssumedRole":
		return userOrRole(first(text(o, "userIdentity", "sessionContext", "sessionIssuer", "arn"), text(o, "userIdentity", "arn")))
	case caller == "IAMUser", caller == "Role":
		return userOrRole(text(o, "userIdentity", "arn"))
	}
	return "", false
}

// userOrRole returns the ARN of a user or a role; that of a role's session
// becomes the role's.
func userOrRole(arn string) (principal string, is bool) {
	parts := strings.SplitN(arn, ":", 6) // arn, partition, service, Region, account, resource
	if len(parts) < 6 {
		return "", false
	}
	service, resource := parts[2], strings.Split(parts[5], "/")
	switch {
	case service == "iam" && len(resource) > 1 && (resource[0] == "user" || resource[0] == "role"):
		return arn, true
	case service == "sts" && len(resource) == 3 && resource[0] == "assumed-role":
		return "arn:" + parts[1] + ":iam::" + parts[4] + ":role/" + resource[1], true
	}
	return "", false
}

// trailName returns the name after trail/, or all of it.
func trailName(r object) string {
	name := text(r, "requestParameters", "name")
	if _, after, found := strings.Cut(name, "trail/"); found {
		return after
	}
	return name
}

// launched counts the tasks that a launch may have started on Fargate.
func launched(r object) int {
	tasks, answered := get(r, "responseElements", "tasks").([]any)
	if !answered {
		if elsewhere(get(r, "requestParameters")) {
			return 0
		}
		return 1
	}
	n := 0
	for _, task := range tasks {
		if !elsewhere(task) {
			n++
		}
	}
	return n
}

func elsewhere(v any) bool {
	launchType := text(v, "launchType")
	return launchType == "EC2" || launchType == "EXTERNAL" || launchType == "MANAGED_INSTANCES"
}

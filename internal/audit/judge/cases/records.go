package cases

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// record returns a record that succeeded, of nothing in particular.
func (m *maker) record(p place, at time.Time, source, name string) object {
	return object{
		"eventVersion": pick(m, "1.08", "1.10", "1.11"), "eventID": m.id(), "requestID": m.id(), "eventTime": stamp(at),
		"eventSource": source, "eventName": name, "awsRegion": p.region, "recipientAccountId": p.account,
		"eventType": "AwsApiCall", "eventCategory": "Management", "readOnly": false, "managementEvent": true,
		"sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15.0", "userIdentity": m.role(p, "Admin"),
		"requestParameters": nil, "responseElements": nil,
	}
}

func (m *maker) id() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", m.Uint32(), m.IntN(1<<16), m.IntN(1<<12), m.IntN(1<<12), m.Int64N(1<<48))
}

// iam returns the ARN of a user or role.
func iam(p place, resource string) string {
	return "arn:aws-us-gov:iam::" + p.account + ":" + resource
}

func sts(p place, resource string) string {
	return "arn:aws-us-gov:sts::" + p.account + ":" + resource
}

// issuers are the roles behind sessions. A session's ARN leaves the path out.
var issuers = map[string]string{"Admin": "role/Admin", "Deploy": "role/path/Deploy"}

// role is a role's session, with or without the role itself.
func (m *maker) role(p place, name string) object {
	session := pick(m, "jane", "jané ☃ 😀", `back\slash"quote`, "i-0123456789abcdef0")
	identity := object{"type": "AssumedRole", "principalId": "AROAEXAMPLE:" + session, "arn": sts(p, "assumed-role/"+name+"/"+session), "accountId": p.account}
	if m.chance(60) {
		identity["sessionContext"] = object{"sessionIssuer": object{"type": "Role", "arn": iam(p, issuers[name]), "accountId": p.account}}
	}
	return identity
}

// callers are those of whom it is clear whose setting they change without a
// target.
func (m *maker) caller(p place) object {
	switch m.IntN(4) {
	case 0:
		return object{"type": "IAMUser", "arn": iam(p, "user/bob"), "accountId": p.account, "userName": "bob"}
	case 1:
		return object{"type": "Role", "arn": iam(p, "role/path/Deploy"), "accountId": p.account}
	}
	return m.role(p, pick(m, "Admin", "Deploy"))
}

// stranger is a caller whose setting is unclear.
func (m *maker) stranger(p place) object {
	return pick(m,
		object{"type": "FederatedUser", "principalId": "1:bob", "arn": sts(p, "federated-user/bob")},
		object{"type": "AWSService", "invokedBy": "ecs.amazonaws.com"},
		object{"type": "IdentityCenterUser", "principalId": "p-1"},
		object{"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": p.account},
		object{"type": "Unknown"},
		object{},
	)
}

func (m *maker) settingName() string {
	return pick(m, "fargateFIPSMode", "fargateFIPSMode", "fargateFIPSMode", "FARGATEFIPSMODE", "fargatefipsmode")
}

func (m *maker) value() string {
	return pick(m, "enabled", "enabled", "enabled", "disabled", "disabled", "on", "off", "Enabled", "ON", "DISABLED", "enhanced")
}

// put is a call that sets a value.
func (m *maker) put(p place, at time.Time, name string) object {
	r := m.record(p, at, "ecs.amazonaws.com", name)
	setting, value := m.settingName(), m.value()
	r["requestParameters"] = object{"name": setting, "value": value}
	if m.chance(70) {
		r["responseElements"] = object{"setting": object{"name": setting, "value": value}}
	}
	if m.chance(4) {
		r["responseElements"] = object{"setting": object{"name": setting, "value": m.value()}}
	}
	return r
}

// setting returns a setting record of any kind.
func (m *maker) setting(p place, at time.Time) object {
	if m.chance(40) {
		return m.put(p, at, "PutAccountSettingDefault")
	}
	var r object
	if m.chance(65) {
		r = m.put(p, at, "PutAccountSetting")
	} else {
		r = m.record(p, at, "ecs.amazonaws.com", "DeleteAccountSetting")
		r["requestParameters"] = object{"name": m.settingName()}
	}
	r["userIdentity"] = m.caller(p)
	switch n := m.IntN(100); {
	case n < 30: // one's own
	case n < 45:
		r["userIdentity"] = object{"type": "Root", "principalId": p.account, "arn": iam(p, "root"), "accountId": p.account}
	case n < 52:
		r["userIdentity"] = m.stranger(p)
	case n < 60:
		member(r, "requestParameters")["principalArn"] = iam(p, "root")
	case n < 64:
		member(r, "requestParameters")["principalArn"] = pick(m, sts(p, "federated-user/bob"), iam(p, "group/g"), "bob")
	default:
		target := pick(m, iam(p, "user/bob"), iam(p, "role/Admin"), iam(p, "role/path/Deploy"), sts(p, "assumed-role/Admin/jane"))
		member(r, pick(m, "requestParameters", "requestParameters", "responseElements"))["principalArn"] = target
	}
	return r
}

// member returns the object in which a request's or an answer's setting is.
func member(r object, name string) object {
	if name == "responseElements" {
		answer, _ := r[name].(object)
		if answer == nil {
			answer = object{"setting": object{"name": "fargateFIPSMode"}}
			r[name] = answer
		}
		setting, _ := answer["setting"].(object)
		return setting
	}
	request, _ := r[name].(object)
	return request
}

// contradict returns another record of the same second and subject, with
// another value.
func (m *maker) contradict(r object) object {
	other := maps.Clone(r)
	other["eventID"] = m.id()
	request := maps.Clone(member(r, "requestParameters"))
	request["value"] = m.value()
	other["requestParameters"] = request
	if other["eventName"] == "DeleteAccountSetting" {
		other["eventName"] = "PutAccountSetting"
	}
	return other
}

// omitted is a setting record of which a part was too large, or is missing.
func (m *maker) omitted(p place, at time.Time) object {
	r := m.put(p, at, pick(m, "PutAccountSetting", "PutAccountSettingDefault"))
	r["userIdentity"] = m.caller(p)
	left := object{"omitted": pick[any](m, "true", true), "originalSize": 149893, "reason": "requestParameters too large"}
	switch m.IntN(4) {
	case 0:
		r["requestParameters"] = left
	case 1:
		r["requestParameters"], r["responseElements"] = left, nil
	case 2:
		r["requestParameters"], r["responseElements"] = nil, left
	case 3:
		delete(member(r, "requestParameters"), "value")
		r["responseElements"] = nil
	}
	return r
}

// ignored is nearly a setting record, but none.
func (m *maker) ignored(p place, at time.Time) object {
	r := m.put(p, at, "PutAccountSettingDefault")
	switch m.IntN(9) {
	case 0:
		r["errorCode"] = pick(m, "AccessDenied", "ThrottlingException")
	case 1:
		r["readOnly"] = pick[any](m, true, "true")
	case 2:
		r["eventCategory"] = pick(m, "NetworkActivity", "Data", "Insight")
	case 3:
		r["eventType"] = pick(m, "AwsServiceEvent", "AwsConsoleAction")
	case 4:
		r["eventSource"] = pick(m, "ECS.amazonaws.com", "ecs.amazonaws.com.example", "s3.amazonaws.com", " ecs.amazonaws.com")
	case 5:
		member(r, "requestParameters")["name"] = "containerInsights"
		r["responseElements"] = nil
	case 6:
		r["EventSource"] = r["eventSource"]
		delete(r, "eventSource")
	case 7:
		r["requestParameters"] = object{"omitted": true}
		r["responseElements"] = object{"setting": object{"name": "containerInsights", "value": "enabled"}}
	case 8:
		r["eventName"] = pick(m, "PutAccountSettingdefault", "ListAccountSettings", "PutAttributes")
	}
	return r
}

// odd changes what may be missing or different of a used record.
func (m *maker) odd(r object) object {
	for _, change := range []func(){
		func() { delete(r, "readOnly") },
		func() { r["readOnly"] = "false" },
		func() { delete(r, "eventCategory") },
		func() { delete(r, "eventType") },
		func() { r["errorCode"] = pick[any](m, nil, "") },
	} {
		if m.chance(10) {
			change()
		}
	}
	return r
}

// launch is a RunTask or StartTask.
func (m *maker) launch(p place, at time.Time) object {
	r := m.record(p, at, "ecs.amazonaws.com", pick(m, "RunTask", "RunTask", "StartTask"))
	request := object{"cluster": "c", "taskDefinition": "web:1", "count": m.IntN(3) + 1}
	if m.chance(50) {
		request["launchType"] = pick(m, "FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES")
	}
	r["requestParameters"] = request
	if m.chance(80) {
		tasks := []any{}
		for range m.IntN(4) {
			task := object{"taskArn": "arn:aws-us-gov:ecs:" + p.region + ":" + p.account + ":task/c/" + m.id()}
			if m.chance(80) {
				task["launchType"] = pick(m, "FARGATE", "FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES")
			}
			tasks = append(tasks, task)
		}
		r["responseElements"] = object{"tasks": tasks, "failures": []any{}}
	}
	return r
}

// switching is a call that stops or starts a trail. Two of one trail in one
// second would leave open which came first.
func (m *maker) switching(p place, at time.Time, trail string) (object, time.Time) {
	for m.switched[trail+p.account+stamp(at)] {
		at = at.Add(time.Second)
	}
	m.switched[trail+p.account+stamp(at)] = true
	r := m.record(p, at, "cloudtrail.amazonaws.com", pick(m, "StopLogging", "StopLogging", "StopLogging", "DeleteTrail", "StartLogging", "StartLogging", "StartLogging"))
	r["requestParameters"] = object{"name": pick(m, trail, "arn:aws-us-gov:cloudtrail:"+west+":"+p.account+":trail/"+trail)}
	if m.chance(10) {
		r["errorCode"] = "TrailNotFoundException"
	}
	return r, at
}

// noise is a record of another service, which may quote a setting record.
func (m *maker) noise(p place, at time.Time) object {
	r := m.record(p, at, pick(m, "s3.amazonaws.com", "kms.amazonaws.com", "sts.amazonaws.com", "ecs.amazonaws.com", "cloudtrail.amazonaws.com"),
		pick(m, "Decrypt", "PutObject", "DescribeTasks", "GetTrailStatus"))
	quoted := m.put(p, at, "PutAccountSettingDefault")
	switch m.IntN(12) {
	case 0:
		r["requestParameters"] = quoted
	case 1:
		r["requestParameters"] = object{"message": plainStyle(m).render(quoted)}
	case 2:
		r["requestParameters"] = object{"Records": []any{quoted, quoted}}
	case 3:
		r["additionalEventData"] = object{"a": []any{1, object{"b": quoted}, `\`, `\\"`, `"}]}`, "]}"}}
	case 4:
		r["requestParameters"] = object{"number": raw(pick(m, "1e999", "-0.0", "12345678901234567890123456789", "1E-7")), "text": raw("\"not UTF-8: \xff\xc3\"")}
	case 5:
		r["requestParameters"] = object{"key": strings.Repeat(pick(m, "x", `\`, `"`, "{", "☃"), m.IntN(70000))}
	case 6:
		r["requestParameters"] = object{"lone": raw(`"\ud800 \udc00\ud800"`), "control": raw(`"\u0000\u007f` + "\x7f" + `"`)}
	case 7:
		maps.DeleteFunc(r, func(name string, _ any) bool { return name == "eventSource" })
		r["requestParameters"] = object{"eventSource": "ecs.amazonaws.com", "eventName": "PutAccountSettingDefault", "name": "fargateFIPSMode", "value": "disabled"}
	case 8:
		deep := any(quoted)
		for range m.IntN(300) {
			deep = []any{deep}
		}
		r["requestParameters"] = object{"deep": deep}
	}
	return r
}

func plainStyle(m *maker) style { return style{m: m} }

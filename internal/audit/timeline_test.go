package audit

import "testing"

// TestTheModeOfASecond: one log file at 20:00 makes the answer reach until
// 19:00; the records say the rest.
func TestTheModeOfASecond(t *testing.T) {
	b := newBucket(t)
	federated := record{"userIdentity": map[string]any{"type": "FederatedUser", "arn": "arn:aws-us-gov:sts::111122223333:federated-user/bob"}}
	omitted := record{"requestParameters": map[string]any{"omitted": true}, "responseElements": nil}
	remove := func(id, at, principal string) record {
		return b.record(id, at, "ecs", "DeleteAccountSetting", map[string]any{"name": "fargateFIPSMode", "principalArn": principal}, nil)
	}
	tests := []struct {
		name    string
		records []record
		want    string
	}{
		{"nothing", nil, "unknown 08:00-19:00 start"},
		{"on", []record{b.put("a", "10:00", "enabled")}, "unknown 08:00-10:00 start, on 10:00-19:00 set a"},
		{"any letter case, the short words", []record{b.put("a", "10:00", "ON"), b.put("b", "11:00", "Enabled"), b.put("c", "12:00", "OFF")},
			"unknown 08:00-10:00 start, on 10:00-12:00 set a, off 12:00-19:00 set c"},
		{"any other value is off", []record{b.put("a", "10:00", "enhanced")}, "unknown 08:00-10:00 start, off 10:00-19:00 set a"},
		{"before the first delivery", []record{b.put("a", "07:00", "enabled")}, "on 07:00-19:00 set a"},
		{"behind the last that is complete", []record{b.put("a", "10:00", "enabled"), b.put("b", "19:30", "disabled")},
			"unknown 08:00-10:00 start, on 10:00-19:00 set a, unknown 19:00-19:30 gap, off 19:30-19:30:01 set b"},
		{"off and on in a second", []record{b.put("a", "10:00", "enabled"), b.put("b", "10:00", "disabled")},
			"unknown 08:00-10:00 start, off 10:00-10:00:01 set b, unknown 10:00:01-19:00 conflict a"},
		{"on and unknown in a second", []record{b.put("a", "10:00", "enabled"), b.put("b", "10:00", "enabled").with(omitted)},
			"unknown 08:00-19:00 start"},
		{"twice the same in a second", []record{b.put("b", "10:00", "enabled"), b.put("a", "10:00", "on")}, "unknown 08:00-10:00 start, on 10:00-19:00 set a"},
		{"a repeat", []record{b.put("a", "10:00", "enabled"), b.put("a", "10:00", "enabled")}, "unknown 08:00-10:00 start, on 10:00-19:00 set a"},
		{"request and answer differ", []record{b.put("a", "10:00", "enabled").with(record{"requestParameters": map[string]any{"name": "fargateFIPSMode", "value": "disabled"}})},
			"unknown 08:00-10:00 start, off 10:00-19:00 set a"},
		{"only the answer names it", []record{b.put("a", "10:00", "enabled").with(record{"requestParameters": map[string]any{"name": "containerInsights", "value": "enabled"}})},
			"unknown 08:00-10:00 start, on 10:00-19:00 set a"},
		{"another setting", []record{b.record("a", "10:00", "ecs", "PutAccountSettingDefault", map[string]any{"name": "containerInsights", "value": "disabled"}, nil)},
			"unknown 08:00-19:00 start"},
		{"no value", []record{b.put("a", "09:00", "enabled"), b.put("b", "10:00", "").with(omitted)},
			"unknown 08:00-09:00 start, on 09:00-10:00 set a, unknown 10:00-19:00 omitted b"},
		{"a value without a name", []record{b.put("a", "10:00", "").with(record{"requestParameters": map[string]any{"value": "disabled"}, "responseElements": nil})},
			"unknown 08:00-10:00 start, off 10:00-19:00 set a"},
		{"deleted by root", []record{b.put("a", "09:00", "enabled"), remove("b", "10:00", "").with(record{
			"requestParameters": map[string]any{"name": "fargateFIPSMode"}, "userIdentity": map[string]any{"type": "Root", "arn": "arn:aws-us-gov:iam::111122223333:root"}})},
			"unknown 08:00-09:00 start, on 09:00-10:00 set a, off 10:00-19:00 deleted b"},
		{"deleted for root", []record{remove("b", "10:00", "arn:aws-us-gov:iam::111122223333:root")}, "unknown 08:00-10:00 start, off 10:00-19:00 deleted b"},
		{"deleted and off in a second", []record{remove("a", "10:00", "arn:x:root"), b.put("b", "10:00", "disabled")}, "unknown 08:00-10:00 start, off 10:00-19:00 deleted a"},
		{"PutAccountSetting for root", []record{b.override("a", "10:00", "arn:aws-us-gov:iam::111122223333:root", "enabled")}, "unknown 08:00-10:00 start, on 10:00-19:00 set a"},
		{"nobody's", []record{b.put("a", "09:00", "enabled"), b.record("b", "10:00", "ecs", "PutAccountSetting", map[string]any{"name": "fargateFIPSMode", "value": "disabled"}, nil).with(federated)},
			"unknown 08:00-09:00 start, on 09:00-10:00 set a, unknown 10:00-19:00 unclear b"},
		{"an override is not the default", []record{b.override("a", "10:00", user, "disabled")}, "unknown 08:00-19:00 start"},
		{"failed", []record{b.put("a", "10:00", "disabled").with(record{"errorCode": "AccessDenied"})}, "unknown 08:00-19:00 start"},
		{"an empty errorCode", []record{b.put("a", "10:00", "disabled").with(record{"errorCode": ""})}, "unknown 08:00-10:00 start, off 10:00-19:00 set a"},
		{"read-only", []record{b.put("a", "10:00", "disabled").with(record{"readOnly": "true"})}, "unknown 08:00-19:00 start"},
		{"another category", []record{b.put("a", "10:00", "disabled").with(record{"eventCategory": "NetworkActivity"})}, "unknown 08:00-19:00 start"},
		{"another type", []record{b.put("a", "10:00", "disabled").with(record{"eventType": "AwsServiceEvent"})}, "unknown 08:00-19:00 start"},
		{"another service's", []record{b.put("a", "10:00", "disabled").with(record{"eventSource": "batch.amazonaws.com"})}, "unknown 08:00-19:00 start"},
		{"nested", []record{b.run("a", "10:00", 1).with(record{"additionalEventData": []any{b.put("b", "10:00", "disabled")}})}, "unknown 08:00-19:00 start"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBucket(t)
			b.log("08:00")
			b.log("20:00", test.records...)
			got := short(only(t, b.audit(Options{})).Intervals)
			if got != test.want {
				t.Errorf("the default was\n     %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestOverrides(t *testing.T) {
	session := map[string]any{"type": "AssumedRole", "arn": "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/ci",
		"sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": "arn:aws-us-gov:iam::111122223333:role/ci/deploy"}}}
	b := newBucket(t)
	own := func(id, at, value string, identity map[string]any) record {
		return b.record(id, at, "ecs", "PutAccountSetting", map[string]any{"name": "fargateFIPSMode", "value": value}, nil).with(record{"userIdentity": identity})
	}
	remove := func(id, at string) record {
		return b.record(id, at, "ecs", "DeleteAccountSetting", map[string]any{"name": "fargateFIPSMode", "principalArn": role}, nil)
	}
	tests := []struct {
		name    string
		records []record
		want    string
	}{
		{"a role's", []record{b.override("a", "10:00", role, "disabled")}, role + ": off 10:00-19:00 set a"},
		{"a session is its role", []record{b.override("a", "10:00", "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/ci", "enabled")}, role + ": on 10:00-19:00 set a"},
		{"one's own, with the role's path", []record{own("a", "10:00", "disabled", session)}, "arn:aws-us-gov:iam::111122223333:role/ci/deploy: off 10:00-19:00 set a"},
		{"one's own", []record{own("a", "10:00", "disabled", map[string]any{"type": "IAMUser", "arn": user})}, user + ": off 10:00-19:00 set a"},
		{"deleted", []record{b.override("a", "10:00", role, "disabled"), remove("b", "11:00"), b.override("c", "12:00", role, "on")},
			role + ": off 10:00-11:00 set a, on 12:00-19:00 set c"},
		{"deleted, and a gap", []record{b.override("a", "10:00", role, "disabled"), remove("b", "19:10"), b.put("c", "19:30", "enabled")},
			role + ": off 10:00-19:00 set a, unknown 19:00-19:10 gap"},
		{"only deleted", []record{remove("b", "11:00")}, ""},
		{"deleted and on in a second", []record{remove("b", "10:00"), b.override("a", "10:00", role, "on")}, role + ": unknown 10:00-19:00 conflict a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBucket(t)
			b.log("08:00")
			b.log("20:00", test.records...)
			got := ""
			for _, o := range only(t, b.audit(Options{})).Overrides {
				got += o.Principal + ": " + short(o.Intervals)
			}
			if got != test.want {
				t.Errorf("overrides\n     %s\nwant %s", got, test.want)
			}
		})
	}
}

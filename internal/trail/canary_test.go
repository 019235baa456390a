package trail

import (
	"strings"
	"testing"
)

// TestCanary: only the verifier's own call is its canary; whoever only says so
// is answered like anybody.
func TestCanary(t *testing.T) {
	const canary = `{
		"eventVersion": "1.11", "eventID": "6f4d2a8e-0000-4000-8000-000000000001", "eventTime": "2026-11-26T12:07:03Z", "eventType": "AwsApiCall", "eventCategory": "Management",
		"eventSource": "ecs.amazonaws.com", "eventName": "PutAccountSettingDefault", "awsRegion": "us-gov-west-1", "recipientAccountId": "111122223333", "readOnly": false,
		"userAgent": "aws-sdk-go-v2/1.42.1 ua/2.1 os/linux lang/go#1.26.1 md/GOOS#linux md/GOARCH#amd64 api/ecs#1.104.2 app/fipsguard-canary m/E,g",
		"userIdentity": {"type": "AssumedRole", "accountId": "111122223333", "arn": "arn:aws-us-gov:sts::111122223333:assumed-role/fipsguard-verifier-us-gov-west-1/fipsguard-verifier"},
		"requestParameters": {"name": "fargateFIPSMode", "value": "enabled"},
		"responseElements": {"setting": {"name": "fargateFIPSMode", "value": "enabled", "principalArn": "arn:aws-us-gov:iam::111122223333:root"}}
	}`
	for what, change := range map[string][2]string{
		"":                       {"", ""},
		"another role":           {"assumed-role/fipsguard-verifier-us-gov-west-1/", "assumed-role/Admin/"},
		"a role with that begin": {"fipsguard-verifier-us-gov-west-1/", "fipsguard-verifier-us-gov-west-1-mine/"},
		"a user of that name":    {"assumed-role/", "user/"},
		"another Region's role":  {"fipsguard-verifier-us-gov-west-1/", "fipsguard-verifier-us-gov-east-1/"},
		"another account's role": {"sts::111122223333", "sts::999988887777"},
		"another program":        {"app/fipsguard-canary", "app/fipsguard"},
		"it turns the mode off":  {`"name": "fargateFIPSMode", "value": "enabled"}`, `"name": "fargateFIPSMode", "value": "disabled"}`},
		"an override":            {`"PutAccountSettingDefault"`, `"PutAccountSetting"`},
		"a call that failed":     {`"readOnly": false,`, `"readOnly": false, "errorCode": "AccessDenied",`},
	} {
		event, err := Decode([]byte(strings.Replace(canary, change[0], change[1], 1)))
		if err != nil || event.Cause.Canary != (what == "") {
			t.Errorf("%q: a canary: %t, error %v", what, event.Cause.Canary, err)
		}
	}
}

package cloudtrail_test

import (
	"encoding/json"
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/google/go-cmp/cmp"
)

// recorded is a record without what differs from call to call.
func recorded(t *testing.T, r localaws.Record) map[string]any {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"eventID", "requestID"} {
		if id, _ := tree[name].(string); len(id) != 36 {
			t.Errorf("%s %q is no UUID", name, id)
		}
		delete(tree, name)
	}
	if agent, _ := tree["userAgent"].(string); !strings.Contains(agent, "aws-sdk-go-v2") {
		t.Errorf("userAgent %q is not the client's", agent)
	}
	delete(tree, "userAgent")
	return tree
}

func TestRecordOfAWriteCall(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "disabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Listed(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), true)
	if got := len(a.Records()); got != 1 {
		t.Fatalf("%d records, want that of the one write", got)
	}
	var want map[string]any
	if err := json.Unmarshal([]byte(`{
		"eventVersion": "1.11",
		"userIdentity": {
			"type": "AssumedRole",
			"principalId": "AROALOCALADMIN000001:jane.doe",
			"arn": "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe",
			"accountId": "111122223333",
			"accessKeyId": "ASIALOCALADMIN000001",
			"sessionContext": {
				"sessionIssuer": {
					"type": "Role",
					"principalId": "AROALOCALADMIN000001",
					"arn": "arn:aws-us-gov:iam::111122223333:role/Admin",
					"accountId": "111122223333",
					"userName": "Admin"
				},
				"attributes": {"creationDate": "2026-11-02T11:00:00Z", "mfaAuthenticated": "true"}
			}
		},
		"eventTime": "2026-11-02T12:00:00Z",
		"eventSource": "ecs.amazonaws.com",
		"eventName": "PutAccountSettingDefault",
		"awsRegion": "us-gov-west-1",
		"sourceIPAddress": "198.51.100.7",
		"requestParameters": {"name": "fargateFIPSMode", "value": "disabled"},
		"responseElements": {"setting": {
			"name": "fargateFIPSMode", "value": "disabled",
			"principalArn": "arn:aws-us-gov:iam::111122223333:role/Admin", "type": "user"
		}},
		"readOnly": false,
		"eventType": "AwsApiCall",
		"managementEvent": true,
		"recipientAccountId": "111122223333",
		"eventCategory": "Management"
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, recorded(t, a.Records()[0])); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestRecordOfAFailedCallDoesNotSayWhatWasAsked(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	_ = localtest.PutOwn(t, localtest.ECS(a, all.Admin, localtest.West), "disabled", all.Application.ARN)
	got := recorded(t, a.Records()[0])
	if got["errorCode"] != "AccessDenied" || got["errorMessage"] == "" {
		t.Errorf("errorCode %v, errorMessage %v", got["errorCode"], got["errorMessage"])
	}
	for _, name := range []string{"requestParameters", "responseElements"} {
		if value, ok := got[name]; !ok || value != nil {
			t.Errorf("%s is %v (present %v), want null", name, value, ok)
		}
	}
}

func TestIdentityOfEachKindOfCaller(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	for kind, p := range map[localaws.Kind]localaws.Principal{localaws.Root: all.Root, localaws.IAMUser: all.Terraform, localaws.AssumedRole: all.Application} {
		if err := localtest.PutDefault(t, localtest.ECS(a, p, localtest.West), "enabled"); err != nil {
			t.Fatal(err)
		}
		records := a.Records()
		id := records[len(records)-1].UserIdentity
		if id.Type != kind || id.ARN != p.CallerARN() || id.AccessKeyID != p.AccessKeyID {
			t.Errorf("%s: identity is %+v", kind, id)
		}
		switch kind {
		case localaws.IAMUser:
			if id.SessionContext != nil || id.UserName != "terraform-ci" {
				t.Errorf("an IAM user's long-lived key has a session: %+v", id)
			}
		case localaws.Root:
			if id.SessionContext == nil || id.SessionContext.SessionIssuer != nil || id.SessionContext.Attributes["mfaAuthenticated"] != "true" {
				t.Errorf("root's session: %+v", id.SessionContext)
			}
		case localaws.AssumedRole:
			// The issuer keeps the role's path, which the session has lost.
			if id.SessionContext.SessionIssuer.ARN != "arn:aws-us-gov:iam::111122223333:role/app/checkout" ||
				id.SessionContext.Attributes["mfaAuthenticated"] != "false" {
				t.Errorf("a role's session: %+v", id.SessionContext)
			}
		}
	}
}

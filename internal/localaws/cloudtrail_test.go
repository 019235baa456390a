package localaws

import (
	"encoding/json"
	"fipsguard/internal/localaws/kernel"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorded is a record without what differs from call to call.
func recorded(t *testing.T, r Record) map[string]any {
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
	a := start(t, Options{})
	if err := putDefault(t, ecsOf(a, Everyone().Admin, west), "disabled"); err != nil {
		t.Fatal(err)
	}
	listed(t, ecsOf(a, Everyone().Admin, west), true)
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
	a := start(t, Options{})
	all := Everyone()
	_ = putOwn(t, ecsOf(a, all.Admin, west), "disabled", all.Application.ARN)
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
	a := start(t, Options{})
	all := Everyone()
	for kind, p := range map[Kind]Principal{Root: all.Root, IAMUser: all.Terraform, AssumedRole: all.Application} {
		if err := putDefault(t, ecsOf(a, p, west), "enabled"); err != nil {
			t.Fatal(err)
		}
		records := a.Records()
		id := records[len(records)-1].UserIdentity
		if id.Type != kind || id.ARN != p.CallerARN() || id.AccessKeyID != p.AccessKeyID {
			t.Errorf("%s: identity is %+v", kind, id)
		}
		switch kind {
		case IAMUser:
			if id.SessionContext != nil || id.UserName != "terraform-ci" {
				t.Errorf("an IAM user's long-lived key has a session: %+v", id)
			}
		case Root:
			if id.SessionContext == nil || id.SessionContext.SessionIssuer != nil || id.SessionContext.Attributes["mfaAuthenticated"] != "true" {
				t.Errorf("root's session: %+v", id.SessionContext)
			}
		case AssumedRole:
			// The issuer keeps the role's path, which the session has lost.
			if id.SessionContext.SessionIssuer.ARN != "arn:aws-us-gov:iam::111122223333:role/app/checkout" ||
				id.SessionContext.Attributes["mfaAuthenticated"] != "false" {
				t.Errorf("a role's session: %+v", id.SessionContext)
			}
		}
	}
}

func TestMembersOver100KBAreLeftOut(t *testing.T) {
	small := map[string]string{"a": strings.Repeat("x", maxMember-8)} // {"a":"…"} adds 8
	if _, ok := bounded("requestParameters", small).(map[string]any); !ok {
		t.Error("a member of 100 KB was left out")
	}
	large := map[string]string{"a": strings.Repeat("x", maxMember-7)}
	want := map[string]string{"omitted": "true", "originalSize": "102401", "reason": "requestParameters too large"}
	if diff := cmp.Diff(any(want), bounded("requestParameters", large)); diff != "" {
		t.Errorf("a member over 100 KB (-want +got):\n%s", diff)
	}
}

func TestEventsOver256KBAreNotSent(t *testing.T) {
	a := New(Options{Now: noon})
	a.Lock()
	defer a.Unlock()
	a.publish(a.regions[west], event{detailType: "small", detail: strings.Repeat("x", maxEvent-1000)})
	a.publish(a.regions[west], event{detailType: "large", detail: strings.Repeat("x", maxEvent)})
	if len(a.events) != 1 || !strings.Contains(string(a.events[0]), `"small"`) {
		t.Errorf("%d events were sent, want the small one", len(a.events))
	}
}

func TestTimesInRecordsAreFreeText(t *testing.T) {
	tree, err := kernel.WithTimes(struct {
		RegisteredAt *kernel.Moment `json:"registeredAt"`
		Count        int            `json:"count"`
	}{kernel.At(time.Date(2026, 2, 22, 16, 11, 47, 300e6, time.UTC)), 3}, kernel.TrailTime)
	if err != nil {
		t.Fatal(err)
	}
	want := any(map[string]any{"registeredAt": "Feb 22, 2026, 4:11:47\u202fPM", "count": json.Number("3")})
	if diff := cmp.Diff(want, tree); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

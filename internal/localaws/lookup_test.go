package localaws

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"
)

func trailOf(a *Account, p Principal, region string) *cloudtrail.Client {
	return cloudtrail.NewFromConfig(config(a, p, region))
}

// lookup reads the event history to its end and returns each event as
// "name by whom at time".
func lookup(t *testing.T, a *Account, in cloudtrail.LookupEventsInput) []string {
	t.Helper()
	pages := cloudtrail.NewLookupEventsPaginator(trailOf(a, Everyone().Guard, west), &in)
	found := []string{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatalf("look up events: %v", err)
		}
		for _, e := range page.Events {
			found = append(found, fmt.Sprintf("%s by %s at %s", aws.ToString(e.EventName), aws.ToString(e.Username), e.EventTime.UTC().Format("2 15:04")))
		}
	}
	return found
}

func TestEventHistoryIsNewestFirstAndOfTheRegion(t *testing.T) {
	a := start(t, Options{})
	all := Everyone()
	for _, step := range []struct {
		who    Principal
		region string
	}{{all.Admin, west}, {all.Root, west}, {all.Admin, east}, {all.Terraform, west}} {
		if err := putDefault(t, ecsOf(a, step.who, step.region), "disabled"); err != nil {
			t.Fatal(err)
		}
		advance(t, a, time.Hour)
	}
	const name = "PutAccountSettingDefault by "
	want := []string{name + "terraform-ci at 2 15:00", name + "root at 2 13:00", name + "jane.doe at 2 12:00"}
	if diff := cmp.Diff(want, lookup(t, a, cloudtrail.LookupEventsInput{})); diff != "" {
		t.Errorf("event history (-want +got):\n%s", diff)
	}
	at := func(hour int) *time.Time { return aws.Time(noon().Add(time.Duration(hour) * time.Hour)) }
	if diff := cmp.Diff(want[1:2], lookup(t, a, cloudtrail.LookupEventsInput{StartTime: at(1), EndTime: at(1)})); diff != "" {
		t.Errorf("from 13:00 to 13:00, both included (-want +got):\n%s", diff)
	}
	out, err := trailOf(a, all.Guard, west).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{MaxResults: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	var got, record map[string]any
	wanted, err := json.Marshal(a.Records()[3])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(wanted, &record); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.Events[0].CloudTrailEvent)), &got); err != nil {
		t.Fatalf("CloudTrailEvent is no JSON: %v", err)
	}
	if diff := cmp.Diff(record, got); diff != "" {
		t.Errorf("CloudTrailEvent is not the record (-want +got):\n%s", diff)
	}
	if e := out.Events[0]; aws.ToString(e.EventId) != record["eventID"] || aws.ToString(e.EventSource) != "ecs.amazonaws.com" || aws.ToString(e.ReadOnly) != "false" {
		t.Errorf("the event found is %+v", e)
	}
	advance(t, a, historyReach-2*time.Hour)
	if diff := cmp.Diff(want[:1], lookup(t, a, cloudtrail.LookupEventsInput{StartTime: at(0)})); diff != "" {
		t.Errorf("after ninety days (-want +got):\n%s", diff)
	}
}

func TestEventHistoryByOneAttribute(t *testing.T) {
	a := start(t, Options{})
	all := Everyone()
	admin := ecsOf(a, all.Admin, west)
	if err := putDefault(t, admin, "disabled"); err != nil {
		t.Fatal(err)
	}
	if err := putOwn(t, ecsOf(a, all.Application, west), "disabled", ""); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		key   types.LookupAttributeKey
		value string
		want  int
	}{
		{types.LookupAttributeKeyEventName, "PutAccountSetting", 1},
		{types.LookupAttributeKeyEventName, "PutAccount", 0},
		{types.LookupAttributeKeyEventSource, "ecs.amazonaws.com", 2},
		{types.LookupAttributeKeyEventId, a.Records()[0].EventID, 1},
		{types.LookupAttributeKeyUsername, "checkout-7f3a", 1},
		{types.LookupAttributeKeyReadOnly, "false", 2},
		{types.LookupAttributeKeyReadOnly, "true", 0},
		{types.LookupAttributeKeyAccessKeyId, all.Admin.AccessKeyID, 1},
	}
	for _, c := range cases {
		got := lookup(t, a, cloudtrail.LookupEventsInput{LookupAttributes: []types.LookupAttribute{
			{AttributeKey: c.key, AttributeValue: aws.String(c.value)},
		}})
		if len(got) != c.want {
			t.Errorf("by %s %s: %d events %v, want %d", c.key, c.value, len(got), got, c.want)
		}
	}
}

func TestPagesOfTheEventHistoryDoNotMoveWithNewEvents(t *testing.T) {
	a := start(t, Options{})
	admin := ecsOf(a, Everyone().Admin, west)
	for range lookupPage + 3 {
		if err := putDefault(t, admin, "enabled"); err != nil {
			t.Fatal(err)
		}
	}
	client := trailOf(a, Everyone().Guard, west)
	seen := map[string]bool{}
	var token *string
	for page := range 2 {
		out, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{NextToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range out.Events {
			seen[aws.ToString(e.EventId)] = true
		}
		if page == 0 && len(out.Events) != lookupPage {
			t.Errorf("the first page has %d events, want %d", len(out.Events), lookupPage)
		}
		token = out.NextToken
		if err := putDefault(t, admin, "disabled"); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != lookupPage+3 || token != nil {
		t.Errorf("%d different events were found and the token is %v, want %d and none", len(seen), token, lookupPage+3)
	}
}

func TestLookupsRefused(t *testing.T) {
	a := start(t, Options{})
	client := trailOf(a, Everyone().Guard, west)
	attribute := types.LookupAttribute{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String("RunTask")}
	cases := map[string]struct {
		in   cloudtrail.LookupEventsInput
		code string
	}{
		"51 a page":           {cloudtrail.LookupEventsInput{MaxResults: aws.Int32(51)}, "InvalidMaxResultsException"},
		"none a page":         {cloudtrail.LookupEventsInput{MaxResults: aws.Int32(0)}, "InvalidMaxResultsException"},
		"two attributes":      {cloudtrail.LookupEventsInput{LookupAttributes: []types.LookupAttribute{attribute, attribute}}, "InvalidLookupAttributesException"},
		"a token of its own":  {cloudtrail.LookupEventsInput{NextToken: aws.String("MQ=")}, "InvalidNextTokenException"},
		"a token that counts": {cloudtrail.LookupEventsInput{NextToken: aws.String("MQ")}, "InvalidNextTokenException"},
		"a start after the end": {cloudtrail.LookupEventsInput{
			StartTime: aws.Time(noon()), EndTime: aws.Time(noon().Add(-time.Second)),
		}, "InvalidTimeRangeException"},
	}
	for name, c := range cases {
		if _, err := client.LookupEvents(t.Context(), &c.in); code(err) != c.code {
			t.Errorf("%s: got %q, want %q (%v)", name, code(err), c.code, err)
		}
	}
	a.Deny(Everyone().Guard, "cloudtrail:LookupEvents")
	if _, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{}); code(err) != "AccessDeniedException" {
		t.Errorf("denied: got %q", code(err))
	}
}

func TestTwoLookupsASecondInEachRegion(t *testing.T) {
	a := start(t, Options{Throttling: true})
	once := func(region string) string {
		_, err := trailOf(a, Everyone().Guard, region).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
		return code(err)
	}
	got := []string{once(west), once(west), once(west), once(east)}
	advance(t, a, 500*time.Millisecond)
	got = append(got, once(west), once(west))
	want := []string{"", "", "ThrottlingException", "", "", "ThrottlingException"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lookups (-want +got):\n%s", diff)
	}
}

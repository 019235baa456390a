package cloudtrail_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"
)

func trailOf(a *localaws.Account, p localaws.Principal, region string) *cloudtrail.Client {
	return cloudtrail.NewFromConfig(localtest.Config(a, p, region))
}

// The event history's reach, and the size of a page of it.
const (
	reach = 90 * 24 * time.Hour
	page  = 50
)

// lookup reads the event history to its end and returns each event as
// "name by whom at time".
func lookup(t *testing.T, a *localaws.Account, in cloudtrail.LookupEventsInput) []string {
	t.Helper()
	pages := cloudtrail.NewLookupEventsPaginator(trailOf(a, localaws.Everyone().Guard, localtest.West), &in)
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
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	for _, step := range []struct {
		who    localaws.Principal
		region string
	}{{all.Admin, localtest.West}, {all.Root, localtest.West}, {all.Admin, localtest.East}, {all.Terraform, localtest.West}} {
		if err := localtest.PutDefault(t, localtest.ECS(a, step.who, step.region), "disabled"); err != nil {
			t.Fatal(err)
		}
		localtest.Advance(t, a, time.Hour)
	}
	const name = "PutAccountSettingDefault by "
	want := []string{name + "terraform-ci at 2 15:00", name + "root at 2 13:00", name + "jane.doe at 2 12:00"}
	if diff := cmp.Diff(want, lookup(t, a, cloudtrail.LookupEventsInput{})); diff != "" {
		t.Errorf("event history (-want +got):\n%s", diff)
	}
	at := func(hour int) *time.Time { return aws.Time(localtest.Noon().Add(time.Duration(hour) * time.Hour)) }
	if diff := cmp.Diff(want[1:2], lookup(t, a, cloudtrail.LookupEventsInput{StartTime: at(1), EndTime: at(1)})); diff != "" {
		t.Errorf("from 13:00 to 13:00, both included (-want +got):\n%s", diff)
	}
	out, err := trailOf(a, all.Guard, localtest.West).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{MaxResults: aws.Int32(1)})
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
	localtest.Advance(t, a, reach-2*time.Hour)
	if diff := cmp.Diff(want[:1], lookup(t, a, cloudtrail.LookupEventsInput{StartTime: at(0)})); diff != "" {
		t.Errorf("after ninety days (-want +got):\n%s", diff)
	}
}

func TestEventHistoryByOneAttribute(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	admin := localtest.ECS(a, all.Admin, localtest.West)
	if err := localtest.PutDefault(t, admin, "disabled"); err != nil {
		t.Fatal(err)
	}
	if err := localtest.PutOwn(t, localtest.ECS(a, all.Application, localtest.West), "disabled", ""); err != nil {
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
	a := localtest.Start(t, localaws.Options{})
	admin := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	for range page + 3 {
		if err := localtest.PutDefault(t, admin, "enabled"); err != nil {
			t.Fatal(err)
		}
	}
	client := trailOf(a, localaws.Everyone().Guard, localtest.West)
	seen := map[string]bool{}
	var token *string
	for n := range 2 {
		out, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{NextToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range out.Events {
			seen[aws.ToString(e.EventId)] = true
		}
		if n == 0 && len(out.Events) != page {
			t.Errorf("the first page has %d events, want %d", len(out.Events), page)
		}
		token = out.NextToken
		if err := localtest.PutDefault(t, admin, "disabled"); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != page+3 || token != nil {
		t.Errorf("%d different events were found and the token is %v, want %d and none", len(seen), token, page+3)
	}
}

func TestLookupsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := trailOf(a, localaws.Everyone().Guard, localtest.West)
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
			StartTime: aws.Time(localtest.Noon()), EndTime: aws.Time(localtest.Noon().Add(-time.Second)),
		}, "InvalidTimeRangeException"},
	}
	for name, c := range cases {
		if _, err := client.LookupEvents(t.Context(), &c.in); localtest.Code(err) != c.code {
			t.Errorf("%s: got %q, want %q (%v)", name, localtest.Code(err), c.code, err)
		}
	}
	a.Deny(localaws.Everyone().Guard, "cloudtrail:LookupEvents")
	if _, err := client.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{}); localtest.Code(err) != "AccessDeniedException" {
		t.Errorf("denied: got %q", localtest.Code(err))
	}
}

func TestTwoLookupsASecondInEachRegion(t *testing.T) {
	a := localtest.Start(t, localaws.Options{Throttling: true})
	once := func(region string) string {
		_, err := trailOf(a, localaws.Everyone().Guard, region).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
		return localtest.Code(err)
	}
	got := []string{once(localtest.West), once(localtest.West), once(localtest.West), once(localtest.East)}
	localtest.Advance(t, a, 500*time.Millisecond)
	got = append(got, once(localtest.West), once(localtest.West))
	want := []string{"", "", "ThrottlingException", "", "", "ThrottlingException"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lookups (-want +got):\n%s", diff)
	}
}

package cloudtrail_test

import (
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"
)

func setTrail(t *testing.T, a *localaws.Account, region string, trail localaws.Trail) {
	t.Helper()
	if err := a.SetTrail(region, trail); err != nil {
		t.Fatal(err)
	}
}

// trailARNs are those that DescribeTrails shows in the west.
func trailARNs(t *testing.T, a *localaws.Account, in cloudtrail.DescribeTrailsInput) []string {
	t.Helper()
	out, err := trailOf(a, localaws.Everyone().Guard, localtest.West).DescribeTrails(t.Context(), &in)
	if err != nil {
		t.Fatalf("describe trails: %v", err)
	}
	arns := []string{}
	for _, trail := range out.TrailList {
		arns = append(arns, aws.ToString(trail.TrailARN))
	}
	return arns
}

func TestEveryRegionHasATrailThatRecordsEverything(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	for _, region := range []string{localtest.East, localtest.West} {
		client := trailOf(a, localaws.Everyone().Guard, region)
		described, err := client.DescribeTrails(t.Context(), &cloudtrail.DescribeTrailsInput{})
		if err != nil {
			t.Fatal(err)
		}
		if len(described.TrailList) != 1 || aws.ToString(described.TrailList[0].HomeRegion) != region {
			t.Fatalf("%s has the trails %+v, want one of its own", region, described.TrailList)
		}
		status, err := client.GetTrailStatus(t.Context(), &cloudtrail.GetTrailStatusInput{Name: aws.String("organization")})
		if err != nil {
			t.Fatal(err)
		}
		if !aws.ToBool(status.IsLogging) || !status.StartLoggingTime.Equal(localtest.Noon()) {
			t.Errorf("%s: status %+v, want logging since noon", region, status)
		}
		selectors, err := client.GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("organization")})
		if err != nil {
			t.Fatal(err)
		}
		if len(selectors.EventSelectors) != 1 || len(selectors.AdvancedEventSelectors) != 0 {
			t.Fatalf("%s: selectors %+v", region, selectors)
		}
		if s := selectors.EventSelectors[0]; s.ReadWriteType != types.ReadWriteTypeAll || !aws.ToBool(s.IncludeManagementEvents) {
			t.Errorf("%s: selector %+v, want all management events", region, s)
		}
	}
}

func TestTrailsOfAllRegionsAreSeenInTheOthersAsShadows(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	setTrail(t, a, localtest.East, localaws.Trail{Name: "central", Bucket: "logs", Prefix: "fips", MultiRegion: true, ReadWriteType: "WriteOnly", Management: true})
	const arns = "arn:aws-us-gov:cloudtrail:us-gov-"
	own, shadow := arns+"west-1:111122223333:trail/organization", arns+"east-1:111122223333:trail/central"
	cases := map[string]struct {
		in   cloudtrail.DescribeTrailsInput
		want []string
	}{
		"all":                {cloudtrail.DescribeTrailsInput{}, []string{own, shadow}},
		"without shadows":    {cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(false)}, []string{own}},
		"a shadow by ARN":    {cloudtrail.DescribeTrailsInput{TrailNameList: []string{shadow}}, []string{shadow}},
		"a shadow by name":   {cloudtrail.DescribeTrailsInput{TrailNameList: []string{"central"}}, []string{}},
		"its own by name":    {cloudtrail.DescribeTrailsInput{TrailNameList: []string{"organization", "gone"}}, []string{own}},
		"nobody's by its ID": {cloudtrail.DescribeTrailsInput{TrailNameList: []string{"gone"}}, []string{}},
	}
	for name, c := range cases {
		if diff := cmp.Diff(c.want, trailARNs(t, a, c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	client := trailOf(a, localaws.Everyone().Guard, localtest.West)
	for reference, want := range map[string]string{shadow: "", "central": "TrailNotFoundException"} {
		status, err := client.GetTrailStatus(t.Context(), &cloudtrail.GetTrailStatusInput{Name: &reference})
		if localtest.Code(err) != want || err == nil && aws.ToBool(status.IsLogging) {
			t.Errorf("status of %s: %q and %+v, want %q", reference, localtest.Code(err), status, want)
		}
		if _, err := client.GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: &reference}); localtest.Code(err) != want {
			t.Errorf("selectors of %s: %q, want %q", reference, localtest.Code(err), want)
		}
	}
}

func TestTrailsOfDataEventsRecordNoManagementEvents(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	setTrail(t, a, localtest.West, localaws.Trail{Name: "objects", Logging: true, ReadWriteType: "All"})
	out, err := trailOf(a, localaws.Everyone().Guard, localtest.West).GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("objects")})
	if err != nil {
		t.Fatal(err)
	}
	if s := out.EventSelectors; len(s) != 1 || aws.ToBool(s[0].IncludeManagementEvents) || len(s[0].DataResources) != 1 {
		t.Errorf("selectors are %+v, want one of data events alone", s)
	}
}

func TestAdvancedEventSelectorsSayWhatATrailRecords(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := trailOf(a, localaws.Everyone().Guard, localtest.West)
	cases := map[string]struct {
		trail localaws.Trail
		want  map[string][]string
	}{
		"writes":      {localaws.Trail{ReadWriteType: "WriteOnly", Management: true}, map[string][]string{"eventCategory": {"Management"}, "readOnly": {"false"}}},
		"reads":       {localaws.Trail{ReadWriteType: "ReadOnly", Management: true}, map[string][]string{"eventCategory": {"Management"}, "readOnly": {"true"}}},
		"everything":  {localaws.Trail{ReadWriteType: "All", Management: true}, map[string][]string{"eventCategory": {"Management"}}},
		"data events": {localaws.Trail{ReadWriteType: "All"}, map[string][]string{"eventCategory": {"Data"}, "resources.type": {"AWS::S3::Object"}}},
	}
	for name, c := range cases {
		c.trail.Name, c.trail.Advanced = "central", true
		setTrail(t, a, localtest.West, c.trail)
		out, err := client.GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("central")})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, s := range out.AdvancedEventSelectors {
			for _, f := range s.FieldSelectors {
				got[aws.ToString(f.Field)] = f.Equals
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(out.EventSelectors) != 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWithoutATrailThatRecordsWritesEventBridgeGetsNone(t *testing.T) {
	cases := []struct {
		name  string
		trail localaws.Trail
		more  *localaws.Trail // in the east
		want  int
	}{
		{"recording writes", localaws.Trail{Logging: true, ReadWriteType: "WriteOnly", Management: true}, nil, 1},
		{"switched off", localaws.Trail{ReadWriteType: "All", Management: true}, nil, 0},
		{"recording reads", localaws.Trail{Logging: true, ReadWriteType: "ReadOnly", Management: true}, nil, 0},
		{"recording data events", localaws.Trail{Logging: true, ReadWriteType: "All"}, nil, 0},
		{"switched off, with one of the other Region", localaws.Trail{ReadWriteType: "All"}, &localaws.Trail{Logging: true, ReadWriteType: "All", Management: true}, 0},
		{"switched off, with one of all Regions", localaws.Trail{ReadWriteType: "All"}, &localaws.Trail{Logging: true, MultiRegion: true, ReadWriteType: "All", Management: true}, 1},
	}
	for _, c := range cases {
		a := localtest.Start(t, localaws.Options{})
		c.trail.Name = "organization"
		setTrail(t, a, localtest.West, c.trail)
		if c.more != nil {
			setTrail(t, a, localtest.East, *c.more)
		}
		if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.West), "disabled"); err != nil {
			t.Fatal(err)
		}
		if got := len(a.Events()); got != c.want {
			t.Errorf("%s: EventBridge got %d events, want %d", c.name, got, c.want)
		}
		if got := len(a.Records()); got != 1 {
			t.Errorf("%s: the event history has %d records, want that of the call", c.name, got)
		}
	}
}

func TestTrailsThatCannotBe(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	for name, err := range map[string]error{
		"another Region":           a.SetTrail("us-east-1", localaws.Trail{Name: "x", ReadWriteType: "All"}),
		"no ReadWriteType":         a.SetTrail(localtest.West, localaws.Trail{Name: "x"}),
		"deleted in other Regions": a.DeleteTrail("us-east-1", "organization"),
		"deleted but never set":    a.DeleteTrail(localtest.West, "x"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := a.DeleteTrail(localtest.West, "organization"); err != nil {
		t.Fatal(err)
	}
	if got := trailARNs(t, a, cloudtrail.DescribeTrailsInput{}); len(got) != 0 {
		t.Errorf("the deleted trail is still there: %v", got)
	}
}

package cloudtrail

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// Trail is a CloudTrail trail.
type Trail struct {
	Name   string
	Bucket string // that its log files go to
	Prefix string // before AWSLogs/ in their keys
	// Logging is whether it is switched on.
	Logging bool
	// MultiRegion trails record all Regions, and are seen in the others as
	// shadow trails.
	MultiRegion bool
	// ReadWriteType is which management events it records: "All", "WriteOnly"
	// or "ReadOnly".
	ReadWriteType string
	// Management is whether it records management events at all.
	Management bool
	// Advanced is whether it says so in advanced event selectors.
	Advanced bool
	// Owner is the account that made it for its organization, if that is not this
	// one: then it goes by its ARN only, and does not show its selectors.
	Owner string

	home  kernel.Region
	since time.Time // logging began, or ended
}

// organizationTrail is the trail that each Region has from the beginning.
func organizationTrail(home kernel.Region, since time.Time) Trail {
	return Trail{
		Name: "organization", Bucket: "organization-trail", Logging: true,
		ReadWriteType: "All", Management: true, home: home, since: since,
	}
}

// SetTrail adds a trail to a Region, or replaces the one of its name there.
// EventBridge gets the write calls of a Region only while a trail records them.
func (c *CloudTrail) SetTrail(regionName string, t Trail) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("set trail %s: %w", t.Name, err)
	}
	if !slices.Contains([]string{"All", "WriteOnly", "ReadOnly"}, t.ReadWriteType) {
		return fmt.Errorf("set trail %s: %q is no ReadWriteType", t.Name, t.ReadWriteType)
	}
	c.kernel.Lock()
	defer c.kernel.Unlock()
	t.home, t.since = region, c.kernel.Clock.Now()
	c.trails[region][t.Name] = t
	return nil
}

// DeleteTrail removes a trail from the Region that it was set in.
func (c *CloudTrail) DeleteTrail(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("delete trail %s: %w", name, err)
	}
	c.kernel.Lock()
	defer c.kernel.Unlock()
	if _, ok := c.trails[region][name]; !ok {
		return fmt.Errorf("delete trail %s: there is none in %s", name, regionName)
	}
	delete(c.trails[region], name)
	return nil
}

func (t Trail) arn() string {
	arn := t.home.ARN("cloudtrail", "trail/"+t.Name)
	if t.Owner != "" {
		arn = strings.Replace(arn, ":"+kernel.AccountID+":", ":"+t.Owner+":", 1)
	}
	return arn
}

// recordsWrites is whether calls that write go to the trail, and with it to
// EventBridge.
func (t Trail) recordsWrites() bool {
	return t.Logging && t.Management && t.ReadWriteType != "ReadOnly"
}

// trailsOf are the trails seen in a Region, by name and with those of other
// Regions behind its own.
func (c *CloudTrail) trailsOf(r kernel.Region, shadows bool) []Trail {
	seen := slices.Collect(maps.Values(c.trails[r]))
	for other, trails := range c.trails {
		for _, t := range trails {
			if shadows && other != r && t.MultiRegion {
				seen = append(seen, t)
			}
		}
	}
	slices.SortFunc(seen, func(s, t Trail) int {
		return cmp.Or(shadowOrder(s, r)-shadowOrder(t, r), strings.Compare(s.arn(), t.arn()))
	})
	return seen
}

func shadowOrder(t Trail, r kernel.Region) int {
	if t.home == r {
		return 0
	}
	return 1
}

// writesReachEventBridge needs the lock.
func (c *CloudTrail) writesReachEventBridge(r kernel.Region) bool {
	return slices.ContainsFunc(c.trailsOf(r, true), Trail.recordsWrites)
}

// namedTrail finds what a caller means by a name or an ARN. Shadow trails go
// by their ARN only (CloudTrail API reference, GetTrailStatus).
func (c *CloudTrail) namedTrail(r kernel.Region, reference string) (Trail, bool) {
	for _, t := range c.trailsOf(r, true) {
		if reference == t.arn() || t.home == r && t.Owner == "" && reference == t.Name {
			return t, true
		}
	}
	return Trail{}, false
}

// describeTrailsOutput has the one member whose name the SDK writes otherwise.
type describeTrailsOutput struct {
	TrailList []types.Trail `json:"trailList"`
}

// describeTrails leaves out what it does not find.
func (c *CloudTrail) describeTrails(r *kernel.Request, in *sdk.DescribeTrailsInput) (*describeTrailsOutput, error) {
	shadows := in.IncludeShadowTrails == nil || *in.IncludeShadowTrails
	out := &describeTrailsOutput{TrailList: []types.Trail{}}
	for _, t := range c.trailsOf(r.Region, shadows) {
		if len(in.TrailNameList) > 0 && !slices.ContainsFunc(in.TrailNameList, func(reference string) bool {
			named, ok := c.namedTrail(r.Region, reference)
			return ok && named.arn() == t.arn()
		}) {
			continue
		}
		out.TrailList = append(out.TrailList, t.described())
	}
	return out, nil
}

func (t Trail) described() types.Trail {
	d := types.Trail{
		Name: &t.Name, S3BucketName: &t.Bucket, TrailARN: aws.String(t.arn()), HomeRegion: aws.String(string(t.home)),
		IsMultiRegionTrail: &t.MultiRegion, IncludeGlobalServiceEvents: &t.MultiRegion, IsOrganizationTrail: aws.Bool(t.Owner != ""),
		LogFileValidationEnabled: aws.Bool(true), HasCustomEventSelectors: aws.Bool(t.hasCustomSelectors()), HasInsightSelectors: aws.Bool(false),
	}
	if t.Prefix != "" {
		d.S3KeyPrefix = &t.Prefix
	}
	return d
}

// hasCustomSelectors is whether its selectors differ from those that a new
// trail has.
func (t Trail) hasCustomSelectors() bool {
	return t.Advanced || !t.Management || t.ReadWriteType != "All"
}

func trailNotFound(reference string) error {
	return kernel.ClientError("TrailNotFoundException", "Unknown trail: %s for the user: %s", reference, kernel.AccountID)
}

func (c *CloudTrail) getTrailStatus(r *kernel.Request, in *sdk.GetTrailStatusInput) (*sdk.GetTrailStatusOutput, error) {
	t, ok := c.namedTrail(r.Region, aws.ToString(in.Name))
	if !ok {
		return nil, trailNotFound(aws.ToString(in.Name))
	}
	if !t.Logging {
		return &sdk.GetTrailStatusOutput{IsLogging: &t.Logging, StopLoggingTime: &t.since}, nil
	}
	return &sdk.GetTrailStatusOutput{IsLogging: &t.Logging, StartLoggingTime: &t.since, LatestDeliveryTime: &r.At}, nil
}

// getEventSelectors has one of the two kinds, as a trail does.
func (c *CloudTrail) getEventSelectors(r *kernel.Request, in *sdk.GetEventSelectorsInput) (*sdk.GetEventSelectorsOutput, error) {
	t, ok := c.namedTrail(r.Region, aws.ToString(in.TrailName))
	if !ok {
		return nil, trailNotFound(aws.ToString(in.TrailName))
	}
	if t.Owner != "" {
		return nil, kernel.ClientError("AccessDeniedException", "The trail %s belongs to another account.", t.arn())
	}
	out := &sdk.GetEventSelectorsOutput{TrailARN: aws.String(t.arn())}
	if t.Advanced {
		out.AdvancedEventSelectors = []types.AdvancedEventSelector{t.advancedSelector()}
	} else {
		out.EventSelectors = []types.EventSelector{t.basicSelector()}
	}
	return out, nil
}

// basicSelector: a trail without management events records those of data, or
// it would be none.
func (t Trail) basicSelector() types.EventSelector {
	s := types.EventSelector{
		ReadWriteType: types.ReadWriteType(t.ReadWriteType), IncludeManagementEvents: &t.Management,
		DataResources: []types.DataResource{}, ExcludeManagementEventSources: []string{},
	}
	if !t.Management {
		s.DataResources = []types.DataResource{{Type: aws.String("AWS::S3::Object"), Values: []string{"arn:aws-us-gov:s3"}}}
	}
	return s
}

func (t Trail) advancedSelector() types.AdvancedEventSelector {
	s := types.AdvancedEventSelector{Name: aws.String("Management events"), FieldSelectors: []types.AdvancedFieldSelector{equal("eventCategory", "Management")}}
	if !t.Management {
		s = types.AdvancedEventSelector{Name: aws.String("Objects"), FieldSelectors: []types.AdvancedFieldSelector{
			equal("eventCategory", "Data"), equal("resources.type", "AWS::S3::Object"),
		}}
	}
	switch t.ReadWriteType {
	case "WriteOnly":
		s.FieldSelectors = append(s.FieldSelectors, equal("readOnly", "false"))
	case "ReadOnly":
		s.FieldSelectors = append(s.FieldSelectors, equal("readOnly", "true"))
	}
	return s
}

func equal(field, value string) types.AdvancedFieldSelector {
	return types.AdvancedFieldSelector{Field: &field, Equals: []string{value}}
}

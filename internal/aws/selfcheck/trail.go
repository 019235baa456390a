package selfcheck

import (
	"context"
	"slices"

	"fipsguard/internal/aws/answer"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// trail looks for one trail of the Region, also one of the organization, that
// is logging management events that write. One is enough.
func (g Guard) trail(ctx context.Context) guard.Component {
	part := guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail"}
	out, err := g.Trails.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)})
	if err != nil {
		return unanswered(part, "DescribeTrails", err)
	}
	var without []string
	for _, t := range out.TrailList {
		name := aws.ToString(t.TrailARN)
		ask := g.lack
		if !g.owns(name) {
			ask = g.lackOfOthers
		}
		lack, unknown := ask(ctx, t)
		switch {
		case unknown != "":
			// Another trail may do; if none does, this one may.
			part.Unknown = unknown
		case lack == "":
			return guard.Component{Rule: part.Rule, Name: part.Name, Seen: "Trail " + name + " is logging management events that write."}
		default:
			without = append(without, "trail "+name+" "+lack)
		}
	}
	if part.Unknown != "" {
		return part
	}
	if len(without) == 0 {
		without = []string{"there is no trail in this Region"}
	}
	part.Faults = without
	return part
}

// owns reports whether a trail is of this account.
func (g Guard) owns(trail string) bool {
	of, err := arn.Parse(trail)
	here, hereErr := arn.Parse(g.TopicARN)
	return err == nil && hereErr == nil && of.AccountID == here.AccountID
}

// lackOfOthers is lack of an organization's trail, which belongs to another
// account. A member may be refused its selectors, but sees whether it has any of
// its own: without, it records all management events.
func (g Guard) lackOfOthers(ctx context.Context, t types.Trail) (lack, unknown string) {
	name := aws.ToString(t.TrailARN)
	status, err := g.Trails.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN})
	if err != nil {
		return "", notVisible(name) + answer.Why("GetTrailStatus", err)
	}
	if !aws.ToBool(status.IsLogging) {
		return "is not logging", ""
	}
	if t.HasCustomEventSelectors == nil || *t.HasCustomEventSelectors {
		return "", notVisible(name) + "it has event selectors of its own"
	}
	return "", ""
}

func notVisible(trail string) string {
	return "trail " + trail + " belongs to another account and is not visible from here: "
}

// lack is what keeps a trail from logging the guarded calls, or empty.
func (g Guard) lack(ctx context.Context, t types.Trail) (lack, unknown string) {
	status, err := g.Trails.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN})
	if err != nil {
		return "", answer.Why("GetTrailStatus", err)
	}
	if !aws.ToBool(status.IsLogging) {
		return "is not logging", ""
	}
	selectors, err := g.Trails.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN})
	if err != nil {
		return "", answer.Why("GetEventSelectors", err)
	}
	if !slices.ContainsFunc(selectors.EventSelectors, selects) && !slices.ContainsFunc(selectors.AdvancedEventSelectors, selectsAdvanced) {
		return "does not log management events that write", ""
	}
	return "", ""
}

func selects(s types.EventSelector) bool {
	return aws.ToBool(s.IncludeManagementEvents) && s.ReadWriteType != types.ReadWriteTypeReadOnly &&
		!slices.Contains(s.ExcludeManagementEventSources, "ecs.amazonaws.com")
}

// selectsAdvanced is sure only of selectors that ask for management events and
// for nothing that could leave ECS's writes out.
func selectsAdvanced(s types.AdvancedEventSelector) bool {
	management := false
	for _, f := range s.FieldSelectors {
		switch aws.ToString(f.Field) {
		case "eventCategory":
			management = slices.Contains(f.Equals, "Management")
		case "readOnly":
			if !slices.Contains(f.Equals, "false") {
				return false
			}
		case "eventSource":
			if len(f.Equals) > 0 && !slices.Contains(f.Equals, "ecs.amazonaws.com") || slices.Contains(f.NotEquals, "ecs.amazonaws.com") || selectsByPart(f) {
				return false
			}
		default:
			return false
		}
	}
	return management
}

func selectsByPart(f types.AdvancedFieldSelector) bool {
	return len(f.StartsWith)+len(f.EndsWith)+len(f.NotStartsWith)+len(f.NotEndsWith) > 0
}

package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// logGroup leaves subscription and metric filters alone: landing zones put theirs
// on every log group, and they take nothing away.
func (a Account) logGroup(ctx context.Context, meant component.Meant) (map[string]any, error) {
	name := aws.String(meant.Name)
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(a.Logs, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, group := range page.LogGroups {
			if aws.ToString(group.LogGroupName) != meant.Name {
				continue
			}
			is, err := shape(group)
			if err != nil {
				return nil, err
			}
			if is["LogGroupClass"] == nil {
				is["LogGroupClass"] = "STANDARD"
			}
			protection, err := a.Logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: name})
			if err != nil && !absent(err) {
				return nil, err
			}
			if err == nil {
				is["DataProtectionPolicy"] = document(protection.PolicyDocument)
			}
			return is, nil
		}
	}
	return nil, errAbsent
}

package readback

import (
	"context"

	"fipsguard/internal/component"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

func (a Account) alarm(ctx context.Context, meant component.Meant) (map[string]any, error) {
	out, err := a.Alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{meant.Name}})
	if err != nil {
		return nil, err
	}
	if len(out.MetricAlarms) == 0 {
		return nil, errAbsent
	}
	return shape(out.MetricAlarms[0])
}

func (a Account) dashboard(ctx context.Context, meant component.Meant) (map[string]any, error) {
	out, err := a.Alarms.GetDashboard(ctx, &cloudwatch.GetDashboardInput{DashboardName: aws.String(meant.Name)})
	if err != nil {
		return nil, err
	}
	return map[string]any{"DashboardBody": aws.ToString(out.DashboardBody)}, nil
}

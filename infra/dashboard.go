package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// newDashboard shows on one page whether the guard works and what it does.
// Dashboards are global, hence the Region in the name.
func newDashboard(stack awscdk.Stack, f functions, q queues, in intake, alarms []awscloudwatch.Alarm) {
	board := awscloudwatch.NewDashboard(stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName: awscdk.Fn_Sub(jsii.String(product.Name+"-${AWS::Region}"), nil),
	})
	var all []interfacesawscloudwatch.IAlarmRef
	for _, alarm := range alarms {
		all = append(all, alarm)
	}
	board.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Does the guard work?"), Alarms: &all, Width: jsii.Number(24),
	}))
	board.AddWidgets(
		graph("Findings and fixes", guardMetric(product.Findings, "Sum"), guardMetric(product.Remediations, "Sum"), guardMetric(product.RemediationFailures, "Sum")),
		graph("From the call to its fix, ms", guardMetric(product.RemediationLatency, "p50"), guardMetric(product.RemediationLatency, "p99")),
	)
	board.AddWidgets(
		graph("Running tasks by kernel check", guardMetric(product.TasksProven, "Maximum"), guardMetric(product.TasksRefuted, "Maximum"),
			guardMetric(product.TasksUnverifiable, "Maximum"), guardMetric(product.TasksNotAttempted, "Maximum")),
		graph("Running tasks launched while FIPS mode was off", guardMetric(product.TasksExposed, "Maximum")),
	)
	board.AddWidgets(
		graph("The functions", f.enforcer.MetricInvocations(nil), f.enforcer.MetricErrors(nil), f.enforcer.MetricThrottles(nil),
			f.gate.MetricInvocations(nil), f.gate.MetricErrors(nil), f.verifier.MetricInvocations(nil), f.verifier.MetricErrors(nil)),
		graph("Messages waiting for a function", depth(in.workloads), depth(in.scans)),
		graph("Events waiting for a person", depth(q.undelivered), depth(q.failed), depth(in.failedScans)),
	)
}

func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Left: &metrics, Width: jsii.Number(12),
	})
}

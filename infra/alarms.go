package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// slowMilliseconds is how long a correction may take from the call that it
// answers: CloudTrail's way to EventBridge is measured at up to 90 seconds, and
// three retries of the function fit in the rest.
const slowMilliseconds = 300_000

// newAlarms tell on the topic what the guard cannot tell by itself. That
// notifications fail is told there too, which reaches the other subscribers.
func newAlarms(stack awscdk.Stack, enforcer, verifier awslambda.IFunction, topic awssns.ITopic, q queues) []awscloudwatch.Alarm {
	scope := constructs.NewConstruct(stack, jsii.String("Alarms"))
	action := awscloudwatchactions.NewSnsAction(topic)
	var alarms []awscloudwatch.Alarm
	alarm := func(name, about string, threshold float64, metric awscloudwatch.IMetric, missing awscloudwatch.TreatMissingData) {
		alarm := awscloudwatch.NewAlarm(scope, jsii.String(logicalName(name)), &awscloudwatch.AlarmProps{
			AlarmName:          jsii.String(product.Prefix + name),
			AlarmDescription:   jsii.String(about + " See docs/runbook.md."),
			Metric:             metric,
			Threshold:          jsii.Number(threshold),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD,
			EvaluationPeriods:  jsii.Number(1),
			TreatMissingData:   missing,
		})
		alarm.AddAlarmAction(action)
		alarms = append(alarms, alarm)
	}
	above := func(name, about string, threshold float64, metric awscloudwatch.IMetric) {
		alarm(name, about, threshold, metric, awscloudwatch.TreatMissingData_NOT_BREACHING)
	}
	sum := func() *awscloudwatch.MetricOptions {
		return &awscloudwatch.MetricOptions{Statistic: jsii.String("Sum"), Period: awscdk.Duration_Minutes(jsii.Number(1))}
	}
	above("errors", "The enforcer failed; Lambda invokes it twice more.", 0, enforcer.MetricErrors(sum()))
	above("verifier-errors", "The verifier failed; Lambda invokes it twice more.", 0, verifier.MetricErrors(sum()))
	above("throttles", "The enforcer was not started for want of concurrency.", 0, enforcer.MetricThrottles(sum()))
	above("dead-letter-errors", "The enforcer failed with an event, and Lambda could not keep it in the queue of failed ones.", 0,
		enforcer.Metric(jsii.String("DeadLetterErrors"), sum()))
	above("undelivered", "Events never reached their target; they wait in the queue of undelivered ones.", 0, depth(q.undelivered))
	above("failed", "A function gave up on events; they wait in the queue of failed ones.", 0, depth(q.failed))
	above("remediation-failures", "A violation stands uncorrected.", 0, guardMetric(product.RemediationFailures, "Sum"))
	above("remediation-latency", "A correction came more than five minutes after the call that made it necessary.", slowMilliseconds,
		guardMetric(product.RemediationLatency, "p99"))
	// Scans count kernels: between two of them it stays as the last one left it.
	alarm("refuted-kernels", "The kernel under a running task is not in FIPS mode.", 0, guardMetric(product.TasksRefuted, "Maximum"), awscloudwatch.TreatMissingData_IGNORE)
	above("notification-failures", "An alert did not reach a subscriber.", 0, topic.MetricNumberOfNotificationsFailed(sum()))
	return append(alarms, heartbeat(scope, action))
}

// heartbeat goes off when two hourly looks in a row were not answered, or not
// made at all: nothing heard is bad news here.
func heartbeat(scope constructs.Construct, action awscloudwatchactions.SnsAction) awscloudwatch.Alarm {
	looks := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:  jsii.String(product.Name),
		MetricName: jsii.String(product.Looks),
		Statistic:  jsii.String("Sum"),
		Period:     awscdk.Duration_Hours(jsii.Number(1)),
	})
	alarm := awscloudwatch.NewAlarm(scope, jsii.String("Heartbeat"), &awscloudwatch.AlarmProps{
		AlarmName:          jsii.String(product.Prefix + "heartbeat"),
		AlarmDescription:   jsii.String("The guard has not looked at the account setting for two hours. See docs/runbook.md."),
		Metric:             looks,
		Threshold:          jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		EvaluationPeriods:  jsii.Number(2),
		TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING,
	})
	alarm.AddAlarmAction(action)
	return alarm
}

// guardMetric is one of internal/metric's, over all rules.
func guardMetric(name, statistic string) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:  jsii.String(product.Name),
		MetricName: jsii.String(name),
		Statistic:  jsii.String(statistic),
		Period:     awscdk.Duration_Minutes(jsii.Number(1)),
	})
}

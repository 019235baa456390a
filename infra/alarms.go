package main

import (
	"fipsguard/internal/product"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// slowMilliseconds is how long a fix may take from the call that made it
// necessary: CloudTrail takes up to 90 seconds to EventBridge, and three retries
// of the function fit in the rest.
const slowMilliseconds = 300_000

// waitingSeconds is how long an event may wait in a queue: longer than a storm
// of 500 bad task definitions keeps the gate busy, and than four scans.
const waitingSeconds = 3600

// newAlarms report on the topic what the guard cannot report by itself. That
// notifications fail is reported there too, which reaches the other subscribers.
func newAlarms(stack awscdk.Stack, f functions, topic awssns.ITopic, q queues, in intake, p parameters) (alarms []awscloudwatch.Alarm, canary awscloudwatch.Alarm) {
	scope := constructs.NewConstruct(stack, jsii.String("Alarms"))
	action := awscloudwatchactions.NewSnsAction(topic)
	var names []string
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
		names = append(names, product.Prefix+name)
	}
	above := func(name, about string, threshold float64, metric awscloudwatch.IMetric) {
		alarm(name, about, threshold, metric, awscloudwatch.TreatMissingData_NOT_BREACHING)
	}
	sum := func() *awscloudwatch.MetricOptions {
		return &awscloudwatch.MetricOptions{Statistic: jsii.String("Sum"), Period: awscdk.Duration_Minutes(jsii.Number(1))}
	}
	above("errors", "The enforcer failed; Lambda invokes it twice more.", 0, f.enforcer.MetricErrors(sum()))
	above("gate-errors", "The gate failed; its events come again from their queue.", 0, f.gate.MetricErrors(sum()))
	above("verifier-errors", "The verifier failed; its requests come again from their queue, once.", 0, f.verifier.MetricErrors(sum()))
	above("throttles", "Lambda throttled the enforcer: no concurrency left.", 0, f.enforcer.MetricThrottles(sum()))
	above("dead-letter-errors", "The enforcer failed with an event, and Lambda could not store it in the failure queue.", 0,
		f.enforcer.Metric(jsii.String("DeadLetterErrors"), sum()))
	above("undelivered", "Events never reached their target. They are waiting in the queue of undelivered events.", 0, depth(q.undelivered))
	above("failed", "A function gave up on events. They are waiting in the failure queue.", 0, depth(q.failed))
	above("failed-scans", "The verifier gave up on scan requests. They are waiting in a queue of their own.", 0, depth(in.failedScans))
	above("workloads-waiting", "Events of workloads have waited for the gate for an hour.", waitingSeconds, age(in.workloads))
	above("scans-waiting", "A request for a scan has waited for the verifier for an hour.", waitingSeconds, age(in.scans))
	above("remediation-failures", "A violation is not fixed.", 0, guardMetric(product.RemediationFailures, "Sum"))
	above("remediation-latency", "A fix came more than five minutes after the call that made it necessary.", slowMilliseconds,
		guardMetric(product.RemediationLatency, "p99"))
	// Scans count kernels: between two of them it stays as the last one left it.
	alarm("refuted-kernels", "The kernel under a running task is not in FIPS mode.", 0, guardMetric(product.TasksRefuted, "Maximum"), awscloudwatch.TreatMissingData_IGNORE)
	above("notification-failures", "An alert did not reach a subscriber.", 0, topic.MetricNumberOfNotificationsFailed(sum()))
	silent := func(name, about string, metric awscloudwatch.Metric, minutes, periods float64) {
		alarms = append(alarms, silence(scope, action, name, about, metric, minutes, periods))
		names = append(names, product.Prefix+name)
	}
	silent("heartbeat", "The account setting has not been read for half an hour.", guardMetric(product.Looks, "Sum"), 10, 3)
	silent("no-scans", "No scan has been started for two hours.", f.verifier.MetricInvocations(nil), 60, 2)
	// Where the guard only audits, it sends none.
	canary = silence(scope, action, "canary", "The enforcer has received no canary for two hours: it may receive no events.", guardMetric(product.CanaryReceived, "SampleCount"), 60, 2)
	canary.Node().DefaultChild().(awscloudwatch.CfnAlarm).CfnOptions().SetCondition(p.enforcing.holds)
	publishForAlarms(stack, topic, append(names, product.Prefix+"canary"))
	return alarms, canary
}

// silence fires when a count is nothing for some periods in a row, or is not
// sent at all: missing data breaches.
func silence(scope constructs.Construct, action awscloudwatchactions.SnsAction, name, about string, metric awscloudwatch.Metric, minutes, periods float64) awscloudwatch.Alarm {
	alarm := awscloudwatch.NewAlarm(scope, jsii.String(logicalName(name)), &awscloudwatch.AlarmProps{
		AlarmName:        jsii.String(product.Prefix + name),
		AlarmDescription: jsii.String(about + " See docs/runbook.md."),
		Metric: metric.With(&awscloudwatch.MetricOptions{
			Statistic: metric.Statistic(), Period: awscdk.Duration_Minutes(jsii.Number(minutes)),
		}),
		Threshold:          jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		EvaluationPeriods:  jsii.Number(periods),
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

package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
)

// moreKinds are those of the rules, verdicts and outcomes that kinds has none
// of, and what is too long to be shown whole.
func moreKinds() map[string]guard.Report {
	const refusedByAWS = "AWS answered AccessDeniedException: not authorized"
	standalone := task
	standalone.LastStatus = "RUNNING"
	silent, fresh := refuted(), refuted()
	silent.Answer, silent.Unknown = "", "ECS Exec is off for the task"
	fresh.Answer, fresh.Container, fresh.At, fresh.Unknown = "", "", time.Time{}, "its last check, of 2026-10-20T10:15:30Z, is older than a week"
	unsure := exposedTask()
	unsure.Launched = guard.Span{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeUnknown, Unknown: "no record says what it was before"}
	foundOverride := report("PutAccountSettingDefault", override, guard.RefusedByAWS, refusedByAWS)
	stopAll := guard.DefaultPolicy()
	stopAll.ExposureRemedy = guard.RecycleAndStop
	alone := refuted()
	alone.Task.Group, alone.Task.Redeployable = "family:web", ""
	deletedOverride := override
	deletedOverride.Mode, deletedOverride.Deleted = guard.ModeUnknown, true
	past := guard.OffPeriod{
		Account: account.Account, Region: account.Region, From: at, Until: at.Add(45 * time.Minute),
		By:    []guard.Cause{{EventID: "b7c4", EventName: "PutAccountSettingDefault", Time: at, Actor: guard.Actor{Name: "role Admin, session jane.doe"}}},
		Ended: guard.Cause{EventID: "c8d5", EventName: "PutAccountSettingDefault", Actor: guard.Actor{Name: "user terraform-ci"}},
	}
	named := past
	named.Seen = at.Add(time.Minute)
	lasts := named
	lasts.Lasts, lasts.Ended = true, guard.Cause{}
	var tasks []guard.State
	for _, id := range []string{"0123", "4567", "89ab"} {
		t := task
		t.ARN, t.LastStatus, t.DesiredStatus, t.Rejected = strings.Replace(t.ARN, "0123", id, 1), "STOPPED", "STOPPED", guard.TaskLaunchPlatform
		tasks = append(tasks, t)
	}
	named3 := guard.Report{Cause: cause, Findings: guard.CheckAll(tasks)}
	named3.Cause.EventName, named3.Cause.Actor.Tool = "RunTask", "Terraform"
	batch := task
	batch.Batch = &guard.Batch{JobQueue: "nightly", ComputeEnvironment: "fargate"}
	byConsole := report("PutAccountSettingDefault", account, guard.Done, readBack)
	byConsole.Cause.Actor.Console = true
	platformUnseen := definition
	platformUnseen.Platform, platformUnseen.Unknown = guard.Platform{}, "ECS did not answer DescribeTaskDefinition"

	offProvider := guard.CapacityProvider{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/managed", Name: "managed", Cluster: "main", Managed: guard.Yes, FIPS: guard.ModeOff}
	unread := guard.ProvidersOf("MANAGED_INSTANCES", []string{"managed"}, "main")
	managedTask, unreadTask := task, task
	managedTask.Fargate, managedTask.Providers = guard.No, []guard.CapacityProvider{offProvider}
	unreadTask.Fargate, unreadTask.Providers = guard.No, unread
	managedService, unreadService := service, service
	managedService.Fargate, managedService.Providers = guard.No, []guard.CapacityProvider{offProvider}
	unreadService.Fargate, unreadService.Providers = guard.No, unread
	managedKernel := refuted()
	managedKernel.Task.Fargate, managedKernel.Task.Providers = guard.No, []guard.CapacityProvider{{Name: "managed", Managed: guard.Yes, FIPS: guard.ModeOn}}

	all := map[string]guard.Report{
		"override-audited":     report("PutAccountSetting", override, guard.RefusedByPolicy, "The policy only audits this rule."),
		"override-failed":      report("PutAccountSetting", override, guard.Failed, "No answer from AWS: connection reset."),
		"override-unconfirmed": report("PutAccountSetting", override, guard.Unconfirmed, "AWS accepted the call without answering the new value, and no API reads another principal's override."),
		"override-found":       foundOverride,
		"override-deleted":     report("DeleteAccountSetting", deletedOverride, guard.Answered, ""),
		"override-unknown": lookReport(nil, guard.Setting{
			Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "every user and role",
			Unknown: "CloudTrail's history could be read back to 2026-11-02T10:15:30Z only, and no API shows overrides",
		}),
		"deleted-refused":      report("DeleteAccountSetting", deleted, guard.RefusedByAWS, refusedByAWS),
		"definition-refused":   report("RegisterTaskDefinition", definition, guard.RefusedByAWS, refusedByAWS),
		"definition-failed":    report("RegisterTaskDefinition", definition, guard.Failed, "No answer from AWS: connection reset."),
		"task-unknown":         report("RunTask", guard.Task{ARN: task.ARN, Cluster: "main", LastStatus: "PENDING", Unknown: "ECS did not answer DescribeTasks"}, guard.Answered, ""),
		"task-refused":         report("RunTask", task, guard.RefusedByAWS, refusedByAWS),
		"task-running":         report("ECS Task State Change", standalone, guard.RefusedByPolicy, "The policy only audits this rule."),
		"task-running-stopped": report("ECS Task State Change", standalone, guard.Answered, "AWS answered that the task is to stop."),
		"task-running-unknown": lookReport(nil, guard.Task{ARN: task.ARN, Cluster: "main", LastStatus: "RUNNING", Unknown: "ECS did not answer DescribeTasks"}),
		"provider-fips-off":    report("CreateCapacityProvider", guard.CapacityProvider{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/managed", Cluster: "main", Managed: guard.Yes, FIPS: guard.ModeOff, New: true}, guard.Answered, ""),
		"provider-found-off": lookReport(nil, guard.UsedBy([]guard.CapacityProvider{{
			ARN: offProvider.ARN, Cluster: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main", Managed: guard.Yes, FIPS: guard.ModeOff,
		}}, []guard.Service{managedService, {Name: "api", Providers: managedService.Providers}}, true)[0]),
		"managed-task-stopped":    report("RunTask", managedTask, guard.Answered, "AWS answered that the task is to stop."),
		"managed-task-audited":    report("RunTask", managedTask, guard.RefusedByPolicy, "The policy only audits this rule."),
		"managed-task-unknown":    report("ECS Task State Change", unreadTask, guard.Answered, ""),
		"managed-service":         report("UpdateService", managedService, guard.Answered, ""),
		"managed-service-scaled":  reportBy(guard.Policy{ServiceRemedy: guard.ScaleToZero}, "UpdateService", managedService, guard.Answered, "AWS answered a desired count of 0."),
		"managed-service-unknown": report("UpdateService", unreadService, guard.Answered, ""),
		"managed-kernel":          lookReport(nil, managedKernel),
		"provider-unknown":        report("CreateCapacityProvider", guard.CapacityProvider{Name: "managed", Unknown: "the record does not show what kind of provider it is"}, guard.Answered, ""),
		"service-unknown":         report("UpdateService", guard.Service{ARN: service.ARN, Cluster: "main", Fargate: guard.Yes, Definition: platformUnseen, Unknown: "ECS did not answer DescribeServices"}, guard.Answered, ""),
		"service-scaled":          reportBy(guard.Policy{ServiceRemedy: guard.ScaleToZero}, "UpdateService", service, guard.Answered, "AWS answered a desired count of 0."),
		"service-refused":         reportBy(guard.Policy{ServiceRemedy: guard.RollBack}, "UpdateService", service, guard.RefusedByAWS, refusedByAWS),
		"task-stopped-already":    named3,
		"task-of-batch":           report("ECS Task State Change", batch, guard.RefusedByPolicy, "The policy only audits this rule."),
		"default-by-console":      byConsole,
		"look-off-period":         lookReport(nil, past),
		"look-off-period-lasts":   lookReport(nil, lasts),
		"look-off-period-named":   lookReport(nil, named),
		"look-silent-kernel":      lookReport(nil, silent),
		"look-stale-proof":        lookReport(nil, fresh),
		"look-unsure-exposure":    lookReport(nil, unsure),
		"look-stopped":            lookActed(stopAll, guard.Answered, "AWS answered that the task is to stop.", alone),
		"look-redeploy-failed":    lookActed(stopAll, guard.Failed, "No answer from AWS: connection reset.", refuted()),
		"look-one-resolved":       lookReport([]string{"task-exposed service main/web"}),
		"look-many-resolved":      lookReport(numbered(40, "task-exposed service main/web-%d")),
		"look-many-tasks":         lookReport(nil, manyRefuted(40)...),
		"nothing-found":           {Cause: cause},
		"rule-of-a-later-time":    {Cause: cause, Findings: []guard.Finding{{Rule: "rule-of-a-later-time", Subject: "thing", Verdict: guard.NonCompliant, Severity: guard.High, Reason: "It is not so.", State: account}}},
	}
	launched := guard.Witness{Account: account.Account, Region: account.Region, Task: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/fipsguard-witness/0123", At: at}
	refuting, silentWitness := launched, launched
	refuting.FIPS, refuting.Read = guard.No, "fips_enabled 0"
	silentWitness.Unknown = "its task ended by TaskFailedToStart: CannotPullContainerError"
	all["look-launch-kernel"], all["look-launch-kernel-unknown"] = lookReport(nil, refuting), lookReport(nil, silentWitness)
	deaf := guard.Canaries{Account: account.Account, Region: account.Region, Sent: []time.Time{at.Add(-2 * time.Hour), at.Add(-time.Hour)}, Now: at}
	broken, unknown := deaf, deaf
	broken.Broken = []string{"rule fipsguard-settings is disabled"}
	unknown.Unknown = "AWS did not answer FilterLogEvents of the enforcer's log"
	all["look-guard-canary"], all["look-guard-canary-broken"], all["look-guard-canary-unknown"] = lookReport(nil, deaf), lookReport(nil, broken), lookReport(nil, unknown)
	for name, rule := range map[string]guard.RuleID{
		"guard-trail": guard.GuardTrail, "guard-events": guard.GuardEvents, "guard-alerts": guard.GuardAlerts, "guard-queues": guard.GuardQueues, "guard-module": guard.GuardModule,
		"guard-evidence": guard.GuardEvidence, "guard-components": guard.GuardComponents, "guard-sessions": guard.GuardSessions,
	} {
		if rule != guard.GuardTrail { // of which kinds has one
			all["look-"+name] = lookReport(nil, guard.Component{Rule: rule, Name: "the component", Faults: []string{"it is not as it was deployed", "someone changed it"}})
		}
		all["look-"+name+"-unknown"] = lookReport(nil, guard.Component{Rule: rule, Name: "the component", Unknown: "AWS refused to show it"})
	}
	return all
}

// lookActed is a look whose findings the guard tried to correct.
func lookActed(policy guard.Policy, result guard.Result, detail string, states ...guard.State) guard.Report {
	r := lookReport(nil, states...)
	for _, a := range guard.Plan(r.Findings, policy) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: a, Result: result, Detail: detail, At: fixed})
	}
	return r
}

func manyRefuted(n int) []guard.State {
	var all []guard.State
	for i := range n {
		p := refuted()
		p.Task.ARN = fmt.Sprintf("%s%d", p.Task.ARN, i)
		all = append(all, p)
	}
	return all
}

func numbered(n int, format string) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(format, i))
	}
	return all
}

// TestEveryHeadlineAndEndingIsPinned: each rule leads an alert as a violation
// and as a doubt, and each call is in one as done and as each thing else that
// can become of it.
func TestEveryHeadlineAndEndingIsPinned(t *testing.T) {
	type led struct {
		rule    guard.RuleID
		verdict guard.Verdict
	}
	leads, endings, results := map[led]bool{}, map[string]bool{}, map[guard.Result]bool{}
	for _, reports := range []map[string]guard.Report{kinds(), moreKinds()} {
		for _, r := range reports {
			lead := lead(r)
			leads[led{lead.Rule, lead.Verdict}] = true
			for _, o := range r.Outcomes {
				results[o.Result] = true
				if o.Result.Accepted() {
					endings[fmt.Sprintf("%T", o.Remediation.Call)] = true
				}
			}
		}
	}
	for _, rule := range guard.Rules() {
		for _, verdict := range []guard.Verdict{guard.NonCompliant, guard.InsufficientData} {
			switch {
			case rule.ID == guard.GuardPolicy && verdict == guard.InsufficientData: // it is either refused or not
			case rule.ID == guard.FIPSModeDeleted && verdict == guard.InsufficientData: // what hides behind it is a doubt of another rule
			case !leads[led{rule.ID, verdict}]:
				t.Errorf("no golden alert is led by rule %s, %s", rule.ID, verdict)
			}
		}
	}
	for _, call := range []guard.Call{
		guard.PutAccountSettingDefault{}, guard.PutAccountSetting{}, guard.DeregisterTaskDefinition{}, guard.StopTask{},
		guard.RollBackService{}, guard.ScaleServiceToZero{}, guard.ForceNewDeployment{},
	} {
		if !endings[fmt.Sprintf("%T", call)] {
			t.Errorf("no golden alert tells that %T was done", call)
		}
	}
	for _, result := range []guard.Result{guard.Failed, guard.Unconfirmed, guard.RefusedByAWS, guard.RefusedByPolicy, guard.Answered, guard.Done} {
		if !results[result] {
			t.Errorf("no golden alert tells of the result %s", result)
		}
	}
}

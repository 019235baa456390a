package alert

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

var (
	at    = time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	fixed = at.Add(2 * time.Second)
	cause = guard.Cause{
		EventID: "6afced68-75cd-4d44-8076-0be000000001", EventName: "PutAccountSettingDefault", IsCall: true, Time: at,
		Account: "111122223333", Region: "us-gov-west-1",
		Actor: guard.Actor{
			Name: "role Admin, session jane.doe", ARN: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe",
			SourceAddress: "198.51.100.7", MFA: guard.Yes,
		},
	}
	account    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	override   = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app/checkout", Mode: guard.ModeOff}
	deleted    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Deleted: true}
	arm        = guard.Platform{OS: "LINUX", Architecture: "ARM64"}
	definition = guard.TaskDefinition{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Family: "web", Platform: arm, Fargate: guard.Yes,
		RegisteredBy: "arn:aws-us-gov:sts::111122223333:assumed-role/Pipeline/build-311",
	}
	task = guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/0123", Cluster: "main", Group: "family:web", Definition: definition.ARN,
		Fargate: guard.Yes, Platform: arm, PlatformVersion: "1.4.0", LastStatus: "PENDING",
	}
	service = guard.Service{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Cluster: "main", Fargate: guard.Yes,
		Definition: definition, PlatformVersion: "LATEST", Controller: "ECS", DesiredCount: 2, Replacement: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:6",
	}
	exemption = guard.Exemption{Resource: "arn:aws-us-gov:ecs:*:*:task-definition/legacy:*", Reason: "vendor image", Approver: "ISSO", Expires: at.AddDate(0, 0, 3)}
)

const readBack = "Read back: the account default is enabled."

// report is what the guard finds about a state after a call, and plans by its
// default policy, with what became of every action.
func named(r guard.Report) guard.Report {
	r.AccountName = "payments-prod"
	return r
}

func report(event string, state guard.State, result guard.Result, detail string) guard.Report {
	return reportBy(guard.DefaultPolicy(), event, state, result, detail)
}

func reportBy(policy guard.Policy, event string, state guard.State, result guard.Result, detail string) guard.Report {
	r := guard.Report{Cause: cause, Findings: guard.Check(state)}
	r.Cause.EventName, r.Cause.IsCall = event, !strings.Contains(event, " ") // ECS's own events and the guard's have several words
	for _, a := range guard.Plan(r.Findings, policy) {
		o := guard.Outcome{Remediation: a, Result: result, Detail: detail, At: fixed}
		if result == guard.RefusedByPolicy {
			o.At = time.Time{}
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func both(a, b guard.Report) guard.Report {
	a.Findings = append(a.Findings, b.Findings...)
	a.Outcomes = append(a.Outcomes, b.Outcomes...)
	return a
}

func definitionNumber(i int) guard.TaskDefinition {
	d := definition
	d.ARN = fmt.Sprintf("arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:%d", i)
	return d
}

// kinds is one report of each kind of alert.
func kinds() map[string]guard.Report {
	const (
		put, putOverride, del  = "PutAccountSettingDefault", "PutAccountSetting", "DeleteAccountSetting"
		register, run, taskNow = "RegisterTaskDefinition", "RunTask", "ECS Task State Change"
	)
	inactive := "AWS answered that the revision is INACTIVE; for up to 10 minutes tasks can still start from it."
	unknown := account
	unknown.Mode, unknown.Unknown = guard.ModeUnknown, "ECS did not answer ListAccountSettings"
	expiring := report(register, definition, guard.Answered, inactive)
	expiring.Expiring = []guard.Exemption{exemption}
	ofTask := report(taskNow, task, guard.Answered, "AWS answered that the task is to stop.")
	ofTask.Cause.Actor = guard.Actor{Name: "ECS, task started by unknown"}
	inService := task
	inService.Group = "service:web"
	looked := report("fipsguard deployed", account, guard.Done, readBack)
	looked.Cause.Actor, looked.Cause.EventID = guard.Actor{Name: "fipsguard"}, ""
	storm := report(register, definitionNumber(0), guard.Answered, inactive)
	for i := 1; i < 490; i++ {
		storm = both(storm, report(register, definitionNumber(i), guard.Answered, inactive))
	}
	return map[string]guard.Report{
		"default-repaired":          report(put, account, guard.Done, readBack),
		"account-with-a-name":       named(report(put, account, guard.Done, readBack)),
		"default-failed":            report(put, account, guard.Failed, "AWS answered ServerException: try again"),
		"default-unconfirmed":       report(put, account, guard.Unconfirmed, "AWS accepted the call, but the account default could not be read back because ECS answered the override of arn:aws-us-gov:iam::111122223333:role/fipsguard-enforcer, which hides it."),
		"default-audited":           report(put, account, guard.RefusedByPolicy, "The policy only audits this rule."),
		"default-refused":           report(put, account, guard.RefusedByAWS, "AWS answered AccessDeniedException: explicit deny in a service control policy"),
		"default-found-off":         looked,
		"default-unknown":           report(put, unknown, guard.Done, ""),
		"deleted-repaired":          report(del, deleted, guard.Done, readBack),
		"override-repaired":         report(putOverride, override, guard.Answered, "AWS answered the new value enabled; no API reads another principal's override back."),
		"override-human-needed":     report(putOverride, override, guard.RefusedByAWS, "AWS answered AccessDeniedException: not authorized"),
		"override-and-default":      both(report(putOverride, override, guard.RefusedByAWS, "AWS answered AccessDeniedException: not authorized"), report(putOverride, account, guard.Done, readBack)),
		"definition-deregistered":   report(register, definition, guard.Answered, inactive),
		"definition-exempt":         report(register, definition, guard.RefusedByPolicy, "Exempt until 2026-11-05: vendor image (approved by ISSO)."),
		"definition-unknown":        report(register, guard.TaskDefinition{Family: "web", Unknown: "the record leaves it out"}, guard.Answered, ""),
		"definitions-many":          storm,
		"exemption-expiring":        expiring,
		"task-stopped":              ofTask,
		"task-of-service":           report(run, inService, guard.Answered, "AWS answered that the task is to stop."),
		"task-launched":             report(run, task, guard.Failed, "AWS answered ThrottlingException: Rate exceeded"),
		"service-reported":          report("UpdateService", service, guard.Answered, ""),
		"service-rolled-back":       reportBy(guard.Policy{ServiceRemedy: guard.RollBack}, "UpdateService", service, guard.Answered, "AWS answered that the service deploys web:6 on platform version LATEST."),
		"hostile-names":             hostile(),
		"policy-document-refused":   {Cause: guard.Cause{EventName: "policy document read", Time: at, Account: "111122223333", Region: "us-gov-west-1", Actor: guard.Actor{Name: "fipsguard"}}, Findings: guard.Check(guard.PolicyDocument{Account: "111122223333", Region: "us-gov-west-1", Faults: []string{`line 3, column 5: unknown rule "fips"`}})},
		"policy-document-kept":      {Cause: guard.Cause{EventName: "policy document read", Time: at, Account: "111122223333", Region: "us-gov-west-1", Actor: guard.Actor{Name: "fipsguard"}}, Findings: guard.Check(guard.PolicyDocument{Account: "111122223333", Region: "us-gov-west-1", Version: 6, Faults: []string{`version 7, line 3, column 5: unknown rule "fips"`}})},
		"look-new-and-resolved":     lookReport([]string{"task-exposed service main/web"}, refuted(), exposedTask()),
		"look-recycled":             lookRecycled(),
		"look-guard-deaf":           lookReport(nil, guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail main is not logging"}}),
		"look-daily":                lookReport(nil),
		"event-without-who-or-when": {Findings: guard.Check(guard.Setting{Mode: guard.ModeOff})},
	}
}

// hostile is a report of which every name was written by somebody who wants to
// be read otherwise, or run.
func hostile() guard.Report {
	d := definition
	d.ARN = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/x\r\nBcc: everyone\x1b[2J\u202eevil:1"
	d.RegisteredBy = "\u2028Severity INFO"
	r := report("RegisterTaskDefinition", d, guard.Failed, "AWS answered ClientException: \x00<script>alert(1)</script>\xff")
	s := override
	s.Principal = "arn:aws-us-gov:iam::111122223333:role/$(reboot)';reboot;'/x"
	r = both(r, report("RegisterTaskDefinition", s, guard.RefusedByAWS, "not\nauthorized"))
	r.Cause.Actor.Name = "role \u202eAdmin\nSeverity   INFO, session ' ; rm -rf"
	r.Cause.Actor.SourceAddress = "198.51.100.7\u0085\u200b"
	r.Cause.EventID = "6afced68; reboot"
	r.Cause.Region = "us-gov-west-1 --profile\tx"
	r.Cause.Account = "1111\n22223333 and much more that nobody has as an account"
	return r
}

const lookSummary = "12 running tasks: FIPS on in 10, off in 1, 1 could not be checked, 0 not checked yet. 2 violations, 1 unknown."

// lookReport is what the verifier tells of a look.
func lookReport(resolved []string, states ...guard.State) guard.Report {
	return guard.Report{
		Cause:    guard.Cause{EventName: "scheduled scan", Time: at, Account: "111122223333", Region: "us-gov-west-1", Actor: guard.Actor{Name: "fipsguard"}},
		Findings: guard.CheckAll(states),
		Scan:     &guard.Scan{Status: guard.NonCompliant, Summary: lookSummary, Resolved: resolved, Evidence: "s3://fipsguard-evidence-111122223333/evidence/report.json"},
	}
}

func running() guard.Task {
	t := task
	t.Group, t.Platform.Architecture, t.LastStatus, t.Created = "service:web", "X86_64", "RUNNING", at.Add(-time.Hour)
	t.Redeployable = service.ARN
	return t
}

func refuted() guard.KernelCheck {
	return guard.KernelCheck{Task: running(), Container: "main", Answer: "0\r\n", At: at}
}

func exposedTask() guard.Exposure {
	off := guard.Span{From: at.Add(-2 * time.Hour), Until: at.Add(-time.Minute), Mode: guard.ModeOff, Cause: cause}
	return guard.Exposure{Task: running(), Launched: off}
}

func lookRecycled() guard.Report {
	r := lookReport(nil, exposedTask())
	r.Scan.Evidence = ""
	for _, a := range guard.Plan(r.Findings, guard.Policy{ExposureRemedy: guard.Recycle}) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: a, Result: guard.Answered, Detail: "AWS answered deployment ecs-svc/1, which replaces the service's tasks at the pace of its configuration.", At: fixed})
	}
	return r
}

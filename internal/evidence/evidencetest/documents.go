// Package evidencetest has documents for the tests of evidence and of its
// formats, and what these tests hold documents against.
package evidencetest

import (
	"fmt"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// The account and Region of the documents.
const (
	Account = "111122223333"
	Region  = "us-gov-west-1"
)

var (
	at    = time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	cause = guard.Cause{EventID: "6afced68-75cd-4d44-8076-0be000000001", EventName: "PutAccountSettingDefault", Time: at.Add(-2 * time.Hour), Actor: guard.Actor{Name: "role Admin, session jane.doe"}}
)

// Everything is a document with a state of every kind and verdict, and hostile
// names.
func Everything() evidence.Document {
	timelines := []guard.Timeline{
		{Spans: []guard.Span{
			{From: at.AddDate(0, 0, -90), Until: at.Add(-2 * time.Hour), Mode: guard.ModeUnknown, Unknown: "no record says what it was before"},
			{From: at.Add(-2 * time.Hour), Until: at.Add(-time.Hour), Mode: guard.ModeOff, Cause: cause},
			{From: at.Add(-time.Hour), Until: at, Mode: guard.ModeOn, Cause: guard.Cause{EventID: "2", EventName: "PutAccountSettingDefault", Time: at.Add(-time.Hour), Actor: guard.Actor{Name: "role fipsguard-enforcer"}}},
		}},
		{Principal: "arn:aws-us-gov:iam::111122223333:role/app", Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeOff, Cause: cause}}},
	}
	proven, refuted, silent, fresh, arm, hostile := running("fips-on"), running("fips-off"), running("silent"), running("fresh"), running("arm"), running("<script>alert(1)</script>\x00")
	proven.Created = at.Add(-30 * time.Minute)
	arm.Platform.Architecture, arm.Group = "ARM64", "family:arm"
	off := guard.CapacityProvider{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/quick", Name: "quick", Cluster: proven.Cluster, Managed: guard.Yes, FIPS: guard.ModeOff,
	}
	on := off
	on.ARN, on.Name, on.FIPS, on.Omitted = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/sound", "sound", guard.ModeOn, true
	unread := guard.CapacityProvider{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/other/*", Unknown: "ECS did not answer DescribeCapacityProviders"}
	quick, sound := managed("on-quick", off), managed("on-sound", on)
	api := guard.Service{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/api", Cluster: "main", Fargate: guard.No, Providers: []guard.CapacityProvider{off}}
	off = guard.UsedBy([]guard.CapacityProvider{off}, []guard.Service{api}, true)[0]
	setting := guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	states := []guard.State{
		setting,
		guard.TaskDefinition{ARN: proven.Definition, Family: "web", Platform: proven.Platform, Fargate: guard.Yes},
		guard.Service{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Cluster: "main", Fargate: guard.Yes, Definition: guard.TaskDefinition{Platform: proven.Platform}},
		proven, refuted, silent, fresh, arm, hostile,
		guard.KernelCheck{Task: proven, Container: "main", Answer: "1\r\n", At: at},
		guard.KernelCheck{Task: refuted, Container: "main", Answer: "0\r\n", At: at},
		guard.KernelCheck{Task: silent, At: at, Unknown: "ECS Exec is off for the task"},
		guard.KernelCheck{Task: fresh},
		off, on, unread, api, quick, sound,
		guard.KernelCheck{Task: quick, Container: "main", Answer: "0\r\n", At: at},
		guard.KernelCheck{Task: sound, Container: "main", Answer: "1\r\n", At: at},
		guard.KernelCheck{Task: hostile, Container: "<b>", Answer: "</pre>\x1b[2J\u202e", At: at},
		guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail main is not logging"}},
		guard.Component{Rule: guard.GuardQueues, Name: "https://sqs.example/failed", Seen: "Queue failed is empty."},
		guard.Component{Rule: guard.GuardAlerts, Name: "topic", Unknown: "AWS answered ListSubscriptionsByTopic with AccessDenied"},
		guard.Canaries{Account: Account, Region: Region, Sent: []time.Time{at.Add(-2 * time.Hour), at.Add(-time.Hour)}, Now: at, Broken: []string{"trail main is not logging"}},
		witnessed(guard.No, "fips_enabled 0"),
	}
	for _, t := range []guard.Task{proven, refuted, silent, fresh, hostile} {
		states = append(states, guard.ExposureOf(t, timelines, t.ARN == proven.ARN))
	}
	r := guard.Report{
		Cause:     guard.Cause{Account: Account, Region: Region, EventName: "scheduled scan", Time: at},
		Findings:  seen(states),
		Timelines: timelines,
		Facts: []guard.Fact{
			{Question: guard.AskLookup, Asked: "cloudtrail:LookupEvents", Answer: "the canary of this scan was not there 12s after the call", At: at},
			{Question: guard.AskPatterns, Asked: "events:DescribeRule", Answer: "8 of 9 are as they were deployed. <b>\x1b[2J\u202e", At: at},
		},
	}
	for _, a := range guard.Plan(guard.Check(setting), guard.DefaultPolicy()) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: a, Result: guard.Done, Detail: "Read back: the account default is enabled.", At: at})
	}
	return documentOf(r)
}

func witnessed(fips guard.Answer, read string) guard.Witness {
	return guard.Witness{Account: Account, Region: Region, Task: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/fipsguard-witness/1", At: at.Add(-time.Minute), FIPS: fips, Read: read}
}

func running(name string) guard.Task {
	return guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Cluster: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main",
		Group: "service:web", Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Fargate: guard.Yes,
		Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}, PlatformVersion: "1.4.0", LastStatus: "RUNNING", DesiredStatus: "RUNNING", Created: at.Add(-90 * time.Minute),
	}
}

// managed is a task on ECS Managed Instances.
func managed(name string, on guard.CapacityProvider) guard.Task {
	t := running(name)
	t.Group, t.Definition = "service:api", "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/api:1"
	t.Fargate, t.Providers, t.PlatformVersion, t.Platform = guard.No, []guard.CapacityProvider{on}, "", guard.Platform{Architecture: "ARM64"}
	return t
}

// documentOf completes a report with what made it.
func documentOf(r guard.Report) evidence.Document {
	r.Coverage = guard.Coverage{
		Clusters: []string{"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main"}, All: true, Exec: true, Class: guard.ClassC, Interrupted: r.Coverage.Interrupted,
		Examined: examined(r.Findings),
	}
	d := evidence.New(evidence.About{
		Why: "scheduled scan", Started: at, Finished: at.Add(time.Minute),
		Tool: evidence.Tool{
			Name: "fipsguard", Version: "0.4.0", Source: "cebf06a0c5b1d7d2c3b8b7f0a2b6c1d9e8f70123cebf06a0c5b1d7d2c3b8b7f0", Go: "go1.26.8", Module: "v1.0.0", FIPS: true,
		},
		Collector:   "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-verifier",
		Predecessor: &evidence.Predecessor{ID: "before", SHA256: evidence.Digest([]byte("before"))},
		Chain: evidence.Chain{
			Number: 2, Location: "s3://fipsguard-evidence/reports/111122223333/us-gov-west-1/2026/11/02/report.dsse.json",
			Key: "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123",
		},
	}, r)
	d.SHA256 = evidence.Digest([]byte("this"))
	return d
}

// AllIsWell is a document of one task whose kernel runs in FIPS mode.
func AllIsWell() evidence.Document {
	task := running("fips-on")
	task.Created = at.Add(-30 * time.Minute)
	on := guard.Timeline{Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeOn, Cause: cause}}}
	return documentOf(guard.Report{
		Cause: guard.Cause{Account: Account, Region: Region, EventName: "scheduled scan", Time: at},
		Findings: seen([]guard.State{
			guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}, task,
			guard.KernelCheck{Task: task, Container: "main", Answer: "1\n", At: at},
			guard.ExposureOf(task, []guard.Timeline{on}, true),
			guard.Canaries{Account: Account, Region: Region, Received: []guard.Canary{{Sent: at.Add(-time.Hour), Latency: 8 * time.Second}}, Now: at},
			witnessed(guard.Yes, "fips_enabled 1"),
		}),
		Timelines: []guard.Timeline{on},
	})
}

// NothingSeen is a document of an account in which AWS answered nothing.
func NothingSeen() evidence.Document {
	return documentOf(guard.Report{
		Cause: guard.Cause{Account: Account, Region: Region, EventName: "scheduled scan", Time: at},
		Findings: seen([]guard.State{
			guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Unknown: "ECS did not answer ListAccountSettings"},
			guard.Task{ARN: "task/* of account 111122223333 in us-gov-west-1", LastStatus: "RUNNING", Unknown: "ECS did not answer ListClusters"},
		}),
	})
}

// NotExamined is a document of a scan by hand that read no kernels, and nothing of
// the guard itself; one task starts.
func NotExamined() evidence.Document {
	task, young := running("fips-on"), running("starting")
	task.Created, young.LastStatus = at.Add(-30*time.Minute), "PROVISIONING"
	on := guard.Timeline{Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeOn, Cause: cause}}}
	r := guard.Report{
		Cause: guard.Cause{Account: Account, Region: Region, EventName: "fipsguard verify", Time: at},
		Findings: seen([]guard.State{
			guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}, task, young,
			guard.ExposureOf(task, []guard.Timeline{on}, false),
		}),
		Timelines: []guard.Timeline{on},
	}
	r.Coverage = guard.Coverage{Clusters: []string{running("").Cluster}, Examined: examined(r.Findings), Class: guard.ClassD}
	return evidence.New(evidence.About{
		Why: "fipsguard verify", Started: at, Finished: at.Add(time.Minute), Collector: "arn:aws-us-gov:sts::111122223333:assumed-role/Auditor/jane.doe",
		Tool: evidence.Tool{Name: "fipsguard", Version: "0.4.0+local", Go: "go1.26.8", Module: "latest"},
	}, r)
}

// Interrupted is a document of a scan that ended before it had asked more than
// one of three tasks.
func Interrupted() evidence.Document {
	asked, waiting, young := running("fips-on"), running("waiting"), running("starting")
	young.LastStatus = "PENDING"
	return documentOf(guard.Report{
		Cause: guard.Cause{Account: Account, Region: Region, EventName: "hourly scan", Time: at},
		Findings: seen([]guard.State{
			guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}, asked, waiting, young,
			guard.KernelCheck{Task: asked, Container: "main", Answer: "1\n", At: at.AddDate(0, 0, -2)}, guard.KernelCheck{Task: waiting}, guard.KernelCheck{Task: young},
		}),
		Coverage: guard.Coverage{Interrupted: "The scan ran out of time before it was done."},
	})
}

// Crowd is a document of many tasks, of which every third is in FIPS mode, every
// third is not, and every third could not be asked.
func Crowd(tasks int) evidence.Document {
	off := guard.Timeline{Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at.Add(-time.Hour), Mode: guard.ModeOff, Cause: cause}, {From: at.Add(-time.Hour), Until: at, Mode: guard.ModeOn}}}
	states := []guard.State{guard.Setting{Account: Account, Region: Region, Scope: guard.ScopeAccount, Mode: guard.ModeOn}}
	for i := range tasks {
		t := running(fmt.Sprintf("%032x", i))
		check := guard.KernelCheck{Task: t, Container: "main", At: at.Add(-time.Duration(i) * time.Second)}
		switch i % 3 {
		case 0:
			check.Answer = "1\n"
		case 1:
			check.Answer = "0\n"
		default:
			check.Unknown = "ECS Exec is off for the task"
		}
		states = append(states, t, check, guard.ExposureOf(t, []guard.Timeline{off}, check.Proven()))
	}
	return documentOf(guard.Report{
		Cause:    guard.Cause{Account: Account, Region: Region, EventName: "daily scan", Time: at},
		Findings: seen(states), Timelines: []guard.Timeline{off},
	})
}

// seen is what the rules say of states that a scan read as it began.
func seen(states []guard.State) []guard.Finding {
	var findings []guard.Finding
	for _, s := range states {
		how := guard.Configured
		if _, ok := s.(guard.Exposure); ok {
			how = guard.Recorded
		}
		findings = append(findings, guard.SeenAt(guard.Check(s), guard.Seen{How: how, At: at})...)
	}
	return findings
}

// examined are the rules that findings are about.
func examined(findings []guard.Finding) []guard.RuleID {
	var rules []guard.RuleID
	for _, f := range findings {
		rules = append(rules, f.Rule)
	}
	return rules
}

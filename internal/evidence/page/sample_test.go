package page

import (
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Names as an attacker would choose them.
var hostileNames = []string{
	`</script><img src=x onerror=alert(1)>`,
	`"><svg onload=alert(2)>`,
	"right\u202eto\u202cleft",
	"nul\x00and\x1b[31mred",
	strings.Repeat("long", 2500),
	`</title></style><script>alert(3)</script>`,
}

var lookedAt = time.Date(2026, 11, 23, 6, 0, 12, 0, time.UTC)

const samplePrefix = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"

// sampleTask is a task of real length, numbered.
func sampleTask(cluster string, n int, result string) evidence.Task {
	created, asked := lookedAt.Add(-time.Duration(n*n*131%40000)*time.Minute), lookedAt.Add(time.Duration(n%40)*time.Second)
	t := evidence.Task{
		ARN:     fmt.Sprintf("%stask/%s/%08x%024x", samplePrefix, cluster, uint32(n)*2654435761, n*7919+1),
		Cluster: samplePrefix + "cluster/" + cluster, Service: "orders-api", Family: "orders-api", Definition: fmt.Sprintf("%stask-definition/orders-api:%d", samplePrefix, 40+n%7),
		Platform: "LINUX/X86_64", PlatformVersion: "1.4.0", LastStatus: "RUNNING", Created: &created,
		Kernel:  evidence.Kernel{Result: result, Container: "app", At: &asked},
		Exposed: guard.Compliant, Scope: guard.Compliant,
	}
	switch result {
	case evidence.KernelOn:
		t.Kernel.Answer = "1\n"
	case evidence.KernelOff:
		t.Kernel.Answer, t.Exposed = "0\r\n", guard.NonCompliant
	case evidence.CouldNotBeChecked:
		t.Kernel.Reason = "ECS Exec is not enabled for the task"
	case evidence.NotCheckedYet:
		t.Kernel.Container, t.Kernel.At = "", nil
		t.Kernel.Reason = "the scan had no time left"
	}
	return t
}

// sampleDocument has one of everything that the page has to show.
func sampleDocument() evidence.Document {
	day := 24 * time.Hour
	from := lookedAt.Add(-30 * day)
	firstOff, secondOff := from.Add(9*day), from.Add(24*day)
	d := evidence.Document{
		Schema: evidence.Schema, ID: evidence.ID("111122223333", "us-gov-west-1", lookedAt), Account: "111122223333", Region: "us-gov-west-1",
		Started: lookedAt, Finished: lookedAt.Add(94 * time.Second), Why: "schedule",
		Collector: "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-verifier",
		Cycle:     evidence.Cycle{Class: guard.ClassC, Rule: guard.CycleRule, Days: 3, Keeps: guard.ClassC.Keeps()},
		Scope:     evidence.Scope{Clusters: []string{samplePrefix + "cluster/payments", samplePrefix + "cluster/batch"}, Exec: true},
		Tool: evidence.Tool{
			Name: "fipsguard", Version: "0.4.0", Source: "cebf06a0c5b1d7d2c3b8b7f0a2b6c1d9e8f70123cebf06a0c5b1d7d2c3b8b7f0", Go: "go1.26.8", Module: "v1.0.0", FIPS: true,
		},
		Predecessor: &evidence.Predecessor{ID: evidence.ID("111122223333", "us-gov-west-1", lookedAt.Add(-day)), SHA256: strings.Repeat("9f86d081", 8)},
		Status:      guard.NonCompliant, Severity: guard.Critical, Limits: evidence.New(evidence.About{}, guard.Report{}).Limits,
		Timelines: []evidence.Timeline{
			{Spans: []evidence.Span{
				{From: from, Until: firstOff, Mode: "unknown", Reason: "CloudTrail's history does not reach back to it"},
				{From: firstOff, Until: firstOff.Add(40 * time.Second), Mode: "off", API: "PutAccountSettingDefault", By: "role Admin, session jane.doe", EventID: "7a1e0c2b-6d5f-4c1e-9f6a-0b3c2d1e4f5a"},
				{From: firstOff.Add(40 * time.Second), Until: secondOff, Mode: "on", API: "PutAccountSettingDefault", By: "role fipsguard-enforcer", EventID: "0b3c2d1e-6d5f-4c1e-9f6a-7a1e0c2b4f5a"},
				{From: secondOff, Until: secondOff.Add(52 * time.Hour), Mode: "off", API: "DeleteAccountSetting", By: "root " + hostileNames[0], EventID: "c2d1e4f5-6d5f-4c1e-9f6a-7a1e0c2b0b3a"},
				{From: secondOff.Add(52 * time.Hour), Until: lookedAt, Mode: "on", API: "PutAccountSettingDefault", By: "role Admin, session jane.doe", EventID: "e4f5c2d1-6d5f-4c1e-9f6a-7a1e0c2b0b3a"},
			}},
			{Principal: "arn:aws-us-gov:iam::111122223333:role/deploy-pipeline", Spans: []evidence.Span{
				{From: from, Until: from.Add(13 * day), Mode: "unknown", Reason: "CloudTrail's history does not show when it was set"},
				{From: from.Add(13 * day), Until: from.Add(19 * day), Mode: "off", API: "PutAccountSetting", By: "role deploy-pipeline, session ci"},
				{From: from.Add(19 * day), Until: lookedAt, Mode: "on", API: "PutAccountSetting", By: "role deploy-pipeline, session ci"},
			}},
			{Principal: "arn:aws-us-gov:iam::111122223333:role/" + hostileNames[2], Spans: []evidence.Span{{From: from, Until: lookedAt, Mode: "on"}}},
		},
	}
	sampleTasks(&d)
	sampleFindings(&d)
	return d
}

func sampleTasks(d *evidence.Document) {
	for i, result := range []string{evidence.KernelOff, evidence.KernelOff, evidence.CouldNotBeChecked, evidence.NotCheckedYet, evidence.KernelOn, evidence.KernelOn, evidence.KernelOn, evidence.KernelOn, evidence.KernelOn} {
		d.Tasks = append(d.Tasks, sampleTask("payments", i, result))
	}
	exposed := sampleTask("batch", 20, evidence.CouldNotBeChecked)
	exposed.Exposed = guard.NonCompliant
	doubtful := sampleTask("batch", 21, evidence.NotCheckedYet)
	doubtful.Exposed, doubtful.Created = guard.InsufficientData, nil
	arm := sampleTask("batch", 22, evidence.NotInScope)
	arm.Kernel, arm.Scope, arm.Platform = evidence.Kernel{Result: evidence.NotInScope}, guard.NonCompliant, "LINUX/ARM64"
	lying := sampleTask("batch", 23, evidence.CouldNotBeChecked)
	lying.Kernel.Answer, lying.Kernel.Reason = "<b>1</b>\u202e\x1b[2J", "it answered neither 1 nor 0"
	standalone := sampleTask("batch", 24, evidence.KernelOn)
	standalone.Service = ""
	d.Tasks = append(d.Tasks, exposed, arm, lying, doubtful, standalone)
	for i, hostile := range hostileNames {
		t := sampleTask("cluster-"+hostile, 30+i, evidence.KernelOff)
		t.Service, t.Definition, t.Kernel.Container, t.Kernel.Answer = hostile, hostile, hostile, hostile
		t.Kernel.Reason = hostile
		d.Tasks = append(d.Tasks, t)
	}
	d.Kernels = counted(d.Tasks)
	agree(d)
}

func counted(tasks []evidence.Task) evidence.Kernels {
	var n evidence.Kernels
	for _, t := range tasks {
		switch t.Kernel.Result {
		case evidence.KernelOn:
			n.On++
		case evidence.KernelOff:
			n.Off++
		case evidence.CouldNotBeChecked:
			n.CouldNotBeChecked++
		case evidence.NotCheckedYet:
			n.NotCheckedYet++
		}
	}
	return n
}

// agree makes launches agree with exposures and the account's timeline: what
// is exposed was launched while FIPS mode was off, nothing else was, and the
// spans count their launches.
func agree(d *evidence.Document) {
	spans := d.Timelines[0].Spans
	for i := range d.Tasks {
		t := &d.Tasks[i]
		if t.Created == nil {
			continue
		}
		at := *t.Created
		if long := spans[3]; !at.Before(long.From) && at.Before(long.Until) {
			at = at.Add(52 * time.Hour)
		}
		if t.Exposed == guard.NonCompliant {
			at = spans[3].From.Add(time.Duration(i*i%51) * time.Hour)
			if i%3 == 1 {
				at = spans[1].From.Add(20 * time.Second)
			}
		}
		t.Created = &at
	}
	for i := range spans {
		spans[i].Launched = 0
		for _, t := range d.Tasks {
			if t.Created != nil && !t.Created.Before(spans[i].From) && t.Created.Before(spans[i].Until) {
				spans[i].Launched++
			}
		}
	}
}

func sampleFindings(d *evidence.Document) {
	d.Rules = evidence.New(evidence.About{}, guard.Report{}).Rules
	at, until := d.Started, d.Started.Add(3*24*time.Hour)
	add := func(id guard.RuleID, subject string, result evidence.Result, s guard.Severity, reason string) {
		rule, _ := guard.RuleOf(id)
		c := evidence.Claim{Rule: id, Subject: subject, Result: result, Severity: s, Seen: guard.Configured, At: &at, Until: &until, Reason: reason}
		if result != evidence.Compliant {
			c.Remedy = rule.Remedy(nil)
		}
		d.Claims = append(d.Claims, c)
	}
	for _, t := range d.Tasks {
		if t.Kernel.Result == evidence.KernelOff {
			add(guard.TaskKernelProof, t.ARN, evidence.NonCompliant, guard.Critical, "Its kernel is not in FIPS mode: container "+t.Kernel.Container+" read fips_enabled 0 at "+t.Kernel.At.Format(time.RFC3339)+".")
		}
	}
	for _, t := range d.Tasks {
		if t.Exposed == guard.NonCompliant {
			add(guard.TaskExposed, t.ARN, evidence.NonCompliant, guard.High, "It was launched at "+t.Created.Format(time.RFC3339)+", while FIPS mode was off (since 2026-11-17T06:00:12Z, by role Admin, session jane.doe).")
		}
	}
	add(guard.TaskRunningPlatform, d.Tasks[10].ARN, evidence.NonCompliant, guard.High, "Its platform is LINUX/ARM64, which FIPS mode does not cover.")
	for _, t := range d.Tasks {
		switch t.Kernel.Result {
		case evidence.CouldNotBeChecked, evidence.NotCheckedYet:
			add(guard.TaskKernelProof, t.ARN, evidence.InsufficientData, guard.Warning, "Cannot verify, because "+t.Kernel.Reason+".")
		}
	}
	add(guard.GuardQueues, "https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-failures", evidence.InsufficientData, guard.Warning, "Unknown because AWS refused sqs:GetQueueAttributes.")
	add(guard.FIPSModeDefault, "account 111122223333", evidence.NonCompliant, guard.Critical, "The account default is off.")
	fixed := &d.Claims[len(d.Claims)-1]
	fixed.Fixed, fixed.Command = true, "aws ecs put-account-setting-default --name fargateFIPSMode --value enabled --region us-gov-west-1"
	add(guard.FIPSModeOverride, "arn:aws-us-gov:iam::111122223333:role/deploy-pipeline", evidence.NonCompliant, guard.High, "The override of role/deploy-pipeline is off.")
	d.Claims[len(d.Claims)-1].Command = "aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn arn:aws-us-gov:iam::111122223333:role/deploy-pipeline --region us-gov-west-1"
	d.Claims = append(d.Claims, evidence.Claim{Rule: guard.GuardModule, Subject: "111122223333/us-gov-west-1", Result: evidence.NotExamined, Reason: "This scan did not examine the guard itself."})
	add(guard.GuardTrail, "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/management", evidence.Compliant, guard.Info, "It is logging management events that write.")
	add(guard.ServicePlatform, samplePrefix+"service/payments/orders-api", evidence.Compliant, guard.Info, "LINUX/X86_64, platform version 1.4.0.")
	add(guard.ServicePlatform, samplePrefix+"service/payments/ledger", evidence.Compliant, guard.Info, "LINUX/X86_64, platform version 1.4.0.")
	for _, c := range d.Claims {
		switch c.Result {
		case evidence.NonCompliant:
			d.Results.NonCompliant++
			if c.Fixed {
				d.Results.Fixed++
			}
		case evidence.InsufficientData:
			d.Results.InsufficientData++
		case evidence.NotExamined:
			d.Results.NotExamined++
		case evidence.Starting:
			d.Results.Starting++
		case evidence.Compliant:
			d.Results.Compliant++
		}
	}
	acted := lookedAt.Add(80 * time.Second)
	d.Outcomes = []evidence.Outcome{
		{Rule: guard.FIPSModeDefault, Subject: "account 111122223333", API: "ecs:PutAccountSettingDefault", Result: guard.Done, Detail: "Read back: the account default is enabled.", At: &acted, Command: "aws ecs put-account-setting-default --name fargateFIPSMode --value enabled --region us-gov-west-1"},
		{Rule: guard.FIPSModeOverride, Subject: "arn:aws-us-gov:iam::111122223333:role/deploy-pipeline", API: "ecs:PutAccountSetting", Result: guard.RefusedByAWS, Detail: "AWS refused: only the role itself or root may.", At: &acted, Command: "aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn arn:aws-us-gov:iam::111122223333:role/deploy-pipeline --region us-gov-west-1"},
		{Rule: guard.TaskKernelProof, Subject: hostileNames[0], API: "ecs:StopTask", Result: guard.RefusedByPolicy, Detail: "Policy audits this rule.", Command: "aws ecs stop-task --task '" + hostileNames[0] + "'"},
	}
}

// dismalDocument has n tasks of which every one is refuted and exposed.
func dismalDocument(n int) evidence.Document {
	d := largeDocument(n)
	d.Claims, d.Kernels, d.Results = nil, evidence.Kernels{}, evidence.Results{}
	for i, t := range d.Tasks {
		d.Tasks[i] = sampleTask(lastPart(t.Cluster), i, evidence.KernelOff)
	}
	d.Kernels = counted(d.Tasks)
	agree(&d)
	sampleFindings(&d)
	return d
}

// largeDocument has n tasks in a few clusters, of which most are proven.
func largeDocument(n int) evidence.Document {
	d := sampleDocument()
	d.Tasks, d.Claims, d.Kernels, d.Results = nil, nil, evidence.Kernels{}, evidence.Results{}
	clusters := []string{"payments-production", "orders-production", "batch-production", "identity-production", "reporting-production"}
	for i := range n {
		result := evidence.KernelOn
		switch {
		case i%20 == 3:
			result = evidence.KernelOff
		case i%10 == 7:
			result = evidence.CouldNotBeChecked
		case i%50 == 9:
			result = evidence.NotCheckedYet
		}
		d.Tasks = append(d.Tasks, sampleTask(clusters[i*len(clusters)/n], i, result))
	}
	d.Kernels = counted(d.Tasks)
	agree(&d)
	sampleFindings(&d)
	return d
}

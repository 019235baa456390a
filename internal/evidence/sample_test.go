package evidence

import (
	"fmt"
	"strings"
	"time"

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
func sampleTask(cluster string, n int, result string) Task {
	created, asked := lookedAt.Add(-time.Duration(n*n*131%40000)*time.Minute), lookedAt.Add(time.Duration(n%40)*time.Second)
	t := Task{
		ARN:     fmt.Sprintf("%stask/%s/%08x%024x", samplePrefix, cluster, uint32(n)*2654435761, n*7919+1),
		Cluster: samplePrefix + "cluster/" + cluster, Service: "orders-api", Definition: fmt.Sprintf("%stask-definition/orders-api:%d", samplePrefix, 40+n%7),
		Platform: "LINUX/X86_64", PlatformVersion: "1.4.0", LastStatus: "RUNNING", Created: &created,
		Proof:   Proof{Result: result, Container: "app", At: &asked},
		Exposed: guard.Compliant, Scope: guard.Compliant,
	}
	switch result {
	case Proven:
		t.Proof.Answer = "1\n"
	case Refuted:
		t.Proof.Answer, t.Exposed = "0\r\n", guard.NonCompliant
	case CannotVerify:
		t.Proof.Reason = "ECS Exec is not enabled for the task"
	case NotAttempted:
		t.Proof.Container, t.Proof.At = "", nil
		t.Proof.Reason = "the look had no time left"
	}
	return t
}

// sampleDocument has one of everything that the page has to show.
func sampleDocument() Document {
	day := 24 * time.Hour
	from := lookedAt.Add(-30 * day)
	firstOff, secondOff := from.Add(9*day), from.Add(24*day)
	d := Document{
		Schema: Schema, ID: ID("111122223333", "us-gov-west-1", lookedAt), Account: "111122223333", Region: "us-gov-west-1",
		Started: lookedAt, Finished: lookedAt.Add(94 * time.Second), Why: "schedule",
		Scope: Scope{Clusters: []string{samplePrefix + "cluster/payments", samplePrefix + "cluster/batch"}, Exec: true},
		Tool: Tool{
			Name: "fipsguard", Version: "0.4.0", Commit: "cebf06a0c5b1d7d2c3b8b7f0a2b6c1d9e8f70123", Go: "go1.26.8", Module: "v1.0.0", FIPS: true,
		},
		Predecessor: &Predecessor{ID: ID("111122223333", "us-gov-west-1", lookedAt.Add(-day)), SHA256: strings.Repeat("9f86d081", 8)},
		Status:      guard.NonCompliant, Severity: guard.Critical, NotProven: notProven(),
		Timelines: []Timeline{
			{Spans: []Span{
				{From: from, Until: firstOff, Mode: "unknown", Reason: "CloudTrail's history does not reach back to it"},
				{From: firstOff, Until: firstOff.Add(40 * time.Second), Mode: "off", Call: "PutAccountSettingDefault", By: "role Admin, session jane.doe", EventID: "7a1e0c2b-6d5f-4c1e-9f6a-0b3c2d1e4f5a"},
				{From: firstOff.Add(40 * time.Second), Until: secondOff, Mode: "on", Call: "PutAccountSettingDefault", By: "role fipsguard-enforcer", EventID: "0b3c2d1e-6d5f-4c1e-9f6a-7a1e0c2b4f5a"},
				{From: secondOff, Until: secondOff.Add(52 * time.Hour), Mode: "off", Call: "DeleteAccountSetting", By: "root " + hostileNames[0], EventID: "c2d1e4f5-6d5f-4c1e-9f6a-7a1e0c2b0b3a"},
				{From: secondOff.Add(52 * time.Hour), Until: lookedAt, Mode: "on", Call: "PutAccountSettingDefault", By: "role Admin, session jane.doe", EventID: "e4f5c2d1-6d5f-4c1e-9f6a-7a1e0c2b0b3a"},
			}},
			{Principal: "arn:aws-us-gov:iam::111122223333:role/deploy-pipeline", Spans: []Span{
				{From: from, Until: from.Add(13 * day), Mode: "unknown", Reason: "CloudTrail's history does not show when it was set"},
				{From: from.Add(13 * day), Until: from.Add(19 * day), Mode: "off", Call: "PutAccountSetting", By: "role deploy-pipeline, session ci"},
				{From: from.Add(19 * day), Until: lookedAt, Mode: "on", Call: "PutAccountSetting", By: "role deploy-pipeline, session ci"},
			}},
			{Principal: "arn:aws-us-gov:iam::111122223333:role/" + hostileNames[2], Spans: []Span{{From: from, Until: lookedAt, Mode: "on"}}},
		},
	}
	sampleTasks(&d)
	sampleFindings(&d)
	return d
}

func sampleTasks(d *Document) {
	for i, result := range []string{Refuted, Refuted, CannotVerify, NotAttempted, Proven, Proven, Proven, Proven, Proven} {
		d.Tasks = append(d.Tasks, sampleTask("payments", i, result))
	}
	exposed := sampleTask("batch", 20, CannotVerify)
	exposed.Exposed = guard.NonCompliant
	doubtful := sampleTask("batch", 21, NotAttempted)
	doubtful.Exposed, doubtful.Created = guard.InsufficientData, nil
	arm := sampleTask("batch", 22, NotInScope)
	arm.Proof, arm.Scope, arm.Platform = Proof{Result: NotInScope}, guard.NonCompliant, "LINUX/ARM64"
	lying := sampleTask("batch", 23, CannotVerify)
	lying.Proof.Answer, lying.Proof.Reason = "<b>1</b>\u202e\x1b[2J", "it answered neither 1 nor 0"
	standalone := sampleTask("batch", 24, Proven)
	standalone.Service = ""
	d.Tasks = append(d.Tasks, exposed, arm, lying, doubtful, standalone)
	for i, hostile := range hostileNames {
		t := sampleTask("cluster-"+hostile, 30+i, Refuted)
		t.Service, t.Definition, t.Proof.Container, t.Proof.Answer = hostile, hostile, hostile, hostile
		t.Proof.Reason = hostile
		d.Tasks = append(d.Tasks, t)
	}
	for _, t := range d.Tasks {
		d.Proofs.count(t.Proof.Result)
	}
	agree(d)
}

// agree makes launches agree with exposures and the account's timeline: what
// is exposed was launched while FIPS mode was off, nothing else was, and the
// spans count their launches.
func agree(d *Document) {
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

func sampleFindings(d *Document) {
	add := func(id guard.RuleID, subject string, v guard.Verdict, s guard.Severity, reason string) {
		rule, _ := guard.RuleOf(id)
		d.Findings = append(d.Findings, Finding{Rule: id, Requirement: rule.Requirement, Subject: subject, Verdict: v, Severity: s, Reason: reason, Remedy: rule.Remedy(nil)})
	}
	for _, t := range d.Tasks {
		if t.Proof.Result == Refuted {
			add(guard.TaskKernelProof, t.ARN, guard.NonCompliant, guard.Critical, "Its kernel is not in FIPS mode: container "+t.Proof.Container+" read fips_enabled 0 at "+t.Proof.At.Format(time.RFC3339)+".")
		}
	}
	for _, t := range d.Tasks {
		if t.Exposed == guard.NonCompliant {
			add(guard.TaskExposed, t.ARN, guard.NonCompliant, guard.High, "It was launched at "+t.Created.Format(time.RFC3339)+", while FIPS mode was off (since 2026-11-17T06:00:12Z, by role Admin, session jane.doe).")
		}
	}
	add(guard.TaskRunningPlatform, d.Tasks[10].ARN, guard.NonCompliant, guard.High, "Its platform is LINUX/ARM64, which FIPS mode does not cover.")
	for _, t := range d.Tasks {
		switch t.Proof.Result {
		case CannotVerify, NotAttempted:
			add(guard.TaskKernelProof, t.ARN, guard.InsufficientData, guard.Warning, "Cannot verify, because "+t.Proof.Reason+".")
		}
	}
	add(guard.GuardQueues, "https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-failures", guard.InsufficientData, guard.Warning, "Unknown because AWS refused sqs:GetQueueAttributes.")
	for _, f := range d.Findings {
		if f.Verdict == guard.NonCompliant {
			d.Verdicts.NonCompliant++
		} else {
			d.Verdicts.InsufficientData++
		}
	}
	d.Passed = []Passed{
		{guard.FIPSModeDefault, "account 111122223333", "The account default is enabled."},
		{guard.GuardTrail, "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/management", "It is logging management events that write."},
		{guard.ServicePlatform, samplePrefix + "service/payments/orders-api", "LINUX/X86_64, platform version 1.4.0."},
		{guard.ServicePlatform, samplePrefix + "service/payments/ledger", "LINUX/X86_64, platform version 1.4.0."},
	}
	d.Verdicts.Compliant = len(d.Passed) + d.Proofs.Proven
	at := lookedAt.Add(80 * time.Second)
	d.Outcomes = []Outcome{
		{Rule: guard.FIPSModeDefault, Subject: "account 111122223333", Call: "ecs:PutAccountSettingDefault", Result: guard.Done, Detail: "Read back: the account default is enabled.", At: &at, Command: "aws ecs put-account-setting-default --name fargateFIPSMode --value enabled --region us-gov-west-1"},
		{Rule: guard.FIPSModeOverride, Subject: "arn:aws-us-gov:iam::111122223333:role/deploy-pipeline", Call: "ecs:PutAccountSetting", Result: guard.RefusedByAWS, Detail: "AWS refused: only the role itself or root may.", At: &at, Command: "aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn arn:aws-us-gov:iam::111122223333:role/deploy-pipeline --region us-gov-west-1"},
		{Rule: guard.TaskKernelProof, Subject: hostileNames[0], Call: "ecs:StopTask", Result: guard.RefusedByPolicy, Detail: "Policy audits this rule.", Command: "aws ecs stop-task --task '" + hostileNames[0] + "'"},
	}
}

// dismalDocument has n tasks of which every one is refuted and exposed.
func dismalDocument(n int) Document {
	d := largeDocument(n)
	d.Findings, d.Proofs, d.Verdicts = nil, Proofs{}, Verdicts{}
	for i, t := range d.Tasks {
		d.Tasks[i] = sampleTask(lastPart(t.Cluster), i, Refuted)
		d.Proofs.count(Refuted)
	}
	agree(&d)
	sampleFindings(&d)
	return d
}

// largeDocument has n tasks in a few clusters, of which most are proven.
func largeDocument(n int) Document {
	d := sampleDocument()
	d.Tasks, d.Findings, d.Proofs, d.Verdicts = nil, nil, Proofs{}, Verdicts{}
	clusters := []string{"payments-production", "orders-production", "batch-production", "identity-production", "reporting-production"}
	for i := range n {
		result := Proven
		switch {
		case i%20 == 3:
			result = Refuted
		case i%10 == 7:
			result = CannotVerify
		case i%50 == 9:
			result = NotAttempted
		}
		d.Tasks = append(d.Tasks, sampleTask(clusters[i*len(clusters)/n], i, result))
	}
	for _, t := range d.Tasks {
		d.Proofs.count(t.Proof.Result)
	}
	agree(&d)
	sampleFindings(&d)
	return d
}

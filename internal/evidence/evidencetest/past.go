package evidencetest

import (
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/past"
)

// Past are the documents of an audit of one account in two Regions: in the first
// FIPS mode was off, with hostile names in the records; in the second nothing is
// wrong, and CloudTrail's signatures vouch for it.
func Past() []evidence.Document {
	return past.Documents(Answer(), evidence.About{
		Why: "fipsguard audit AWSLogs", Started: at, Finished: at.Add(time.Minute), Collector: "arn:aws-us-gov:sts::111122223333:assumed-role/Auditor/jane.doe",
		Tool: evidence.Tool{Name: "fipsguard", Version: "0.4.0+local", Go: "go1.26.8", Module: "latest"},
	})
}

// Answer is what that audit found.
func Answer() *audit.Answer {
	hour := func(n int) audit.Time { return audit.Time(at.Add(time.Duration(n-240) * time.Hour).Unix()) }
	by := func(id, name, actor string) *audit.Event {
		return &audit.Event{EventID: id, EventName: name, Actor: actor}
	}
	const admin = "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe"
	set := by("b", "PutAccountSettingDefault", admin)
	from, until := hour(0), hour(240)
	return &audit.Answer{
		Schema: audit.Schema, From: &from, Until: &until, Bytes: 123_456_789,
		Files: audit.Files{Read: 2000, Skipped: 240, Faulty: []audit.Faulty{
			{Path: "AWSLogs/111122223333/CloudTrail/us-gov-west-1/2026/10/25/111122223333_CloudTrail_us-gov-west-1_20261025T1005Z_x.json.gz", Fault: "missing"},
			{Path: "AWSLogs/111122223333/CloudTrail/us-gov-west-1/<img src=x>/111122223333_CloudTrail_us-gov-west-1_20261025T1010Z_\u202e.json.gz", Fault: "corrupt: offset 7"},
		}},
		Places: []audit.Place{
			{
				Account: Account, Region: Region, From: from, Until: until,
				Intervals: []audit.Interval{
					{From: from, Until: hour(24), Mode: "unknown", Reason: audit.Start},
					{From: hour(24), Until: hour(100), Mode: "on", Reason: audit.Set, Event: by("a", "PutAccountSettingDefault", admin)},
					{From: hour(100), Until: hour(103), Mode: "off", Reason: audit.Set, Event: by("z", "PutAccountSettingDefault", "<script>alert(1)</script>\x1b[2J"), Launched: 8},
					{From: hour(103), Until: hour(180), Mode: "on", Reason: audit.Set, Event: set},
					{From: hour(180), Until: hour(182), Mode: "unknown", Reason: audit.Gap},
					{From: hour(182), Until: until, Mode: "on", Reason: audit.Set, Event: by("c", "PutAccountSettingDefault", admin)},
				},
				Overrides: []audit.Override{
					{Principal: "arn:aws-us-gov:iam::111122223333:role/app", Intervals: []audit.Interval{
						{From: hour(30), Until: hour(31), Mode: "off", Reason: audit.Set, Event: by("o", "PutAccountSetting", admin)},
						{From: hour(50), Until: hour(90), Mode: "on", Reason: audit.Set, Event: by("p", "PutAccountSetting", admin)},
					}},
					{Principal: "arn:aws-us-gov:iam::111122223333:role/lost", Intervals: []audit.Interval{
						{From: hour(40), Until: hour(180), Mode: "on", Reason: audit.Set, Event: by("q", "PutAccountSetting", admin)},
						{From: hour(180), Until: until, Mode: "unknown", Reason: audit.Gap},
					}},
				},
				Off: audit.Off{Windows: 1, Seconds: 3 * 3600}, LaunchesWhileOff: 8, Trust: audit.Trust{VouchedHours: 230, UnvouchedHours: 10, MissingFiles: 1},
				Launched: []audit.Launched{
					{Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Group: "service:web", Count: 4},
					{Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/job:1", Group: "family:job", Count: 2},
					{Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Group: "family:web", Count: 1},
				},
				Attempts: []audit.Attempt{{At: hour(99), Event: *by("d", "PutAccountSettingDefault", "=cmd()\u202e"), Failure: "AccessDenied"}},
			},
			{
				Account: Account, Region: "us-gov-east-1", From: hour(1), Until: until, Overrides: []audit.Override{}, Trust: audit.Trust{VouchedHours: 239},
				Intervals: []audit.Interval{{From: hour(1), Until: until, Mode: "on", Reason: audit.Set, Event: set}},
			},
		},
	}
}

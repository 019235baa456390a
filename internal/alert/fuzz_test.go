package alert

import (
	"testing"

	"fipsguard/internal/guard"
)

// FuzzRender puts hostile texts wherever a report takes one.
func FuzzRender(f *testing.F) {
	f.Add("jane", "arn:aws-us-gov:ecs:us-gov-west-1:1:task-definition/a:1", "reason", "us-gov-west-1", uint8(0))
	f.Add("\x00\r\n\u202e", "';reboot;'", "\xff\xfe\u2028\u200b", "--profile x", uint8(2))
	f.Add("<<<<<<<<", `\\\\\\\\""""`, "界界界", "", uint8(4))
	f.Fuzz(func(t *testing.T, actor, arn, detail, region string, result uint8) {
		became := guard.Result(result % 5)
		var r guard.Report
		for _, s := range []guard.State{
			guard.TaskDefinition{ARN: arn, Platform: guard.Platform{OS: detail, Architecture: actor}, Fargate: guard.Yes, RegisteredBy: actor},
			guard.Setting{Account: actor, Region: region, Scope: guard.ScopePrincipal, Principal: arn, Mode: guard.ModeOff, Unknown: detail},
			guard.Setting{Account: actor, Scope: guard.ScopeAccount, Mode: guard.ModeUnknown, Unknown: detail},
			guard.Task{ARN: arn, Cluster: actor, Definition: detail, Fargate: guard.Yes, Platform: guard.Platform{OS: detail, Architecture: region}, LastStatus: "PENDING"},
			guard.Service{ARN: arn, Cluster: actor, Controller: "ECS", Replacement: detail, DesiredCount: 1, Fargate: guard.Yes, Definition: guard.TaskDefinition{Platform: guard.Platform{OS: detail}}},
			guard.PolicyDocument{Account: actor, Region: region, Faults: []string{detail, arn}},
		} {
			r = both(r, reportBy(guard.Policy{ServiceRemedy: guard.RollBack}, actor, s, became, detail))
		}
		r.Cause = guard.Cause{EventID: detail, EventName: actor, IsCall: result%2 == 0, Account: actor, Region: region, Actor: guard.Actor{Name: actor, ARN: arn, SourceAddress: detail}}
		r.Expiring = []guard.Exemption{{Resource: arn, Reason: detail, Approver: actor, Expires: at}}
		r.Joined = tallyOf(func(int) string { return actor })
		r.JoinedOthers = r.Joined
		if err := fault(Render(r)); err != nil {
			t.Error(err)
		}
	})
}

package hub

import (
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestSecurityFindingsAsImported holds the findings of a look as Security Hub
// gets them. Their IDs must never change: under another one every finding that
// stands would be there twice.
func TestSecurityFindingsAsImported(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	const arn = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"
	arm := guard.Platform{OS: "LINUX", Architecture: "ARM64"}
	task := guard.Task{ARN: arn + "task/main/0123", Cluster: "main", Fargate: guard.Yes, Platform: arm, PlatformVersion: "1.4.0", LastStatus: "RUNNING", Created: at.Add(-time.Hour)}
	off := guard.Span{From: at.Add(-2 * time.Hour), Until: at.Add(-time.Minute), Mode: guard.ModeOff, Cause: guard.Cause{EventID: "1", EventName: "PutAccountSettingDefault", Actor: guard.Actor{Name: "role Admin, session jane.doe"}}}
	r := guard.Report{
		Cause: guard.Cause{Account: "111122223333", Region: "us-gov-west-1"},
		Findings: guard.CheckAll([]guard.State{
			guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOff},
			guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app/checkout", Mode: guard.ModeOff},
			guard.TaskDefinition{ARN: arn + "task-definition/web:7", Family: "web", Platform: arm, Fargate: guard.Yes},
			guard.Service{ARN: arn + "service/main/web", Cluster: "main", Fargate: guard.Yes, Definition: guard.TaskDefinition{Platform: arm}},
			task,
			guard.KernelCheck{Task: task, Container: "main", Answer: "0\r\n", At: at},
			guard.Exposure{Task: task, Launched: off},
			guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail main is not logging"}},
			guard.Component{Rule: guard.GuardAlerts, Name: "topic", Unknown: "AWS answered ListSubscriptionsByTopic with AccessDenied"},
		}),
	}
	var findings any
	encoded, err := json.Marshal(standing(evidence.New(evidence.About{Started: at, Finished: at.Add(time.Minute)}, r)))
	if err == nil {
		err = json.Unmarshal(encoded, &findings)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(filled(findings), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/findings.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("Security Hub gets other findings (-want +got):\n%s", diff)
	}
}

// filled leaves out the members of the SDK's types that the hub does not fill
// in: there are other ones in each version of the SDK.
func filled(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = filled(value[i])
		}
	case map[string]any:
		for name, member := range value {
			if member == nil || member == "" {
				delete(value, name)
				continue
			}
			value[name] = filled(member)
		}
	}
	return value
}

package guard

import (
	"regexp"
	"strings"
	"testing"
)

// TestRemediesAreCommandsThatDoNoHarm: run word for word, also as root, none
// changes anything but its subject, and none hits another Region.
func TestRemediesAreCommandsThatDoNoHarm(t *testing.T) {
	override := Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app", Mode: ModeOff}
	hostile := override
	hostile.Principal = "$(reboot)"
	texts := []string{enableOverride(nil), enableOverride(override), enableOverride(hostile), Check(override)[0].Command("us-gov-west-1"), Check(hostile)[0].Command("us-gov-west-1")}
	for _, r := range Rules() {
		texts = append(texts, r.Remedy(nil), r.Doubt)
		if r.Steps != nil {
			for _, step := range r.Steps(nil) {
				texts = append(texts, step.Command)
			}
		}
	}
	commands := 0
	for _, text := range texts {
		for _, command := range regexp.MustCompile(`aws [a-z]+ [a-z-]+[^;]*`).FindAllString(text, -1) {
			commands++
			if !strings.Contains(command, " --region ") {
				t.Errorf("without a Region: %s", command)
			}
			// Without a principal, root's own value is the account default.
			if strings.HasPrefix(command, "aws ecs put-account-setting ") && !regexp.MustCompile(`--principal-arn [^ -]`).MatchString(command) {
				t.Errorf("run as root it changes the account default: %s", command)
			}
			if strings.Contains(command, " $(reboot)") {
				t.Errorf("a name in it runs: %s", command)
			}
		}
	}
	if commands < 8 {
		t.Errorf("only %d commands were found", commands)
	}
}

// TestTheCommandIsTheGuardsOwnCall: what a person is told to run is what the guard
// would do, and nothing where nothing is known to be wrong.
func TestTheCommandIsTheGuardsOwnCall(t *testing.T) {
	task := Task{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/1", Cluster: "main", Group: "service:web", Fargate: Yes, LastStatus: "RUNNING"}
	redeployable := task
	redeployable.Redeployable = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"
	for _, c := range []struct {
		state State
		want  string
	}{
		{Setting{Region: "us-gov-west-1", Scope: ScopeAccount, Mode: ModeOff}, "aws ecs put-account-setting-default --name fargateFIPSMode --value enabled --region us-gov-east-1"},
		{Setting{Region: "us-gov-west-1", Scope: ScopeAccount, Mode: ModeOn}, ""},
		{Setting{Region: "us-gov-west-1", Scope: ScopeAccount, Unknown: "ECS did not answer"}, ""},
		{KernelCheck{Task: redeployable, Answer: "0"}, "aws ecs update-service --cluster main --service " + redeployable.Redeployable + " --force-new-deployment --region us-gov-east-1"},
		{KernelCheck{Task: task, Answer: "0"}, ""},
		{KernelCheck{Task: redeployable, Answer: "1"}, ""},
		{KernelCheck{Task: redeployable}, ""},
		{Component{Rule: GuardQueues, Faults: []string{"messages wait"}}, ""},
	} {
		if got := Check(c.state)[0].Command("us-gov-east-1"); got != c.want {
			t.Errorf("%+v: the command is %q, want %q", c.state, got, c.want)
		}
	}
}

func TestEachClassKeepsItsCycle(t *testing.T) {
	for class, days := range map[Class]int{"": 3, ClassB: 7, ClassC: 3, ClassD: 3} {
		if got := int(class.Cycle() / day); got != days {
			t.Errorf("class %q: %d days, want %d", class, got, days)
		}
		if said := class.Keeps(); !strings.Contains(said, CycleRule) || strings.Contains(said, "7 days") != (days == 7) {
			t.Errorf("class %q keeps: %s", class, said)
		}
	}
	if !strings.Contains(ClassD.Keeps(), "sets no cycle for Class D") {
		t.Errorf("class D keeps: %s", ClassD.Keeps())
	}
	if _, err := ParseClass("A"); err == nil {
		t.Error("class A passes")
	}
}

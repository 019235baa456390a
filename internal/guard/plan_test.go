package guard

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	taskARN    = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/0123"
	serviceARN = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"
	revision   = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7"
)

var armed = Platform{OS: "LINUX", Architecture: "ARM64"}

func TestPlan(t *testing.T) {
	task := Task{ARN: taskARN, Cluster: "main", Fargate: Yes, Platform: armed, PlatformVersion: "1.4.0", LastStatus: "PENDING"}
	service := Service{ARN: serviceARN, Cluster: "main", Fargate: Yes, Definition: TaskDefinition{Platform: armed}, Controller: "ECS", DesiredCount: 2, Replacement: revision}
	stop := func(rule RuleID) Call {
		return StopTask{Cluster: "main", Task: taskARN, Reason: "fipsguard: rejected by rule " + string(rule)}
	}
	changed := func(s Service, change func(*Service)) Service { change(&s); return s }
	of := func(task Task, change func(*Task)) Task { change(&task); return task }
	cases := []struct {
		name   string
		state  State
		remedy ServiceRemedy
		want   Call
	}{
		{"default off", Setting{Scope: ScopeAccount, Mode: ModeOff}, "", PutAccountSettingDefault{"fargateFIPSMode", "enabled"}},
		{"default deleted", Setting{Scope: ScopeAccount, Deleted: true}, "", PutAccountSettingDefault{"fargateFIPSMode", "enabled"}},
		{"off by somebody unknown", Setting{Mode: ModeOff}, "", PutAccountSettingDefault{"fargateFIPSMode", "enabled"}},
		{"override off", Setting{Scope: ScopePrincipal, Principal: role, Mode: ModeOff}, "", PutAccountSetting{"fargateFIPSMode", "enabled", role}},
		{"override deleted", Setting{Scope: ScopePrincipal, Principal: role, Deleted: true}, "", nil},
		{"default on", Setting{Scope: ScopeAccount, Mode: ModeOn}, "", nil},
		{"bad task definition", TaskDefinition{ARN: revision, Fargate: Yes, Platform: armed}, "", DeregisterTaskDefinition{revision}},
		{"bad task definition, already inactive", TaskDefinition{ARN: revision, Fargate: Yes, Platform: armed, Inactive: true}, "", nil},
		{"deleted by somebody unknown", Setting{Deleted: true}, "", PutAccountSettingDefault{"fargateFIPSMode", "enabled"}},
		{"on by somebody unknown", Setting{Mode: ModeOn}, "", nil},
		{"nothing known of the setting", Setting{}, "", nil},
		{"bad task definition of AWS Batch's", TaskDefinition{ARN: "td/job:3", RegisteredBy: batch, Fargate: Yes, Platform: armed}, "", nil},
		{"bad task definition of unknown revision", TaskDefinition{Family: "web", Fargate: Yes, Platform: armed}, "", nil},
		{"standalone task before RUNNING", task, "", stop(TaskLaunchPlatform)},
		{"standalone task, RUNNING", of(task, func(t *Task) { t.LastStatus = "RUNNING" }), "", stop(TaskRunningPlatform)},
		{"service's task before RUNNING", of(task, func(t *Task) { t.Group = "service:web" }), "", stop(TaskLaunchPlatform)},
		{"service's task, RUNNING: the scheduler would only start another", of(task, func(t *Task) { t.Group, t.LastStatus = "service:web", "RUNNING" }), "", nil},
		{"task already told to stop", of(task, func(t *Task) { t.DesiredStatus = "STOPPED" }), "", nil},
		{"service, alert only", service, AlertOnly, nil},
		{"service rolled back", service, RollBack, RollBackService{"main", serviceARN, revision, "LATEST"}},
		{"service without a compliant revision", changed(service, func(s *Service) { s.Replacement = "" }), RollBack, nil},
		{"service of CODE_DEPLOY cannot be rolled back", changed(service, func(s *Service) { s.Controller = "CODE_DEPLOY" }), RollBack, nil},
		{"service scaled to zero", service, ScaleToZero, ScaleServiceToZero{"main", serviceARN, 0}},
		{"service of CODE_DEPLOY scaled to zero", changed(service, func(s *Service) { s.Controller = "CODE_DEPLOY" }), ScaleToZero, ScaleServiceToZero{"main", serviceARN, 0}},
		{"auto scaling would undo it", changed(service, func(s *Service) { s.MinimumCount = 1 }), ScaleToZero, nil},
		{"service already at zero", changed(service, func(s *Service) { s.DesiredCount = 0 }), ScaleToZero, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var want []Remediation
			if c.want != nil {
				f := Check(c.state)[0]
				want = []Remediation{{Rule: f.Rule, Subject: f.Subject, Definition: definitionOf(c.state), Call: c.want}}
			}
			got := Plan(Check(c.state), Policy{ServiceRemedy: c.remedy})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("planned otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlanMakesTheSameCallOnce(t *testing.T) {
	off := CheckAll([]State{Setting{Scope: ScopeAccount, Mode: ModeOff}, Setting{Scope: ScopeAccount, Deleted: true}})
	if got := Plan(off, DefaultPolicy()); len(got) != 1 {
		t.Errorf("one setting, found twice, is repaired with %d calls", len(got))
	}
}

func TestPolicySplit(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	deregister := Remediation{Rule: TaskDefinitionPlatform, Subject: revision, Call: DeregisterTaskDefinition{revision}}
	stop := Remediation{Rule: TaskLaunchPlatform, Subject: taskARN, Definition: revision, Call: StopTask{Task: taskARN}}
	putDefault := Remediation{Rule: FIPSModeDefault, Subject: "fargateFIPSMode@111122223333/us-gov-west-1", Call: PutAccountSettingDefault{"fargateFIPSMode", "enabled"}}
	exempt := DefaultPolicy()
	exempt.Exemptions = []Exemption{{Resource: "arn:*:task-definition/web:*", Reason: "migration", Approver: "ISSO", Expires: now.Add(time.Hour)}}
	everything := DefaultPolicy()
	everything.Exemptions = []Exemption{{Resource: "*", Reason: "x", Approver: "y", Expires: now.Add(time.Hour)}}
	cases := []struct {
		name    string
		policy  Policy
		action  Remediation
		at      time.Time
		allowed bool
	}{
		{"by default", DefaultPolicy(), deregister, now, true},
		{"a zero policy allows nothing", Policy{}, putDefault, now, false},
		{"audited", DefaultPolicy().Audited(), putDefault, now, false},
		{"exempt", exempt, deregister, now, false},
		{"a task is exempt with its definition", exempt, stop, now, false},
		{"exempt until it expires", exempt, deregister, now.Add(2 * time.Hour), true},
		{"the account setting cannot be exempted", everything, putDefault, now, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			allowed, refused := c.policy.Allow([]Remediation{c.action}, c.at)
			if len(allowed)+len(refused) != 1 {
				t.Fatalf("the action vanished: %v %v", allowed, refused)
			}
			if got := len(allowed) == 1; got != c.allowed {
				t.Errorf("allowed is %t, want %t (%v)", got, c.allowed, refused)
			}
			for _, o := range refused {
				if o.Result != RefusedByPolicy || o.Detail == "" {
					t.Errorf("refused without saying so: %+v", o)
				}
			}
		})
	}
}

func TestMatchResource(t *testing.T) {
	cases := []struct {
		pattern, subject string
		want             bool
	}{
		{"abc", "abc", true}, {"abc", "abcd", false}, {"a*", "abc", true}, {"a*c", "abc", true}, {"a*c", "abd", false},
		{"*:web:*", "x:web:7", true}, {"*:web:*", "x:webs:7", false}, {"a*b*c", "a-b-b-c", true}, {"ab*ba", "aba", false},
		{"", "", true}, {"", "a", false}, {"*", "", true},
		{"*:web", "x:web:7", false}, {"a*c", "abcd", false}, {"a*b*c", "a-b-c-d", false},
	}
	for _, c := range cases {
		if got := matchResource(c.pattern, c.subject); got != c.want {
			t.Errorf("pattern %q matches %q: %t, want %t", c.pattern, c.subject, got, c.want)
		}
	}
}

// TestAnExemptionEndsWhereItsPatternEnds: that of one revision is not that of
// all whose number begins like it, nor that of a family whose name goes on.
func TestAnExemptionEndsWhereItsPatternEnds(t *testing.T) {
	const arn = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	p := Policy{Exemptions: []Exemption{
		{Resource: "arn:aws-us-gov:ecs:*:*:task-definition/legacy:1", Expires: now.Add(time.Hour)},
		{Resource: "arn:aws-us-gov:ecs:*:*:service/*/billing", Expires: now.Add(time.Hour)},
	}}
	for subject, want := range map[string]bool{
		"task-definition/legacy:1": true, "task-definition/legacy:12": false, "task-definition/not-legacy:1": false,
		"service/main/billing": true, "service/main/billing-canary": false, "service/main/new-billing": false, "service/billing/web": false,
	} {
		if _, got := p.Exempt(arn+subject, now); got != want {
			t.Errorf("%s is exempt: %t, want %t", subject, got, want)
		}
	}
}

func TestConfirm(t *testing.T) {
	put := Remediation{Rule: FIPSModeDefault, Call: PutAccountSettingDefault{SettingName, "enabled"}}
	override := Remediation{Rule: FIPSModeOverride, Call: PutAccountSetting{SettingName, "enabled", role}}
	on, off, unknown := Setting{Scope: ScopeAccount, Mode: ModeOn}, Setting{Scope: ScopeAccount, Mode: ModeOff}, Setting{Scope: ScopeAccount}
	someoneElses := Setting{Scope: ScopePrincipal, Principal: role, Mode: ModeOn}
	cases := []struct {
		name     string
		before   Outcome
		observed Setting
		want     Result
	}{
		{"accepted and read back", Outcome{Remediation: put, Result: Unconfirmed}, on, Done},
		{"accepted and off again", Outcome{Remediation: put, Result: Unconfirmed}, off, Failed},
		{"accepted and not legible", Outcome{Remediation: put, Result: Unconfirmed}, unknown, Unconfirmed},
		{"an override says nothing about the account", Outcome{Remediation: put, Result: Unconfirmed}, someoneElses, Unconfirmed},
		{"no answer, but on", Outcome{Remediation: put, Result: Failed}, on, Done},
		{"no answer and off", Outcome{Remediation: put, Result: Failed}, off, Failed},
		{"refused and off", Outcome{Remediation: put, Result: RefusedByAWS}, off, RefusedByAWS},
		{"policy's refusal stays", Outcome{Remediation: put, Result: RefusedByPolicy}, on, RefusedByPolicy},
		{"an override is settled by AWS's answer", Outcome{Remediation: override, Result: RefusedByAWS}, on, RefusedByAWS},
	}
	for _, c := range cases {
		if got := Confirm(c.before, c.observed); got.Result != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Result, got.Detail, c.want)
		}
	}
}

func TestCommandQuotesForeignNames(t *testing.T) {
	a := Remediation{Call: PutAccountSetting{SettingName, "enabled", "arn:aws-us-gov:iam::1:user/x'; rm -rf ~"}}
	want := `aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn 'arn:aws-us-gov:iam::1:user/x'\''; rm -rf ~' --region us-gov-west-1`
	if got := a.Command("us-gov-west-1"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReportSeverity(t *testing.T) {
	report := Report{Findings: []Finding{{Severity: High}}, Outcomes: []Outcome{{Result: Done}}}
	if got := report.Severity(); got != High {
		t.Errorf("a repaired finding of severity HIGH makes a report of severity %s", got)
	}
	report.Outcomes = append(report.Outcomes, Outcome{Result: RefusedByAWS})
	if got := report.Severity(); got != Critical {
		t.Errorf("a report that needs a person has severity %s", got)
	}
	if (Report{Findings: []Finding{{Verdict: Compliant}}}).Noteworthy() {
		t.Error("a compliant report asks for attention")
	}
}

package guard

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRuleIDsAreStable: policies, filters, suppressions and stored evidence
// name rules by these IDs. An ID may be added; none is renamed, reused or
// removed.
func TestRuleIDsAreStable(t *testing.T) {
	want := []RuleID{
		"fips-mode-default", "fips-mode-override", "fips-mode-deleted",
		"task-definition-platform", "task-launch-platform", "task-running-platform", "service-platform", "capacity-provider-fips",
		"task-capacity-provider", "service-capacity-provider",
		"task-kernel-proof", "task-exposed", "launch-kernel",
		"guard-policy", "guard-trail", "guard-events", "guard-alerts", "guard-queues", "guard-module", "guard-evidence", "guard-components", "guard-sessions", "guard-canary",
	}
	var got []RuleID
	for _, r := range Rules() {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the IDs of the rules changed (-before +now):\n%s", diff)
	}
}

func TestNoFieldOfARuleIsEmpty(t *testing.T) {
	for _, r := range Rules() {
		v := reflect.ValueOf(r)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name != "Doubt" && name != "Steps" && v.Field(i).IsZero() {
				t.Errorf("rule %s has no %s", r.ID, name)
			}
		}
		for i := range reflect.TypeFor[Headlines]().NumField() {
			if reflect.ValueOf(r.Headlines).Field(i).IsZero() {
				t.Errorf("rule %s has no headline for %s", r.ID, reflect.TypeFor[Headlines]().Field(i).Name)
			}
		}
		if len(r.Controls) == 0 {
			t.Errorf("rule %s relates to no control", r.ID)
		}
		if r.Remedy != nil && r.Remedy(nil) == "" {
			t.Errorf("rule %s has no remedy in general", r.ID)
		}
	}
}

// TestEveryFindingNamesARule: whatever is checked, people read a headline, a
// reason and what to do.
func TestEveryFindingNamesARule(t *testing.T) {
	for _, s := range []State{
		Setting{}, Setting{Deleted: true}, Setting{Scope: ScopePrincipal}, TaskDefinition{}, Task{}, Task{LastStatus: "PENDING"},
		Service{}, KernelCheck{}, Exposure{}, Witness{}, Canaries{}, CapacityProvider{}, Component{Rule: GuardTrail}, PolicyDocument{}, PolicyDocument{Faults: []string{"line 1"}},
	} {
		findings := Check(s)
		if len(findings) == 0 {
			t.Errorf("%T: no finding", s)
		}
		for _, f := range findings {
			rule, ok := RuleOf(f.Rule)
			if !ok || f.Reason == "" || f.Subject == "" {
				t.Errorf("%T: finding without rule, reason or subject: %+v", s, f)
			}
			if rule.Headlines.Violated == "" || rule.Headlines.Found == "" || rule.Headlines.Unknown == "" || f.Advice() == "" {
				t.Errorf("%T: rule %s has no headline or no advice", s, f.Rule)
			}
		}
	}
}

// TestARemedyNamesItsSubject: a command in a remedy is the one for the Region
// and the principal of the finding, or says plainly what to fill in.
func TestARemedyNamesItsSubject(t *testing.T) {
	const principal = "arn:aws-us-gov:iam::111122223333:role/Admin"
	setting := Setting{Account: "111122223333", Region: "us-gov-east-1", Scope: ScopeAccount, Mode: ModeOff}
	override := setting
	override.Scope, override.Principal = ScopePrincipal, principal
	deleted := setting
	deleted.Mode, deleted.Deleted = ModeUnknown, true
	elsewhere, hostile, long := Setting{Scope: ScopeAccount, Mode: ModeOff}, override, override
	hostile.Principal = "arn:aws-us-gov:iam::111122223333:role/x'; reboot\n"
	long.Principal = "arn:aws-us-gov:iam::111122223333:role/" + strings.Repeat("p", 512)
	const (
		put         = "Run: aws ecs put-account-setting-default --name fargateFIPSMode --value enabled --region "
		putOverride = "Root, or the user or role itself, runs: aws ecs put-account-setting --name fargateFIPSMode --value enabled --principal-arn "
	)
	for _, c := range []struct {
		name  string
		state State
		want  string
	}{
		{"the account default", setting, put + "us-gov-east-1"},
		{"a deleted value", deleted, put + "us-gov-east-1"},
		{"an override", override, putOverride + principal + " --region us-gov-east-1"},
		{"a Region that is not known", elsewhere, put + "REGION"},
		{"a principal that cannot be pasted", hostile, putOverride + "PRINCIPAL --region us-gov-east-1"},
		{"a principal that is too long to be shown", long, putOverride + "PRINCIPAL --region us-gov-east-1"},
	} {
		if got := Check(c.state)[0].Advice(); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestARemedyFitsSecurityHub: Security Hub takes 512 characters; a command that
// was cut would do something else.
func TestARemedyFitsSecurityHub(t *testing.T) {
	longest := Setting{Region: "us-gov-west-1", Scope: ScopePrincipal, Principal: strings.Repeat("p", longestPasted)}
	provider := CapacityProvider{Name: strings.Repeat("p", longestPasted), Cluster: strings.Repeat("c", longestPasted), Managed: Yes, FIPS: ModeOff}
	managed := Task{Fargate: No, Providers: []CapacityProvider{{Managed: Yes}}, Batch: &Batch{ComputeEnvironment: strings.Repeat("c", 128)}}
	states := []State{longest, provider, managed, KernelCheck{Task: managed}, Setting{}, TaskDefinition{}, Task{}, Task{LastStatus: "PENDING"}, Service{}, KernelCheck{}, Exposure{}, Witness{}, Canaries{}}
	for _, r := range Rules() {
		states = append(states, Component{Rule: r.ID})
	}
	for _, s := range states {
		if advice := Check(s)[0].Advice(); len(advice) > 512 {
			t.Errorf("%T: the remedy has %d characters: %s", s, len(advice), advice)
		}
	}
}

func TestControlTitles(t *testing.T) {
	for c, want := range map[Control]string{SC13: "SC-13", CM6x1: "CM-6(1)"} {
		if got := c.Title(); got != want {
			t.Errorf("%s is written %s, want %s", c, got, want)
		}
	}
}

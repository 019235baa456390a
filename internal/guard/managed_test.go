package guard

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func managedProvider(name string, fips Mode) CapacityProvider {
	return CapacityProvider{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/" + name, Name: name, Cluster: "main", Managed: Yes, FIPS: fips}
}

// TestWhatRunsOnManagedInstancesIsJudgedByItsProvider: by Fargate's platform rule
// only as far as it is on Fargate, and never as compliant while its provider is
// unknown.
func TestWhatRunsOnManagedInstancesIsJudgedByItsProvider(t *testing.T) {
	arm := Platform{OS: "LINUX", Architecture: "ARM64"}
	on, off := managedProvider("on", ModeOn), managedProvider("off", ModeOff)
	group := CapacityProvider{Name: "asg", Managed: No}
	unread := ProvidersOf("", []string{"unread"}, "main")
	for _, c := range []struct {
		name      string
		fargate   Answer
		providers []CapacityProvider
		want      map[RuleID]Verdict
	}{
		{"a provider with FIPS mode on, ARM64", No, []CapacityProvider{on}, map[RuleID]Verdict{ServiceCapacityProvider: Compliant}},
		{"a provider with FIPS mode off", No, []CapacityProvider{off}, map[RuleID]Verdict{ServiceCapacityProvider: NonCompliant}},
		{"the worst of two counts", No, []CapacityProvider{on, off}, map[RuleID]Verdict{ServiceCapacityProvider: NonCompliant}},
		{"one of two is not known", No, append(slices.Clone(unread), on), map[RuleID]Verdict{ServiceCapacityProvider: InsufficientData}},
		{"a provider that was not read", No, unread, map[RuleID]Verdict{ServiceCapacityProvider: InsufficientData}},
		{"an Auto Scaling group's", No, []CapacityProvider{group}, map[RuleID]Verdict{ServicePlatform: NotApplicable}},
		{"EC2", No, nil, map[RuleID]Verdict{ServicePlatform: NotApplicable}},
		{"Fargate", Yes, nil, map[RuleID]Verdict{ServicePlatform: NonCompliant}},
		{"both", Yes, []CapacityProvider{on}, map[RuleID]Verdict{ServicePlatform: NonCompliant, ServiceCapacityProvider: Compliant}},
		{"nothing is said", Unknown, nil, map[RuleID]Verdict{ServicePlatform: InsufficientData, ServiceCapacityProvider: InsufficientData}},
	} {
		service := Service{ARN: "service", Definition: TaskDefinition{Platform: arm}, Fargate: c.fargate, Providers: c.providers}
		got := map[RuleID]Verdict{}
		for _, f := range Check(service) {
			got[f.Rule] = f.Verdict
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: a service is judged otherwise (-want +got):\n%s", c.name, diff)
		}
		task := Task{ARN: "task", Platform: arm, PlatformVersion: "1.4.0", Fargate: c.fargate, Providers: c.providers, LastStatus: "PENDING"}
		of := map[RuleID]RuleID{ServicePlatform: TaskLaunchPlatform, ServiceCapacityProvider: TaskCapacityProvider}
		wantTask, gotTask := map[RuleID]Verdict{}, map[RuleID]Verdict{}
		for rule, verdict := range c.want {
			wantTask[of[rule]] = verdict
		}
		for _, f := range Check(task) {
			gotTask[f.Rule] = f.Verdict
		}
		if diff := cmp.Diff(wantTask, gotTask); diff != "" {
			t.Errorf("%s: a task is judged otherwise (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWhichCapacityProvidersALaunchNames(t *testing.T) {
	for _, c := range []struct {
		launchType string
		names      []string
		want       string
		managed    Answer
	}{
		{"", []string{"FARGATE", "FARGATE_SPOT"}, "", Unknown},
		{"", []string{"a", "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:capacity-provider/b"}, "a b", Unknown},
		{"MANAGED_INSTANCES", []string{"a"}, "a", Yes},
		{"MANAGED_INSTANCES", nil, "", Yes},
		{"EC2", []string{"asg"}, "", Unknown},
		{"EXTERNAL", nil, "", Unknown},
		{"FARGATE", nil, "", Unknown},
	} {
		var names []string
		got := ProvidersOf(c.launchType, c.names, "main")
		for _, p := range got {
			names = append(names, p.Name)
			if p.Managed != c.managed || p.Cluster != "main" || p.Unknown == "" {
				t.Errorf("%s %v: %+v", c.launchType, c.names, p)
			}
		}
		if strings.Join(names, " ") != c.want || c.managed == Yes && len(got) == 0 {
			t.Errorf("%s %v: providers %q, want %q", c.launchType, c.names, names, c.want)
		}
	}
}

// TestLaunchesAreKeptOffAProviderWithoutFIPSMode by the calls that keep them off a
// platform that cannot have it, and no call that would not help.
func TestLaunchesAreKeptOffAProviderWithoutFIPSMode(t *testing.T) {
	off := []CapacityProvider{managedProvider("off", ModeOff)}
	task := Task{ARN: "task", Cluster: "main", Fargate: No, Providers: off, LastStatus: "PENDING", Group: "service:web"}
	running := task
	running.LastStatus = "RUNNING"
	alone := running
	alone.Group = "family:web"
	service := Service{ARN: "service", Cluster: "main", Fargate: No, Providers: off, Controller: "ECS", Replacement: "web:1", DesiredCount: 2}
	kernel := KernelCheck{Task: running, Answer: "0"}
	kernel.Task.Redeployable = "service"
	stop := StopTask{Cluster: "main", Task: "task", Reason: "fipsguard: rejected by rule task-capacity-provider"}
	for _, c := range []struct {
		name   string
		state  State
		policy Policy
		want   []Call
	}{
		{"a service's task that starts", task, Policy{}, []Call{stop}},
		{"a service's task that runs", running, Policy{}, nil},
		{"a standalone task that runs", alone, Policy{}, []Call{stop}},
		{"a service", service, Policy{}, nil},
		{"a service, and no revision would help", service, Policy{ServiceRemedy: RollBack}, nil},
		{"a service that may be scaled to zero", service, Policy{ServiceRemedy: ScaleToZero}, []Call{ScaleServiceToZero{Cluster: "main", Service: "service"}}},
		{"a kernel, and a new task would get the same", kernel, Policy{ExposureRemedy: RecycleAndStop}, nil},
		{"the provider itself, which nothing can change", off[0], Policy{ServiceRemedy: ScaleToZero}, nil},
	} {
		var got []Call
		for _, r := range Plan(Check(c.state), c.policy) {
			got = append(got, r.Call)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: other calls are planned (-want +got):\n%s", c.name, diff)
		}
	}
	if _, refused := DefaultPolicy().Allow(Plan(Check(task), DefaultPolicy()), time.Time{}); len(refused) != 1 {
		t.Error("without a policy document a task on Managed Instances is stopped")
	}
	stopped := task
	stopped.Definition, stopped.LastStatus, stopped.DesiredStatus, stopped.Rejected = "web:1", "STOPPED", "STOPPED", RejectedBy(stop.Reason)
	if f := Check(stopped)[0]; f.Verdict != NonCompliant || !strings.Contains(f.Reason, "the guard stopped it") {
		t.Errorf("of a task that the guard stopped it says: %s", f.Reason)
	}
}

// TestADefinitionForManagedInstancesMayBeARM64: FIPS mode of Managed Instances
// does not depend on the platform, Fargate's does.
func TestADefinitionForManagedInstancesMayBeARM64(t *testing.T) {
	for asked, want := range map[string]Verdict{"MANAGED_INSTANCES": NotApplicable, "FARGATE MANAGED_INSTANCES": NonCompliant} {
		requested := strings.Fields(asked)
		f := Check(TaskDefinition{
			ARN: "d", Platform: Platform{OS: "LINUX", Architecture: "ARM64"},
			Fargate: DefinitionOnFargate(requested, []string{"EC2", "FARGATE", "MANAGED_INSTANCES"}), Managed: DefinitionOnManaged(requested),
		})[0]
		if f.Verdict != want {
			t.Errorf("%s, ARM64: %s, want %s", asked, f.Verdict, want)
		}
		if want == NonCompliant && !strings.Contains(f.Advice(), "without FARGATE in requiresCompatibilities") {
			t.Errorf("the advice does not name the other way: %s", f.Advice())
		}
	}
}

// TestAProviderSaysWhoLaunchesOnIt, as far as it is known.
func TestAProviderSaysWhoLaunchesOnIt(t *testing.T) {
	off := managedProvider("off", ModeOff)
	web := Service{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Providers: ProvidersOf("", []string{"off"}, "main")}
	api := Service{Name: "api", Providers: ProvidersOf("", []string{"on", "off"}, "main")}
	other := Service{Name: "other", Providers: ProvidersOf("", []string{"on"}, "main")}
	for _, c := range []struct {
		services []Service
		allRead  bool
		want     string
	}{
		{[]Service{web, other, api, api}, true, "Its launch template says fipsEnabled: false. Services that launch on it: web, api."},
		{[]Service{web}, false, "Its launch template says fipsEnabled: false. Services that launch on it: web; not all services could be read."},
		{[]Service{other}, true, "Its launch template says fipsEnabled: false. No service launches on it."},
		{nil, false, "Its launch template says fipsEnabled: false. Which services launch on it could not be read."},
	} {
		if got := Check(UsedBy([]CapacityProvider{off}, c.services, c.allRead)[0])[0].Reason; got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	steps := Check(UsedBy([]CapacityProvider{off}, []Service{web, api}, true)[0])[0].Steps()
	for _, service := range []string{"web", "api"} {
		if !slices.ContainsFunc(steps, func(s Step) bool {
			return strings.Contains(s.Command, "aws ecs update-service --cluster main --service "+service+" ")
		}) {
			t.Errorf("no command moves service %s: %+v", service, steps)
		}
	}
	if Check(managedProvider("on", ModeOn))[0].Steps() != nil {
		t.Error("a provider with FIPS mode on is to be replaced")
	}
}

// TestTheStepsNameNoHostileText: a name that cannot be pasted is a placeholder.
func TestTheStepsNameNoHostileText(t *testing.T) {
	off := managedProvider("x'; reboot; '", ModeOff)
	off.Cluster, off.Users = "$(reboot)", &Users{Services: []string{"`reboot`", "-f"}}
	for _, step := range Check(off)[0].Steps() {
		if regexp.MustCompile("reboot|-f ").MatchString(step.If + step.Command) {
			t.Errorf("a name in it runs: %+v", step)
		}
	}
}

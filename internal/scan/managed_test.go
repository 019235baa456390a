package scan

import (
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

// TestManagedInstancesAreScanned: tasks and services are joined with their
// providers, kernels are asked on both kinds of compute, and the settings at the
// time of a launch count on Fargate alone.
func TestManagedInstancesAreScanned(t *testing.T) {
	w := guardtest.NewWorld(start)
	on := func(name string, provider string) guard.Task {
		managed := task(name, "app")
		managed.Fargate, managed.PlatformVersion, managed.Platform = guard.No, "", guard.Platform{Architecture: "ARM64"}
		managed.Providers = guard.ProvidersOf("MANAGED_INSTANCES", []string{provider}, w.Cluster)
		return managed
	}
	group := on("on-group", "group")
	group.Providers = guard.ProvidersOf("", []string{"group"}, w.Cluster)
	w.Tasks = []guard.Task{task("fargate", "app"), on("off", "quick"), on("on", "sound"), on("gone", "gone"), group}
	w.Kernels[w.Tasks[1].ARN+"/app"] = "0\n"
	service := func(name, provider string) guard.Service {
		return guard.Service{ARN: "service/main/" + name, Name: name, Fargate: guard.No, Providers: guard.ProvidersOf("", []string{provider}, w.Cluster)}
	}
	w.Services = []guard.Service{service("web", "quick"), service("api", "sound"), service("ec2", "group")}
	w.CapacityProviders = []guard.CapacityProvider{
		{ARN: "capacity-provider/quick", Name: "quick", Managed: guard.Yes, FIPS: guard.ModeOff},
		{ARN: "capacity-provider/sound", Name: "sound", Managed: guard.Yes, FIPS: guard.ModeOn, Omitted: true},
		{ARN: "capacity-provider/group", Name: "group", Managed: guard.No},
	}
	result := scan(t, w, guard.DefaultPolicy(), Request{})
	short := func(rule guard.RuleID) map[string]string {
		got := verdicts(result.Report, rule)
		for name, text := range got {
			got[name], _, _ = strings.Cut(text, ":")
		}
		return got
	}
	for rule, want := range map[guard.RuleID]map[string]string{
		guard.CapacityProviderFIPS:    {"quick": "NON_COMPLIANT", "sound": "COMPLIANT"},
		guard.ServiceCapacityProvider: {"web": "NON_COMPLIANT", "api": "COMPLIANT"},
		guard.TaskCapacityProvider:    {"off": "NON_COMPLIANT", "on": "COMPLIANT", "gone": "INSUFFICIENT_DATA"},
		guard.TaskKernelProof:         {"fargate": "COMPLIANT", "off": "NON_COMPLIANT", "on": "COMPLIANT", "gone": "COMPLIANT"},
		guard.TaskRunningPlatform:     {"fargate": "COMPLIANT"},
		guard.ServicePlatform:         {},
	} {
		if diff := cmp.Diff(want, short(rule)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rule, diff)
		}
	}
	if exposures := short(guard.TaskExposed); len(exposures) != 1 || exposures["fargate"] == "" {
		t.Errorf("launches are looked up in Fargate's history: %v", exposures)
	}
	if reason := verdicts(result.Report, guard.CapacityProviderFIPS)["quick"]; !strings.HasSuffix(reason, "Services that launch on it: web.") {
		t.Errorf("of the provider it says: %s", reason)
	}
	if writes := w.Writes(); len(writes) > 0 {
		t.Errorf("without a policy document it changes %v", writes)
	}
	w.Faults["ecs:DescribeCapacityProviders"] = guardtest.Down
	result = scan(t, w, guard.DefaultPolicy(), Request{})
	for _, f := range result.Report.Findings {
		if rule, _ := guard.RuleOf(f.Rule); rule.Group == guard.GroupManaged && f.Verdict != guard.InsufficientData {
			t.Errorf("ECS does not show the providers, and %s of %s is %s", f.Rule, f.Subject, f.Verdict)
		}
	}
	off := guard.DefaultPolicy()
	off.Modes[guard.CapacityProviderFIPS] = guard.Off
	delete(w.Faults, "ecs:DescribeCapacityProviders")
	result = scan(t, w, off, Request{})
	examined := false
	for _, rule := range result.Report.Coverage.NotExamined() {
		examined = examined || rule.ID == guard.CapacityProviderFIPS
	}
	if !examined {
		t.Error("a rule that the policy turns off counts as examined")
	}
}

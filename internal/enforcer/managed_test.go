package enforcer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

const describeProviders = "ecs:DescribeCapacityProviders"

// TestTheGateReadsACapacityProviderBeforeItActs: a launch on ECS Managed Instances
// is judged by what its provider is now. Nothing is done to what runs on one with
// FIPS mode on, on an Auto Scaling group's, or on one that could not be read.
func TestTheGateReadsACapacityProviderBeforeItActs(t *testing.T) {
	provider := func(managed guard.Answer, fips guard.Mode) []guard.CapacityProvider {
		return []guard.CapacityProvider{{ARN: prefix + "capacity-provider/managed", Name: "managed", Managed: managed, FIPS: fips}}
	}
	enforced := guard.DefaultPolicy()
	enforced.Modes[guard.TaskCapacityProvider], enforced.Modes[guard.ServiceCapacityProvider] = guard.Enforce, guard.Enforce
	enforced.ServiceRemedy = guard.ScaleToZero
	for _, c := range []struct {
		name   string
		event  string
		has    []guard.CapacityProvider
		down   bool
		policy guard.Policy
		calls  []string
		alert  string // in its subject; empty for none
		failed bool
	}{
		{name: "a task, FIPS mode off", event: "change-managed-instances-pending", has: provider(guard.Yes, guard.ModeOff), policy: enforced,
			calls: []string{describeProviders, describeTasks, describeProviders, stop}, alert: "Task on Managed Instances without FIPS mode; being stopped"},
		{name: "a task, FIPS mode off, by default", event: "change-managed-instances-pending", has: provider(guard.Yes, guard.ModeOff), policy: guard.DefaultPolicy(),
			calls: []string{describeProviders, describeTasks, describeProviders}, alert: "Task on Managed Instances without FIPS mode; not fixed (policy)"},
		{name: "a task, FIPS mode on", event: "change-managed-instances-pending", has: provider(guard.Yes, guard.ModeOn), policy: enforced, calls: []string{describeProviders}},
		{name: "a task that an Auto Scaling group runs", event: "change-managed-instances-pending", has: provider(guard.No, guard.ModeUnknown), policy: enforced, calls: []string{describeProviders}},
		{name: "a task, the provider is not shown", event: "change-managed-instances-pending", policy: enforced,
			calls: []string{describeProviders, describeTasks, describeProviders}, alert: "Task on Managed Instances could not be checked"},
		{name: "a task, ECS does not answer", event: "change-managed-instances-pending", has: provider(guard.Yes, guard.ModeOff), down: true, policy: enforced,
			calls: []string{describeProviders, describeTasks, describeProviders}, alert: "Task on Managed Instances could not be checked", failed: true},
		{name: "a service, FIPS mode off", event: "service-created-on-managed-instances", has: provider(guard.Yes, guard.ModeOff), policy: enforced,
			calls: []string{describeServices, describeProviders, "ecs:UpdateService"}, alert: "Service on Managed Instances without FIPS mode; scaling to zero"},
		{name: "a service, FIPS mode on", event: "service-created-on-managed-instances", has: provider(guard.Yes, guard.ModeOn), policy: enforced,
			calls: []string{describeServices, describeProviders}},
		{name: "the provider itself, which nothing changes", event: "provider-managed-fips-off", policy: enforced, alert: "Capacity provider without FIPS mode"},
		{name: "a definition for ARM64 there", event: "definition-arm64-managed-instances", policy: enforced},
	} {
		t.Run(c.name, func(t *testing.T) {
			on := guard.ProvidersOf("", []string{"managed"}, prefix+"cluster/main")
			launched := onARM(task(0x14, "family:web", "PENDING", ""))
			launched.Fargate, launched.Providers = guard.No, on
			account := workloads(arm, launched)
			account.Services[0].Fargate, account.Services[0].Providers = guard.No, on
			account.CapacityProviders = c.has
			if c.down {
				account.Faults[describeProviders] = guardtest.Down
			}
			e, mail, _ := newGuard(account)
			e.Policy = c.policy
			err := e.Respond(t.Context(), location, happened(recorded(t, c.event), now.Add(-time.Second)))
			if (err != nil) != c.failed {
				t.Errorf("the error is %v", err)
			}
			if diff := cmp.Diff(c.calls, account.APIs()); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			if c.alert == "" && len(mail.alerts) > 0 || c.alert != "" && !slices.ContainsFunc(mail.alerts, func(a received) bool { return strings.Contains(a.whole, c.alert) }) {
				t.Errorf("alerts %+v, want %q", mail.alerts, c.alert)
			}
		})
	}
}

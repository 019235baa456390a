package enforcer

import (
	"context"
	"slices"
	"testing"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

// unread is what holds while the policy document cannot be read.
func unread(why guard.Basis) guard.Held {
	return guard.Held{Policy: config.WithoutDocument(guard.Enforce, why), Faults: []string{"it could not be read"}}
}

// TestAPolicyThatCannotBeReadIsWaitedFor: nothing is done by a policy that nobody
// has read, people hear at once, and the event comes back until it can be read.
// Where there is none, or a scan comes back to it, nothing is waited for.
func TestAPolicyThatCannotBeReadIsWaitedFor(t *testing.T) {
	audited := guard.DefaultPolicy().Audited()
	for name, c := range map[string]struct {
		event   string
		account *guardtest.Account
		held    []guard.Held // at each delivery
		waits   bool         // after the first
		calls   []string
		told    [][]guard.Result // of each alert about workloads
	}{
		"it is read later, and enforces": {
			event: "definition-arm64", account: workloads(arm), held: []guard.Held{unread(guard.DocumentUnread), {Policy: guard.DefaultPolicy(), Version: 1}},
			waits: true, calls: []string{describe, deregister}, told: [][]guard.Result{{guard.Failed}, {guard.Answered}},
		},
		"a launch": {
			event: "launch-arm64", account: workloads(arm, task(4, "family:web", "PROVISIONING", "1.4.0")), held: []guard.Held{unread(guard.DocumentUnread), {Policy: guard.DefaultPolicy(), Version: 1}},
			waits: true, calls: []string{describeTasks, stop}, told: [][]guard.Result{{guard.Failed}, {guard.Answered}},
		},
		"it is read later, and audits": {
			event: "definition-arm64", account: workloads(arm), held: []guard.Held{unread(guard.DocumentUnread), {Policy: audited, Version: 1}},
			waits: true, calls: []string{describe}, told: [][]guard.Result{{guard.Failed}, {guard.RefusedByPolicy}},
		},
		"it is not read for long": {
			event: "definition-arm64", account: workloads(arm), held: slices.Repeat([]guard.Held{unread(guard.DocumentUnread)}, 10),
			waits: true, calls: []string{describe}, told: [][]guard.Result{{guard.Failed}},
		},
		"there is none": {
			event: "definition-arm64", account: workloads(arm), held: []guard.Held{unread(guard.WithoutDocument)},
			calls: []string{describe}, told: [][]guard.Result{{guard.RefusedByPolicy}},
		},
		"what scans come back to": {
			event: "change-standalone-arm64-running", account: workloads(arm, task(13, "family:web", "RUNNING", "1.4.0")), held: []guard.Held{unread(guard.DocumentUnread)},
			calls: []string{describeTasks}, told: [][]guard.Result{{guard.RefusedByPolicy}},
		},
		"what is compliant": {event: "change-system-unseen", account: workloads(covered), held: []guard.Held{unread(guard.DocumentUnread)}},
	} {
		t.Run(name, func(t *testing.T) {
			e, in, _ := newGuard(c.account)
			for i, held := range c.held {
				e.Workloads = func(context.Context) guard.Held { return held }
				err := e.Respond(t.Context(), location, recorded(t, c.event))
				if again := c.waits && held.Version == 0; (err != nil) != again {
					t.Errorf("delivery %d comes again: %t, want %t (%v)", i+1, err != nil, again, err)
				}
			}
			if diff := cmp.Diff(c.calls, once(c.account.APIs())); diff != "" {
				t.Errorf("other calls were made (-want +got):\n%s", diff)
			}
			var told [][]guard.Result
			for _, a := range in.alerts {
				var results []guard.Result
				for _, o := range a.Outcomes {
					results = append(results, o.Result)
				}
				if len(results) > 0 {
					told = append(told, results)
				}
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Errorf("people were told otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

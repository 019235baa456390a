package simulation

import (
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
)

// TestACanaryAsksForNothing: behind all of the stack's rules it is no scan, no
// alert and no call. A scan that sends a canary that asks for a scan would never
// end.
func TestACanaryAsksForNothing(t *testing.T) {
	a, err := Start(t.Context(), guard.DefaultPolicy(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	if err := a.AWS.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	calls, sent := len(a.AWS.Calls()), len(a.AWS.Published())
	if err := a.sendCanary(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.AWS.Advance(t.Context(), 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	if n := len(a.scanned()); n != 0 {
		t.Errorf("%d scans followed", n)
	}
	if n := len(a.AWS.Published()) - sent; n != 0 {
		t.Errorf("%d alerts followed", n)
	}
	writes := 0
	for _, call := range a.AWS.Calls()[calls:] {
		if strings.Contains(call.Operation, "PutAccountSetting") {
			writes++
		}
	}
	if writes != 1 {
		t.Errorf("%d calls wrote the setting, want the canary alone", writes)
	}
}

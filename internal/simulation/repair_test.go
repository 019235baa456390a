package simulation

import (
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// TestOnlyARepairAsksForAScan: who is exposed has to be found out after it. A
// write that nothing showed to be needed exposed nobody; it may come every ten
// minutes.
func TestOnlyARepairAsksForAScan(t *testing.T) {
	for application, want := range map[string]int{product.Name: 1, product.Unseen: 0} {
		a, err := Start(t.Context(), guard.DefaultPolicy(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.AWS.Close() })
		enforcer := ecs.NewFromConfig(a.configFor(a.People.Guard), func(o *ecs.Options) { o.AppID = application })
		if _, err := enforcer.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String("enabled")}); err != nil {
			t.Fatal(err)
		}
		if err := a.AWS.Advance(t.Context(), 5*time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := len(a.scanned()); got != want {
			t.Errorf("a write as %s asked for %d scans, want %d", application, got, want)
		}
	}
}

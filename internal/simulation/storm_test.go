package simulation

import (
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// TestAStormOfWorkloadsDoesNotDelayTheSetting: bad definitions put every
// execution that works on them to sleep in ECS's throttle. The setting is back
// on within a second of real time all the same, with five executions for the
// whole account.
func TestAStormOfWorkloadsDoesNotDelayTheSetting(t *testing.T) {
	a := newAccount(guard.DefaultPolicy(), localaws.Options{Concurrency: 5})
	a.sleep = sleepInRealTime
	if err := a.start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	s, err := read(language(), "The pipeline registers the ARM64 task definition storm.")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		if err := register(t.Context(), a, s.phrase, fmt.Sprintf("storm-%d", n)); err != nil {
			t.Fatal(err)
		}
	}
	pipeline := a.as(a.People.Terraform)
	off := time.Now()
	if _, err := pipeline.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String("disabled")}); err != nil {
		t.Fatal(err)
	}
	for {
		out, err := pipeline.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Settings) > 0 && aws.ToString(out.Settings[0].Value) == "enabled" {
			break
		}
		if time.Since(off) > 5*time.Second {
			t.Fatal("the setting waits behind the storm")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if took := time.Since(off); took > time.Second {
		t.Errorf("it took %s", took)
	}
}

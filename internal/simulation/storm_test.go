package simulation

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// TestAStormOfWorkloadsDoesNotDelayTheSetting: bad definitions put every
// execution that works on them to sleep in ECS's throttle. The setting is back
// on within a second of the account's time all the same, however few executions
// the whole account has: five, the ten of a new account, or enough.
// docs/performance.md has what it prints.
func TestAStormOfWorkloadsDoesNotDelayTheSetting(t *testing.T) {
	definitions := 500
	if testing.Short() {
		definitions = 40
	}
	t.Logf("executions  definitions  deregistered  until FIPS mode is on")
	for _, executions := range []int{5, 10, 60} {
		t.Run(fmt.Sprintf("%d executions", executions), func(t *testing.T) {
			took, deregistered := storm(t, executions, definitions)
			t.Logf("%10d  %11d  %12d  %s", executions, definitions, deregistered, took.Round(10*time.Microsecond))
			if took > time.Second {
				t.Errorf("the setting waits behind the storm for %s", took)
			}
			if deregistered >= definitions {
				t.Error("the storm was over before the setting was turned off")
			}
		})
	}
}

// storm registers bad definitions, then turns FIPS mode off, and returns how
// long it was off and how many of the definitions were rejected by then. Its
// account's time is real.
func storm(t *testing.T, executions, definitions int) (off time.Duration, deregistered int) {
	a := newAccount(guard.DefaultPolicy(), localaws.Options{Concurrency: executions})
	a.sleep = sleepInRealTime
	if err := a.start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	s, err := read(language(), "The pipeline registers the ARM64 task definition storm.")
	if err != nil {
		t.Fatal(err)
	}
	for n := range definitions {
		if err := register(t.Context(), a, s.phrase, fmt.Sprintf("storm-%d", n)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = a.as(a.People.Terraform).PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String("disabled")})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		calls := a.AWS.Calls()
		turnedOff := slices.IndexFunc(calls, madeBy(a.People.Terraform, "ecs:PutAccountSettingDefault"))
		after := calls[turnedOff:]
		if i := slices.IndexFunc(after, madeBy(a.People.Guard, "ecs:PutAccountSettingDefault")); i >= 0 {
			for _, call := range calls[:turnedOff+i] {
				if madeBy(a.People.Guard, "ecs:DeregisterTaskDefinition")(call) {
					deregistered++
				}
			}
			return after[i].Time.Sub(after[0].Time), deregistered
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the setting stays off")
	return 0, 0
}

func madeBy(p Principal, operation string) func(localaws.Call) bool {
	return func(call localaws.Call) bool { return call.Principal == p && call.Operation == operation }
}

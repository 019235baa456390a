package drills_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/drill"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
	"fipsguard/internal/wiring/drills"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// deployed is an account with the guard and what a drill needs, in simulated
// time.
func deployed(t *testing.T, policy guard.Policy) *simulation.Account {
	t.Helper()
	began := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	a, err := simulation.Start(t.Context(), policy, simulation.Options{Now: func() time.Time { return began }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.AWS.Close() })
	if err := a.DeployDrill(t.Context()); err != nil {
		t.Fatal(err)
	}
	pass(t, a, time.Minute)
	return a
}

func pass(t *testing.T, a *simulation.Account, d time.Duration) {
	t.Helper()
	if err := a.AWS.Advance(context.WithoutCancel(t.Context()), d); err != nil {
		t.Fatal(err)
	}
}

// all are the options of a drill that takes every step.
func all() drill.Options {
	return drill.Options{Launch: true, Witness: true, Cluster: "default", Subnets: []string{"subnet-0123456789abcdef0"}, Exposure: true}
}

// network is the one between a drill and the account. It can be cut.
type network struct {
	mu    sync.Mutex
	calls int
	cutAt int // the call whose answer is the last; 0 is never
	dies  context.CancelFunc
}

// killedError is one that the SDK does not try again.
type killedError struct{}

func (killedError) Error() string       { return "the drill was killed" }
func (killedError) CanceledError() bool { return true }

func (n *network) Do(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.calls++
	cut := n.cutAt > 0 && n.calls > n.cutAt
	n.mu.Unlock()
	if cut {
		n.dies()
		return nil, killedError{}
	}
	return http.DefaultClient.Do(r)
}

func (n *network) made() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls
}

// prepared is a drill in an account, over a network, as an administrator begins
// it.
func prepared(t *testing.T, a *simulation.Account, n *network, o drill.Options) (drill.Drill, error) {
	t.Helper()
	settings := a.AWS.Config(a.People.Admin, simulation.Region)
	settings.HTTPClient = n
	caller := scans.Principal{Location: guard.Location{Account: localaws.AccountID, Region: simulation.Region}}
	as, me, err := drills.Role(t.Context(), settings, caller, a.AWS.Now(), o.Steps())
	if err != nil {
		return drill.Drill{}, err
	}
	return drill.Drill{
		Account: drills.Account(as, caller.Location, me, drills.Network{Subnets: o.Subnets, Now: a.AWS.Now, Sleep: advance(a)}), Me: me, Options: o, Now: a.AWS.Now,
		Sleep:    advance(a),
		Progress: func(string) {},
	}, nil
}

// advance sleeps by letting the account's time pass.
func advance(a *simulation.Account) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error { return a.AWS.Advance(ctx, d) }
}

func run(t *testing.T, a *simulation.Account, o drill.Options) drill.Outcome {
	t.Helper()
	d, err := prepared(t, a, &network{}, o)
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func results(out drill.Outcome) map[drill.StepID]drill.Result {
	all := map[drill.StepID]drill.Result{}
	for _, s := range out.Steps {
		all[s.ID] = s.Result
	}
	return all
}

func TestAllStepsAreSeen(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	before := state(t, a)
	out := run(t, a, all())
	want := map[drill.StepID]drill.Result{
		drill.DefinitionStep: drill.Repaired, drill.OverrideStep: drill.HandedOver, drill.OldLaunchStep: drill.Repaired,
		drill.ARMLaunchStep: drill.Repaired, drill.CanaryStep: drill.Confirmed, drill.WitnessStep: drill.Confirmed, drill.DefaultStep: drill.Repaired,
	}
	if diff := cmp.Diff(want, results(out)); diff != "" || len(out.Left) > 0 || len(out.Errors) > 0 {
		t.Errorf("left %q, errors %v, results (-want +got):\n%s", out.Left, out.Errors, diff)
		for _, s := range out.Steps {
			t.Logf("%s: %s %s %v", s.ID, s.Result, s.Why, s.Broken)
		}
	}
	for _, f := range out.Facts {
		t.Logf("fact %s: %s", f.Question, f.Answer)
	}
	forget(t, a)
	if diff := cmp.Diff(before, state(t, a)); diff != "" {
		t.Errorf("the account is not as it was (-before +after):\n%s", diff)
	}
}

// forget lets AWS forget what was deleted and stopped.
func forget(t *testing.T, a *simulation.Account) {
	t.Helper()
	for range 3 {
		pass(t, a, 61*time.Minute)
	}
}

// state is everything of ECS that the account shows to an administrator and to
// root, as JSON.
func state(t *testing.T, a *simulation.Account) string {
	t.Helper()
	client := ecs.NewFromConfig(a.AWS.Config(a.People.Admin, simulation.Region))
	ctx := context.WithoutCancel(t.Context())
	shown := a.Shown()
	all := map[string]any{"overrides": shown.Overrides}
	settings, err := client.ListAccountSettings(ctx, &ecs.ListAccountSettingsInput{EffectiveSettings: true})
	if err != nil {
		t.Fatal(err)
	}
	all["settings"] = settings.Settings
	for _, status := range []types.TaskDefinitionStatus{"ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"} {
		listed, err := client.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{Status: status})
		if err != nil {
			t.Fatal(err)
		}
		for _, arn := range listed.TaskDefinitionArns {
			d, err := client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &arn})
			if err != nil {
				t.Fatal(err)
			}
			all[arn] = d.TaskDefinition
		}
	}
	clusters, err := client.ListClusters(ctx, &ecs.ListClustersInput{})
	if err != nil {
		t.Fatal(err)
	}
	all["clusters"] = clusters.ClusterArns
	for _, cluster := range clusters.ClusterArns {
		services, err := client.ListServices(ctx, &ecs.ListServicesInput{Cluster: &cluster})
		if err != nil {
			t.Fatal(err)
		}
		all["services "+cluster] = services.ServiceArns
	}
	all["tasks"] = shown.Tasks
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestKilledAfterEveryCall: whatever the last call of a drill was, --clean
// leaves the account as it was.
func TestKilledAfterEveryCall(t *testing.T) {
	whole := &network{}
	a := deployed(t, guard.DefaultPolicy())
	d, err := prepared(t, a, whole, all())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("a drill makes %d calls", whole.made())
	for cut := 1; cut < whole.made(); cut++ {
		a := deployed(t, guard.DefaultPolicy())
		before := state(t, a)
		ctx, dies := context.WithCancel(t.Context())
		if d, err := prepared(t, a, &network{cutAt: cut, dies: dies}, all()); err == nil {
			_, _ = d.Run(ctx)
		}
		dies()
		d, err := prepared(t, a, &network{}, all())
		if err != nil {
			t.Fatal(err)
		}
		cleaned := d.Clean(t.Context(), true)
		forget(t, a)
		if diff := cmp.Diff(before, state(t, a)); diff != "" || len(cleaned.Left) > 0 {
			t.Fatalf("killed after call %d of %d, cleaning up leaves %q (-before +after):\n%s", cut, whole.made(), cleaned.Left, diff)
		}
		_ = a.AWS.Close()
	}
}

// TestEveryPermissionIsUsed: a drill of all steps, cleaning up included, makes
// each call of the plan, and no other.
func TestEveryPermissionIsUsed(t *testing.T) {
	a := deployed(t, guard.DefaultPolicy())
	o := all()
	d, err := prepared(t, a, &network{}, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Account.ListTasks(t.Context(), "default", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, c := range a.AWS.Calls() {
		if c.Principal.AccessKeyID == a.People.Drill.AccessKeyID {
			made[c.Operation] = true
		}
	}
	for _, c := range drill.Permissions() {
		if !c.Implied && !made[c.Action] && !slices.Contains([]string{"ecs:DescribeServices"}, c.Action) { // there is no service
			t.Errorf("the plan has %s, and no drill calls it", c.Action)
		}
	}
	for action := range made {
		if !drill.Permits(o.Steps(), action) {
			t.Errorf("the drill's role called %s, which is not in the plan", action)
		}
	}
}

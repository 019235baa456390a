package rehearse_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/policydoc"
	"fipsguard/internal/rehearse"
	"fipsguard/internal/scan"
	"fipsguard/internal/trail"
)

// event is one of the recorded events of trail's tests.
func event(t *testing.T, name string) guard.Event {
	t.Helper()
	data, err := os.ReadFile("../trail/testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	e, err := trail.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// later is an event as it would be some time later.
func later(e guard.Event, by time.Duration) guard.Event {
	e.Cause.Time, e.Cause.EventID = e.Cause.Time.Add(by), fmt.Sprint(e.Cause.EventID, by)
	return e
}

func play(t *testing.T, known rehearse.Known, policy guard.Policy, events ...guard.Event) rehearse.Past {
	t.Helper()
	past, err := rehearse.Play(t.Context(), rehearse.Input{
		Location: guard.Location{Account: "111122223333", Region: "us-gov-west-1"}, Events: events, Known: known, Policy: policy, TeamTag: "team",
	})
	if err != nil {
		t.Fatal(err)
	}
	return past
}

func kinds(actions []rehearse.Action) string {
	var all []string
	for _, a := range actions {
		all = append(all, string(rehearse.KindOf(a.Call)))
	}
	return strings.Join(all, ", ")
}

func TestCapacityProvidersAreRehearsed(t *testing.T) {
	created := event(t, "provider-managed-fips-off")
	p, ok := created.States[0].(guard.CapacityProvider)
	if !ok || p.FIPS != guard.ModeOff {
		t.Fatalf("%+v", created.States)
	}
	past := play(t, rehearse.Known{}, guard.DefaultPolicy(), created)
	if len(past.Alerts) != 1 || past.Alerts[0].Findings[0].Rule != guard.CapacityProviderFIPS || len(past.Actions) != 0 {
		t.Errorf("%+v", past)
	}
	launch := event(t, "launch-on-managed-instances")
	task, _ := launch.States[0].(guard.Task)
	if past := play(t, rehearse.Known{}, guard.DefaultPolicy(), launch); len(past.Unknown) != 1 || past.Unknown[0].Count != 1 {
		t.Errorf("on a provider that nobody knows: %+v", past.Unknown)
	}
	// One alert when ECS shows the task, and one when the record says who launched it.
	for mode, alerts := range map[guard.Mode]int{guard.ModeOff: 2, guard.ModeOn: 0} {
		known := rehearse.Known{Providers: []guard.CapacityProvider{{Name: task.Providers[0].Name, Cluster: "main", Managed: guard.Yes, FIPS: mode}}}
		if past := play(t, known, guard.DefaultPolicy(), launch); len(past.Alerts) != alerts || len(past.Unknown) != 0 {
			t.Errorf("on a provider whose FIPS mode is %s: %+v", mode, past)
		}
	}
}

// TestWhatNoRecordShowsIsUnknown: nothing is done about it, and it is counted.
func TestWhatNoRecordShowsIsUnknown(t *testing.T) {
	launch := event(t, "launch-platform-1.3.0")
	task, _ := launch.States[0].(guard.Task)
	task.Platform, task.PlatformVersion = guard.Platform{}, "1.4.0"
	launch.States[0] = task
	past := play(t, rehearse.Known{}, guard.DefaultPolicy(), launch, launch, later(launch, time.Hour))
	if len(past.Actions) != 0 || len(past.Unknown) != 1 || past.Unknown[0].Count != 1 || past.Unknown[0].Examples[0] != task.Definition || past.Events != 2 {
		t.Errorf("%+v", past)
	}
	arm := guard.TaskDefinition{ARN: task.Definition, Fargate: guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "ARM64"}, Inactive: true}
	if past := play(t, rehearse.Known{Definitions: []guard.TaskDefinition{arm}}, guard.DefaultPolicy(), launch); kinds(past.Actions) != "stopped" || len(past.Unknown) != 0 {
		t.Errorf("of a definition that AWS knows: %+v", past)
	}
	if past := play(t, rehearse.Known{}, guard.DefaultPolicy(), event(t, "definition-arm64-response-omitted")); len(past.Actions) != 0 || len(past.Unknown) != 1 {
		t.Errorf("a registration without its answer: %+v", past)
	}
}

// TestTheOrderOfEventsDoesNotMatter, nor that they come twice, nor those of others.
func TestTheOrderOfEventsDoesNotMatter(t *testing.T) {
	register, launch, off := event(t, "definition-arm64"), event(t, "launch-arm64"), event(t, "setting-default-off")
	elsewhere := off
	elsewhere.Cause.Region = "us-gov-east-1"
	events := []guard.Event{register, later(launch, time.Minute), later(off, 2*time.Minute), later(launch, time.Hour), elsewhere, register}
	want := play(t, rehearse.Known{}, guard.DefaultPolicy(), events...)
	if kinds(want.Actions) != "deregistered, stopped, corrected" || len(want.Blocked) != 1 {
		t.Errorf("%s, %d blocked", kinds(want.Actions), len(want.Blocked))
	}
	slices.Reverse(events)
	if got := play(t, rehearse.Known{}, guard.DefaultPolicy(), events...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("in another order\n%v\nnot\n%v", got, want)
	}
	audited := play(t, rehearse.Known{}, guard.DefaultPolicy().Audited(), events...)
	if len(audited.Actions)+len(audited.Blocked) != 0 || len(audited.Alerts) == 0 {
		t.Errorf("a policy that only audits: %+v", audited)
	}
}

// TestExemptions: with what is printed, nothing is done to workloads any more.
func TestExemptions(t *testing.T) {
	events := []guard.Event{
		event(t, "definition-arm64"), event(t, "launch-arm64"), event(t, "launch-platform-1.3.0"), event(t, "setting-default-off"),
		event(t, "service-created-platform-1.3.0"),
	}
	arm := guard.TaskDefinition{Fargate: guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}}
	var known rehearse.Known
	for _, e := range events {
		switch s := e.States[0].(type) {
		case guard.Task:
			arm.ARN = s.Definition
			known.Definitions = append(known.Definitions, arm)
		case guard.Service:
			arm.ARN = s.Definition.ARN
			known.Definitions = append(known.Definitions, arm)
		}
	}
	policy := guard.DefaultPolicy()
	policy.Modes[guard.ServicePlatform], policy.ServiceRemedy = guard.Enforce, guard.ScaleToZero
	past := play(t, known, policy, events...)
	if len(past.Actions) < 4 {
		t.Fatalf("too little is done: %s", kinds(past.Actions))
	}
	now := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	text, err := json.Marshal(map[string]any{"version": 1, "exemptions": rehearse.Exemptions(past, rehearse.Now{}, now)})
	if err != nil {
		t.Fatal(err)
	}
	read, err := config.ParsePolicy(text, now)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	policy.Exemptions = read.Exemptions
	if again := play(t, known, policy, events...); kinds(again.Actions) != "corrected" || len(again.Blocked) != 0 {
		t.Errorf("with\n%s\nit still does: %s", text, kinds(again.Actions))
	}
	teams := rehearse.Teams(past, rehearse.Now{})
	total := 0
	for _, team := range teams {
		for _, n := range team.Done {
			total += n
		}
	}
	if total != len(past.Actions) {
		t.Errorf("the teams have %d actions of %d: %+v", total, len(past.Actions), teams)
	}
}

// TestAnOverrideIsTried: the rehearsal does not say that it would be back on.
func TestAnOverrideIsTried(t *testing.T) {
	past := play(t, rehearse.Known{}, guard.DefaultPolicy(), event(t, "setting-override-off"))
	if kinds(past.Actions) != "tried to correct" || len(past.Alerts) != 1 || !strings.Contains(past.Alerts[0].Subject, "YOU must act") || len(past.Unknown) != 1 {
		t.Errorf("%+v", past)
	}
	if all := rehearse.Exemptions(past, rehearse.Now{}, time.Now()); len(all) != 0 {
		t.Errorf("the setting cannot be exempted: %+v", all)
	}
}

// TestTeamsAreTagged: a team is the tag's value, where a definition was registered
// with it, also for what is launched from it; else the family.
func TestTeamsAreTagged(t *testing.T) {
	register, launch := event(t, "definition-arm64"), event(t, "launch-arm64")
	d, _ := register.States[0].(guard.TaskDefinition)
	task, _ := launch.States[0].(guard.Task)
	task.Definition = d.ARN
	launch.States[0] = task
	for tag, want := range map[string]string{"": "web", "payments": "payments"} {
		d.Tags = map[string]string{"team": tag, "other": "x"}
		register.States[0] = d
		past := play(t, rehearse.Known{}, guard.DefaultPolicy(), register, later(launch, time.Minute), later(launch, time.Hour))
		teams := rehearse.Teams(past, rehearse.Now{})
		if len(teams) != 1 || teams[0].Name != want || teams[0].Done[rehearse.Stopped] != 1 || teams[0].Done[rehearse.Deregistered] != 1 || teams[0].Blocked != 1 {
			t.Errorf("tag %q: %+v", tag, *teams[0])
		}
	}
}

// TestAServiceThatIsNotCreatedHasNoLaterEvents.
func TestAServiceThatIsNotCreatedHasNoLaterEvents(t *testing.T) {
	register, create := event(t, "definition-arm64"), event(t, "service-created-latest")
	d, _ := register.States[0].(guard.TaskDefinition)
	s, _ := create.States[0].(guard.Service)
	s.Definition.ARN = d.ARN
	create.States[0] = s
	moved := later(create, 2*time.Hour)
	s.Definition.ARN = strings.Replace(d.ARN, "web:7", "web:8", 1)
	moved.States, moved.Cause.EventName = []guard.State{s}, "UpdateService"
	fine := d
	fine.ARN, fine.Platform.Architecture = s.Definition.ARN, "X86_64"
	past := play(t, rehearse.Known{Definitions: []guard.TaskDefinition{fine}}, guard.DefaultPolicy(), register, later(create, time.Hour), moved)
	if len(past.Blocked) != 2 || kinds(past.Actions) != "deregistered" {
		t.Errorf("%d blocked, %s", len(past.Blocked), kinds(past.Actions))
	}
	past = play(t, rehearse.Known{Definitions: []guard.TaskDefinition{fine}}, guard.DefaultPolicy(), register, later(create, 5*time.Minute), moved)
	if len(past.Blocked) != 0 {
		t.Errorf("within ten minutes: %d blocked", len(past.Blocked))
	}
}

// TestAServiceThatWasRolledBackIsDeployedAgain: without the guard nothing changed,
// so the second record names the same deployment.
func TestAServiceThatWasRolledBackIsDeployedAgain(t *testing.T) {
	register, create := event(t, "definition-arm64"), event(t, "service-created-latest")
	bad, _ := register.States[0].(guard.TaskDefinition)
	fine := bad
	fine.ARN, fine.Platform.Architecture = strings.Replace(bad.ARN, "web:7", "web:6", 1), "X86_64"
	s, _ := create.States[0].(guard.Service)
	s.Definition.ARN = bad.ARN
	create.States = []guard.State{s}
	again := later(create, 20*time.Minute)
	again.Cause.EventName = "UpdateService"
	policy := guard.DefaultPolicy()
	policy.Modes[guard.ServicePlatform], policy.ServiceRemedy = guard.Enforce, guard.RollBack
	past := play(t, rehearse.Known{Definitions: []guard.TaskDefinition{bad, fine}}, policy, create, again)
	if kinds(past.Actions) != "rolled back, rolled back" || len(past.Alerts) != 2 {
		t.Errorf("it would have: %s, with %d alerts: %+v", kinds(past.Actions), len(past.Alerts), past.Unknown)
	}
}

// TestWhatRunsNow: the scanner's calls are noted and not made, and the setting is
// on for what it reads next.
func TestWhatRunsNow(t *testing.T) {
	w := guardtest.NewWorld(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC))
	w.Default = guard.ModeOff
	before := w.State()
	noting := &rehearse.Noting{Account: w}
	scanner := &scan.Scanner{Account: noting, History: w, Policy: guard.DefaultPolicy(), Workloads: policydoc.Fixed(guard.DefaultPolicy()), Now: w.Now}
	found, err := scanner.Scan(t.Context(), guard.Location{Account: guardtest.AccountID, Region: guardtest.Region}, scan.Request{Why: "fipsguard rehearse"})
	if err != nil {
		t.Fatal(err)
	}
	now := noting.Result(found)
	if kinds(now.Actions) != "corrected" || len(w.Writes()) != 0 || w.State() != before {
		t.Errorf("it would have %q; calls %v", kinds(now.Actions), w.Writes())
	}
	for _, o := range found.Report.Outcomes {
		if o.Result != guard.Done {
			t.Errorf("the setting is not read as it would be: %+v", o)
		}
	}
	for _, f := range now.Reported {
		if f.Rule.AboutSetting() {
			t.Errorf("what is fixed is reported as well: %+v", f)
		}
	}
}

package scan

import (
	"os"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

// answers are what a scan says to open questions.
func answers(r guard.Report) map[guard.Question][]string {
	all := map[guard.Question][]string{}
	for _, f := range r.Facts {
		all[f.Question] = append(all[f.Question], f.Answer)
	}
	return all
}

// canaryAt is CloudTrail's event of a canary.
func canaryAt(at time.Time) guard.Event {
	e := guardtest.Put("canary", at, guard.ModeOn)
	e.Cause.Canary = true
	return e
}

// TestFacts: what a scan reads anyway answers open questions about AWS, and nothing
// that could be otherwise does.
func TestFacts(t *testing.T) {
	minutes := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	offFor := []guard.Event{guardtest.Put("off", minutes(-60), guard.ModeOff), guardtest.Put("on", minutes(-30), guard.ModeOn)}
	launched := func(created, pulled time.Time) guard.Task {
		t := task("web")
		t.Created, t.Pulled = created, pulled
		return t
	}
	kernel := func(w *guardtest.World, task guard.Task, answer string) {
		w.Tasks = []guard.Task{task}
		w.Kernels[task.ARN+"/main"] = answer
	}
	for name, c := range map[string]struct {
		world   func(*guardtest.World)
		scanner func(*Scanner)
		request Request
		want    map[guard.Question][]string
	}{
		"nothing": {want: map[guard.Question][]string{}},
		"a canary that CloudTrail's history has": {
			world: func(w *guardtest.World) { w.Events = []guard.Event{canaryAt(start)} }, scanner: received, request: Request{Canary: true},
			want: map[guard.Question][]string{
				guard.AskLookup:  {"the canary of this scan was there at most 0s after the call"},
				guard.AskLatency: {"canaries received in the last day: 1, 8s in the median, 8s at worst"},
			},
		},
		"a canary that it does not have yet": {
			world: func(w *guardtest.World) { w.Events = []guard.Event{canaryAt(minutes(-60))} }, scanner: received,
			request: Request{Canary: true, Known: Known{Canaries: []time.Time{minutes(-120), minutes(-60)}}},
			want: map[guard.Question][]string{
				guard.AskLookup:  {"the canary of this scan was not there 0s after the call; one of an earlier scan was, 1h0m0s after it"},
				guard.AskLatency: {"canaries received in the last day: 1, 8s in the median, 8s at worst"},
			},
		},
		"no history, no word about it": {
			world: func(w *guardtest.World) { w.Faults["cloudtrail:LookupEvents"] = guardtest.Down }, scanner: func(s *Scanner) { s.Canary = &sky{} }, request: Request{Canary: true},
			want: map[guard.Question][]string{},
		},
		"components": {
			world: func(w *guardtest.World) {
				w.Guard = []guard.Component{
					{Rule: guard.GuardEvents, Name: "EventBridge rule a", Seen: "It is."}, {Rule: guard.GuardEvents, Name: "EventBridge rule b", Faults: []string{"rule b is disabled"}},
					{Rule: guard.GuardComponents, Name: "topic t", Unknown: "AWS answered GetTopicAttributes with AccessDenied"}, {Rule: guard.GuardTrail, Name: "CloudTrail", Seen: "It logs."},
				}
			},
			want: map[guard.Question][]string{
				guard.AskPatterns:  {"1 of 2 are as they were deployed. rule b is disabled"},
				guard.AskResources: {"0 of 1 are as they were deployed. topic t could not be read, because AWS answered GetTopicAttributes with AccessDenied"},
			},
		},
		"a task between whose launch and start FIPS mode was turned on": {
			world: func(w *guardtest.World) { w.Events = offFor; kernel(w, launched(minutes(-31), minutes(-29)), "0") },
			want: map[guard.Question][]string{
				guard.AskExec:   {"1 task asked: 0 answered 1, 1 answered 0, 0 something else, 0 nothing"},
				guard.AskMoment: {"a task was launched while FIPS mode was off, and ECS pulled its images 2m0s later, while it was on: fips_enabled 0"},
			},
		},
		"a task that started in the second in which it was turned on": {
			world: func(w *guardtest.World) { w.Events = offFor; kernel(w, launched(minutes(-31), minutes(-30)), "0") },
			want: map[guard.Question][]string{
				guard.AskExec: {"1 task asked: 0 answered 1, 1 answered 0, 0 something else, 0 nothing"},
			},
		},
		"a task whose kernel does not say": {
			world: func(w *guardtest.World) {
				w.Events = offFor
				kernel(w, launched(minutes(-31), minutes(-29)), "no such file")
			},
			want: map[guard.Question][]string{
				guard.AskExec: {"1 task asked: 0 answered 1, 0 answered 0, 1 something else, 0 nothing"},
			},
		},
		"a task on Managed Instances": {
			world: func(w *guardtest.World) {
				managed := task("web")
				managed.Fargate, managed.Providers = guard.No, []guard.CapacityProvider{{Name: "main", Managed: guard.Yes, FIPS: guard.ModeOn}}
				w.CapacityProviders = managed.Providers
				kernel(w, managed, "1")
			},
			want: map[guard.Question][]string{
				guard.AskExec:      {"1 task asked: 1 answered 1, 0 answered 0, 0 something else, 0 nothing"},
				guard.AskManaged:   {"on a capacity provider whose FIPS mode is on: fips_enabled 1"},
				guard.AskProviders: {"fipsEnabled true: 1, false: 0, not answered: 0"},
			},
		},
		"tasks on what FIPS mode does not cover": {
			world: func(w *guardtest.World) {
				arm, old, early := task("arm"), task("old"), task("early")
				arm.Platform.Architecture, old.PlatformVersion, early.Platform.Architecture = "ARM64", "1.3.0", "ARM64"
				arm.Created, old.Created, early.Created = minutes(-5), minutes(-6), minutes(-45)
				w.Events, w.Tasks = offFor, []guard.Task{early, arm, old}
			},
			want: map[guard.Question][]string{
				guard.AskARM: {"a task on LINUX / ARM64 that was launched while FIPS mode was on runs since 2026-11-02T09:55:00Z"},
				guard.AskOld: {"a task on platform version 1.3.0 that was launched while FIPS mode was on runs since 2026-11-02T09:54:00Z"},
			},
		},
		"a witness soon after a change": {
			world: func(w *guardtest.World) {
				w.Events = []guard.Event{guardtest.Put("on", start.Add(-42*time.Second), guard.ModeOn)}
			},
			scanner: func(s *Scanner) { s.Witness = &witnesses{says: refutes} },
			want: map[guard.Question][]string{
				guard.AskHowSoon: {"launched 42s after FIPS mode was turned on: fips_enabled 0"},
				guard.AskCluster: {"ECS launched the witness"}, guard.AskWitness: {"fips_enabled 0"},
			},
		},
		"a witness that does not say": {
			scanner: func(s *Scanner) { s.Witness = &witnesses{says: silent} },
			want: map[guard.Question][]string{
				guard.AskCluster: {"ECS launched the witness"}, guard.AskWitness: {"unknown, because its task ended by TaskFailedToStart"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := guardtest.NewWorld(start)
			if c.world != nil {
				c.world(w)
			}
			s := scanner(w, guard.DefaultPolicy().Audited())
			s.Policy = guard.DefaultPolicy() // canaries are sent where the setting is enforced
			if c.scanner != nil {
				c.scanner(s)
			}
			result, err := s.Scan(t.Context(), location, c.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, answers(result.Report)); diff != "" {
				t.Errorf("the answers are others (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLiveChecklistNamesTheScan: each question that a scan answers is in
// docs/live-checklist.md, and says so.
func TestLiveChecklistNamesTheScan(t *testing.T) {
	text, err := os.ReadFile("../../docs/live-checklist.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), "`", "")
	for _, q := range []guard.Question{
		guard.AskLatency, guard.AskLookup, guard.AskPatterns, guard.AskResources, guard.AskMoment, guard.AskHowSoon, guard.AskARM, guard.AskOld, guard.AskExec, guard.AskManaged, guard.AskWitness, guard.AskCluster, guard.AskProviders,
	} {
		_, rest, found := strings.Cut(page, "| "+string(q)+" |")
		if row, _, _ := strings.Cut(rest, "\n"); !found || !strings.Contains(strings.ToLower(row), "a scan's report") {
			t.Errorf("docs/live-checklist.md does not say that a scan answers %q", q)
		}
	}
}

package verifier

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

func TestDriftIsRepairedAndToldWithItsStory(t *testing.T) {
	w := newWorld()
	w.Default = guard.ModeOff
	w.events = []guard.Event{put("turned-off", start.Add(-10*time.Minute), guard.ModeOff)}
	r := w.look(t, guard.DefaultPolicy(), Request{}).Report
	if w.Default != guard.ModeOn {
		t.Error("FIPS mode is still off")
	}
	if len(r.Outcomes) != 1 || r.Outcomes[0].Result != guard.Done {
		t.Errorf("outcomes are %+v; want one, read back", r.Outcomes)
	}
	if r.Cause.EventID != "turned-off" || r.Cause.Actor.Name != "role Admin, session jane.doe" || r.Cause.Account != accountID {
		t.Errorf("the cause is %+v; CloudTrail knows who did it", r.Cause)
	}
	var modes []guard.Mode
	for _, s := range r.Timelines[0].Spans {
		modes = append(modes, s.Mode)
	}
	if diff := cmp.Diff([]guard.Mode{guard.ModeUnknown, guard.ModeOff, guard.ModeOn}, modes); diff != "" {
		t.Errorf("the timeline ends with the look's own repair (-want +got):\n%s", diff)
	}
}

// TestTheRepairIsOnTheTimelineOnce, whether CloudTrail tells of it already or
// not yet.
func TestTheRepairIsOnTheTimelineOnce(t *testing.T) {
	for _, prompt := range []bool{false, true} {
		w := newWorld()
		w.Default, w.prompt, w.Clock = guard.ModeOff, prompt, start.Add(300*time.Millisecond)
		w.events = []guard.Event{put("turned-off", start.Add(-10*time.Minute), guard.ModeOff)}
		spans := w.look(t, guard.DefaultPolicy(), Request{}).Report.Timelines[0].Spans
		last := spans[len(spans)-1]
		if len(spans) != 3 || spans[1].Mode != guard.ModeOff || last.Mode != guard.ModeOn || last.Cause.EventName != "PutAccountSettingDefault" {
			t.Errorf("CloudTrail tells at once: %t: the timeline is %+v", prompt, spans)
		}
	}
}

func TestAnAuditedAccountIsLeftAsItIs(t *testing.T) {
	w := newWorld()
	w.Default = guard.ModeOff
	r := w.look(t, guard.DefaultPolicy().Audited(), Request{}).Report
	if len(w.Writes()) > 0 || len(r.Outcomes) != 1 || r.Outcomes[0].Result != guard.RefusedByPolicy {
		t.Errorf("calls %v, outcomes %+v; want no call and one refused by policy", w.Writes(), r.Outcomes)
	}
}

func TestWhatKernelsSay(t *testing.T) {
	w := newWorld()
	noExec := task("no-exec")
	noExec.Containers[0].Obstacle = "ECS Exec is off for the task"
	arm := task("arm")
	arm.Platform.Architecture = "ARM64"
	pending := task("pending")
	pending.LastStatus = "PENDING"
	w.Tasks = []guard.Task{
		task("proven"), task("refuted"), task("garbage"), noExec, task("refused"), task("no-cat"), task("late"), task("flaky"),
		task("second-container", "distroless", "sidecar"), arm, pending,
	}
	name := func(task, container string) string {
		return w.Tasks[0].ARN[:len(w.Tasks[0].ARN)-len("proven")] + task + "/" + container
	}
	w.Kernels[name("refuted", "main")] = "0\r\n"
	w.Kernels[name("garbage", "main")] = "maybe\r\n"
	noCat := &ecsexec.ChannelError{Text: `exec: "cat": executable file not found in $PATH`}
	w.Sessions[name("refused", "main")] = []error{ecsexec.ErrRefused, errors.New("asked again")}
	w.Sessions[name("no-cat", "main")] = []error{noCat, noCat}
	w.Sessions[name("late", "main")] = []error{ecsexec.ErrTimedOut, ecsexec.ErrTimedOut}
	w.Sessions[name("flaky", "main")] = []error{ecsexec.ErrIncomplete}
	w.Sessions[name("second-container", "distroless")] = []error{noCat}

	r := w.look(t, guard.DefaultPolicy(), Request{}).Report
	const at = "2026-11-02T10:00:00Z"
	want := map[string]string{
		"proven":           "COMPLIANT: Container main read fips_enabled 1 at " + at + ".",
		"refuted":          "NON_COMPLIANT: Its kernel is not in FIPS mode: container main read fips_enabled 0 at " + at + ".",
		"garbage":          "INSUFFICIENT_DATA: Could not be checked: container main returned neither 1 nor 0 at " + at + ".",
		"no-exec":          "INSUFFICIENT_DATA: Could not be checked because ECS Exec is off for the task, at " + at + ".",
		"refused":          "INSUFFICIENT_DATA: Could not be checked because AWS refused the session in container main, at " + at + ".",
		"no-cat":           `INSUFFICIENT_DATA: Could not be checked because the command could not be run in container main (the session failed: exec: "cat": executable file not found in $PATH), at ` + at + ".",
		"late":             "INSUFFICIENT_DATA: Could not be checked because container main did not answer in time, at " + at + ".",
		"flaky":            "COMPLIANT: Container main read fips_enabled 1 at " + at + ".",
		"second-container": "COMPLIANT: Container sidecar read fips_enabled 1 at " + at + ".",
	}
	if diff := cmp.Diff(want, verdicts(r, guard.TaskKernelProof)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tries := map[string]int{}
	for _, asked := range w.Asked() {
		tries[asked[:strings.LastIndex(asked, "/")]]++
	}
	for task, n := range tries {
		if n > 2 {
			t.Errorf("%s was asked %d times; one retry is the most", task, n)
		}
	}
	if tries[name("refused", "main")[:len(name("refused", "main"))-len("/main")]] != 1 {
		t.Error("what AWS refused was asked again")
	}
}

// TestTheOldestProofIsRenewedFirst: three looks of two tasks each reach all
// five, and what was proven stays proven.
func TestTheOldestProofIsRenewedFirst(t *testing.T) {
	w := newWorld()
	for i := range 5 {
		w.Tasks = append(w.Tasks, task(fmt.Sprint("t", i)))
	}
	known := Memory{Proofs: map[string]guard.KernelCheck{}}
	for look := range 3 {
		w.Clock = start.Add(time.Duration(look) * time.Hour)
		r := w.look(t, guard.DefaultPolicy(), Request{Sample: 2, Known: known}).Report
		for _, f := range r.Findings {
			if p, ok := f.State.(guard.KernelCheck); ok && !p.At.IsZero() {
				known.Proofs[p.Task.ARN] = p
			}
		}
		if got, want := len(known.Proofs), min(5, 2*(look+1)); got != want {
			t.Fatalf("after look %d %d tasks are proven, want %d", look+1, got, want)
		}
	}
	if want := 6; len(w.Asked()) != want {
		t.Errorf("%d containers were asked, want %d", len(w.Asked()), want)
	}
}

func TestWhatTheBudgetDoesNotReachIsNotAttempted(t *testing.T) {
	w := newWorld()
	w.Tasks = []guard.Task{task("a"), task("b")}
	r := w.look(t, guard.DefaultPolicy(), Request{ProofsEnd: start.Add(answerTime / 2)}).Report
	want := map[string]string{"a": "INSUFFICIENT_DATA: Not checked yet.", "b": "INSUFFICIENT_DATA: Not checked yet."}
	if diff := cmp.Diff(want, verdicts(r, guard.TaskKernelProof)); diff != "" || len(w.Asked()) > 0 {
		t.Errorf("asked %v (-want +got):\n%s", w.Asked(), diff)
	}
}

// TestNoRetryAfterTheBudget: the second attempt would run into the time that
// repairs and reports need.
func TestNoRetryAfterTheBudget(t *testing.T) {
	w := newWorld()
	w.Tasks, w.SessionTime = []guard.Task{task("a")}, 2*answerTime
	w.Sessions[w.Tasks[0].ARN+"/main"] = []error{ecsexec.ErrIncomplete}
	w.look(t, guard.DefaultPolicy(), Request{ProofsEnd: start.Add(2 * answerTime)})
	if len(w.Asked()) != 1 {
		t.Errorf("the container was asked %d times", len(w.Asked()))
	}
}

func TestAProofOutlivesAFailedAttemptButNotAWeek(t *testing.T) {
	w := newWorld()
	w.Tasks = []guard.Task{task("a")}
	proven := Memory{Proofs: map[string]guard.KernelCheck{w.Tasks[0].ARN: {Container: "main", Answer: "1\r\n", At: start.Add(-time.Hour)}}}
	silent := []error{ecsexec.ErrTimedOut, ecsexec.ErrTimedOut}
	w.Sessions[w.Tasks[0].ARN+"/main"] = slices.Clone(silent)
	r := w.look(t, guard.DefaultPolicy(), Request{Known: proven}).Report
	if got, want := verdicts(r, guard.TaskKernelProof)["a"], "COMPLIANT: Container main read fips_enabled 1 at 2026-11-02T09:00:00Z."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	proven.Proofs[w.Tasks[0].ARN] = guard.KernelCheck{Container: "main", Answer: "1\r\n", At: start.AddDate(0, 0, -8)}
	w.Sessions[w.Tasks[0].ARN+"/main"] = silent
	r = w.look(t, guard.DefaultPolicy(), Request{Known: proven}).Report
	if got := verdicts(r, guard.TaskKernelProof)["a"]; !strings.HasPrefix(got, "INSUFFICIENT_DATA") {
		t.Errorf("a proof of 8 days ago still passes: %q", got)
	}
}

func TestExposedTasks(t *testing.T) {
	exposed, lucky, after := task("exposed"), task("lucky"), task("after")
	exposed.Created, lucky.Created, after.Created = start.Add(-90*time.Minute), start.Add(-90*time.Minute), start.Add(-30*time.Minute)
	w := newWorld()
	w.Tasks = []guard.Task{exposed, lucky, after}
	w.Kernels[exposed.ARN+"/main"] = "?"
	w.events = []guard.Event{put("off", start.Add(-2*time.Hour), guard.ModeOff), put("on", start.Add(-time.Hour), guard.ModeOn)}
	got := verdicts(w.look(t, guard.DefaultPolicy(), Request{}).Report, guard.TaskExposed)
	want := map[string]string{
		"exposed": "NON_COMPLIANT: It was launched at 2026-11-02T08:30:00Z, while FIPS mode was off (since 2026-11-02T08:00:00Z, by role Admin, session jane.doe).",
		"lucky":   "INSUFFICIENT_DATA: It was launched at 2026-11-02T08:30:00Z, while FIPS mode was off (since 2026-11-02T08:00:00Z, by role Admin, session jane.doe), but its kernel reports FIPS mode. The two contradict each other.",
		"after":   "COMPLIANT: It was launched at 2026-11-02T09:30:00Z, while FIPS mode was on.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecycling: one new deployment for all refuted tasks of a service, and
// never while FIPS mode is not known to be on.
func TestRecycling(t *testing.T) {
	recycle := func(remedy guard.ExposureRemedy) guard.Policy {
		p := guard.DefaultPolicy()
		p.Modes[guard.TaskKernelProof], p.Modes[guard.TaskExposed], p.ExposureRemedy = guard.Enforce, guard.Enforce, remedy
		return p
	}
	exempt := recycle(guard.RecycleAndStop)
	exempt.Exemptions = []guard.Exemption{{Resource: service, Expires: start.AddDate(0, 0, 1)}}
	replaced := ofService(task("replaced"))
	replaced.Redeployable = "" // a newer deployment is under way
	for _, c := range []struct {
		name   string
		policy guard.Policy
		change func(*world)
		want   []string
	}{
		{"by default nothing is touched", guard.DefaultPolicy(), nil, nil},
		{"recycle", recycle(guard.Recycle), nil, []string{"ecs:UpdateService a"}},
		{"recycle and stop", recycle(guard.RecycleAndStop), nil, []string{"ecs:UpdateService a", "ecs:StopTask alone"}},
		{"only report", recycle(guard.ReportOnly), nil, nil},
		{"an exempt service", exempt, nil, []string{"ecs:StopTask alone"}},
		{"not while the setting is unreadable", recycle(guard.RecycleAndStop), func(w *world) { w.Faults[listSettings] = guardtest.Down }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			w.Tasks = []guard.Task{ofService(task("a")), ofService(task("b")), replaced, task("alone")}
			for _, task := range w.Tasks {
				w.Kernels[task.ARN+"/main"] = "0"
			}
			if c.change != nil {
				c.change(w)
			}
			w.look(t, c.policy, Request{})
			var got []string
			for _, call := range w.Writes() {
				got = append(got, call.API+" "+call.Subject[strings.LastIndex(call.Subject, "/")+1:])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeSeenNeverPasses(t *testing.T) {
	w := newWorld()
	w.Faults[listTasks], w.Faults[listSettings] = guardtest.Refused, guardtest.Refused
	seen := w.look(t, guard.DefaultPolicy(), Request{})
	if got := seen.Report.Status(); got != guard.InsufficientData {
		t.Errorf("a look that saw nothing ends %s", got)
	}
	if len(seen.Failures) == 0 || len(w.Writes()) > 0 {
		t.Errorf("failures %v, calls %v; want failures and no calls", seen.Failures, w.Writes())
	}
}

// TestAPastThatCannotBeReadIsADoubt, also where every kernel says 1: nothing but
// CloudTrail knows of overrides.
func TestAPastThatCannotBeReadIsADoubt(t *testing.T) {
	w := newWorld()
	w.Tasks = []guard.Task{task("proven")}
	w.Faults[lookupEvents] = guardtest.Down
	seen := w.look(t, guard.DefaultPolicy(), Request{})
	want := map[string]string{"every user and role": "INSUFFICIENT_DATA: The override of every user and role is unknown because CloudTrail's history could be read back to 2026-11-02T10:00:00Z only, and no API shows overrides."}
	if diff := cmp.Diff(want, verdicts(seen.Report, guard.FIPSModeOverride)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if seen.Report.Status() != guard.InsufficientData || len(w.Writes()) > 0 {
		t.Errorf("the look is %s and made the calls %v", seen.Report.Status(), w.Writes())
	}
}

func TestAClusterThatDoesNotExist(t *testing.T) {
	w := newWorld()
	_, err := w.verifier(guard.DefaultPolicy()).Look(t.Context(), location, Request{Clusters: []string{"mian"}})
	if err == nil || !strings.Contains(err.Error(), "there is no cluster mian in account 111122223333") {
		t.Errorf("error is %v", err)
	}
	for _, name := range []string{"main", cluster} {
		seen, err := w.verifier(guard.DefaultPolicy()).Look(t.Context(), location, Request{Clusters: []string{name}})
		if err != nil || seen.All || !slices.Equal(seen.Clusters, []string{cluster}) {
			t.Errorf("%s: looked at %v, all %t, error %v", name, seen.Clusters, seen.All, err)
		}
	}
}

func TestWithoutExecNothingIsAsked(t *testing.T) {
	w := newWorld()
	w.Tasks = []guard.Task{task("a")}
	v := w.verifier(guard.DefaultPolicy())
	v.Exec = nil
	seen, err := v.Look(t.Context(), location, Request{})
	if err != nil || seen.Exec || len(verdicts(seen.Report, guard.TaskKernelProof)) > 0 || len(verdicts(seen.Report, guard.TaskExposed)) != 1 {
		t.Errorf("asked %v, findings %v, error %v", w.Asked(), seen.Report.Findings, err)
	}
}

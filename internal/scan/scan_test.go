package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"

	"github.com/google/go-cmp/cmp"
)

func TestDriftIsFixedAndReportedWithItsStory(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Default = guard.ModeOff
	w.Events = []guard.Event{guardtest.Put("turned-off", start.Add(-10*time.Minute), guard.ModeOff)}
	r := scan(t, w, guard.DefaultPolicy(), Request{}).Report
	if w.Default != guard.ModeOn {
		t.Error("FIPS mode is still off")
	}
	if len(r.Outcomes) != 1 || r.Outcomes[0].Result != guard.Done {
		t.Errorf("outcomes are %+v; want one, read back", r.Outcomes)
	}
	if r.Cause.EventID != "turned-off" || r.Cause.Actor.Name != "role Admin, session jane.doe" || r.Cause.Account != guardtest.AccountID {
		t.Errorf("the cause is %+v; CloudTrail knows who did it", r.Cause)
	}
	var modes []guard.Mode
	for _, s := range r.Timelines[0].Spans {
		modes = append(modes, s.Mode)
	}
	if diff := cmp.Diff([]guard.Mode{guard.ModeUnknown, guard.ModeOff, guard.ModeOn}, modes); diff != "" {
		t.Errorf("the timeline ends with the scan's own fix (-want +got):\n%s", diff)
	}
}

// TestTheFixIsOnTheTimelineOnce, whether CloudTrail records it already or not
// yet.
func TestTheFixIsOnTheTimelineOnce(t *testing.T) {
	for _, prompt := range []bool{false, true} {
		w := guardtest.NewWorld(start)
		w.Default, w.Prompt, w.Clock = guard.ModeOff, prompt, start.Add(300*time.Millisecond)
		w.Events = []guard.Event{guardtest.Put("turned-off", start.Add(-10*time.Minute), guard.ModeOff)}
		spans := scan(t, w, guard.DefaultPolicy(), Request{}).Report.Timelines[0].Spans
		last := spans[len(spans)-1]
		if len(spans) != 3 || spans[1].Mode != guard.ModeOff || last.Mode != guard.ModeOn || last.Cause.EventName != "PutAccountSettingDefault" {
			t.Errorf("CloudTrail tells at once: %t: the timeline is %+v", prompt, spans)
		}
	}
}

// TestEveryStageFindsAndFixes: one violation for each stage. The setting is
// fixed before anything else is read.
func TestEveryStageFindsAndFixes(t *testing.T) {
	const ci = "arn:aws-us-gov:iam::111122223333:role/ci"
	w := guardtest.NewWorld(start)
	w.Default = guard.ModeOff
	w.Guard = []guard.Component{{Rule: guard.GuardTrail, Name: "main", Faults: []string{"it does not log"}}}
	arm := task("arm")
	arm.Platform.Architecture = "ARM64"
	w.Tasks = []guard.Task{guardtest.OfService(task("web")), arm}
	w.Revisions = []guard.TaskDefinition{{ARN: arm.Definition, Family: "arm", Fargate: guard.Yes, Platform: arm.Platform}}
	w.Services = []guard.Service{{ARN: guardtest.ServiceARN, Name: "web", Cluster: guardtest.ClusterARN, Fargate: guard.Yes, PlatformVersion: "1.3.0", DesiredCount: 1, Controller: "ECS"}}
	w.CapacityProviders = []guard.CapacityProvider{{ARN: "capacity-provider/managed", Managed: guard.Yes, FIPS: guard.ModeOff}}
	w.Kernels[w.Tasks[0].ARN+"/main"] = "0"
	w.Events = []guard.Event{guardtest.Put("off", start.Add(-2*time.Hour), guard.ModeOff), {
		Cause:  guard.Cause{EventID: "override", EventName: "PutAccountSetting", Time: start.Add(-time.Hour), Account: guardtest.AccountID, Region: guardtest.Region},
		States: []guard.State{guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopePrincipal, Principal: ci, Mode: guard.ModeOff}},
	}}
	policy := guard.DefaultPolicy()
	policy.Modes[guard.TaskRunningPlatform], policy.Modes[guard.TaskKernelProof], policy.ExposureRemedy = guard.Enforce, guard.Enforce, guard.Recycle
	s := scanner(w, policy)
	s.Workloads = func(context.Context) guard.Held {
		if calls := w.APIs(); len(calls) != 3 {
			t.Errorf("the policy is read after %v; the setting comes first, and nothing else", calls)
		}
		return guard.Held{Policy: policy, Faults: []string{"line 1, column 2: unknown key \"modes\""}}
	}
	var intended []guard.Cause
	result, err := s.Scan(t.Context(), location, Request{Why: "scheduled scan", Intend: func(_ context.Context, r guard.Report) { intended = append(intended, r.Cause) }})
	if err != nil {
		t.Fatal(err)
	}
	var violated []guard.RuleID
	for _, f := range result.Report.Findings {
		if f.Verdict == guard.NonCompliant {
			violated = append(violated, f.Rule)
		}
	}
	want := []guard.RuleID{
		guard.FIPSModeDefault, guard.TaskDefinitionPlatform, guard.ServicePlatform, guard.CapacityProviderFIPS, guard.TaskRunningPlatform,
		guard.GuardTrail, guard.GuardPolicy, guard.FIPSModeOverride, guard.TaskKernelProof, guard.TaskExposed,
	}
	if diff := cmp.Diff(want, violated); diff != "" {
		t.Errorf("the violations are others (-want +got):\n%s", diff)
	}
	calls := []string{
		listSettings, "ecs:PutAccountSettingDefault", listSettings,
		"ecs:ListClusters", listTasks, "ecs:DescribeCapacityProviders", "ecs:DeregisterTaskDefinition", "ecs:StopTask",
		listSettings, "ecs:PutAccountSetting", "ecs:UpdateService",
	}
	if diff := cmp.Diff(calls, w.APIs()); diff != "" {
		t.Errorf("the calls are others (-want +got):\n%s", diff)
	}
	var outcomes []string
	for _, o := range result.Report.Outcomes {
		outcomes = append(outcomes, fmt.Sprint(o.Remediation.Rule, " ", o.Result))
	}
	results := []string{
		"fips-mode-default DONE", "task-definition-platform ANSWERED", "task-running-platform ANSWERED",
		"fips-mode-override ANSWERED", "task-kernel-proof ANSWERED",
	}
	if diff := cmp.Diff(results, outcomes); diff != "" {
		t.Errorf("the outcomes are others (-want +got):\n%s", diff)
	}
	var causes []string
	for _, c := range intended {
		causes = append(causes, c.EventName)
	}
	if diff := cmp.Diff([]string{"scheduled scan", "scheduled scan", "PutAccountSettingDefault", "PutAccountSettingDefault"}, causes); diff != "" {
		t.Errorf("fixes were announced for other causes (-want +got):\n%s", diff)
	}
}

// TestWhatAWSRefusesIsNotWorthAnotherScan: it needs a person. What failed is.
func TestWhatAWSRefusesIsNotWorthAnotherScan(t *testing.T) {
	for fault, again := range map[guardtest.Fault]bool{guardtest.Answers: false, guardtest.Refused: false, guardtest.Down: true} {
		w := guardtest.NewWorld(start)
		w.Default, w.Faults["ecs:PutAccountSettingDefault"] = guard.ModeOff, fault
		result := scan(t, w, guard.DefaultPolicy(), Request{})
		if err := result.Unrepaired(); (err != nil) != again {
			t.Errorf("the call is %s: the error is %v", fault, err)
		}
		if open := len(result.Report.Unrepaired()) == 1; open != (fault != guardtest.Answers) {
			t.Errorf("the call is %s: open is %+v", fault, result.Report.Unrepaired())
		}
	}
}

// TestWhatOnlyTheReadingBackShowsIsFixedToo, and reported as a violation, once:
// CloudTrail knows of it, too.
func TestWhatOnlyTheReadingBackShowsIsFixedToo(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Default = guard.ModeOff
	w.Events = []guard.Event{{
		Cause:  guard.Cause{EventID: "override", EventName: "PutAccountSetting", Time: start.Add(-time.Minute), Account: guardtest.AccountID, Region: guardtest.Region},
		States: []guard.State{guard.Setting{Account: guardtest.AccountID, Region: guardtest.Region, Scope: guard.ScopePrincipal, Principal: ownRole, Mode: guard.ModeOff}},
	}}
	s := scanner(w, guard.DefaultPolicy())
	s.Account = &ownOverride{World: w}
	result, err := s.Scan(t.Context(), location, Request{})
	if err != nil {
		t.Fatal(err)
	}
	got := verdicts(result.Report, guard.FIPSModeOverride)
	if want := map[string]string{"guard": "NON_COMPLIANT: The override of " + ownRole + " is off."}; !cmp.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
	if n := len(result.Report.Outcomes); n != 2 || w.Overrides[ownRole] != guard.ModeOn || w.Default != guard.ModeOn {
		t.Errorf("%d outcomes, overrides %v", n, w.Overrides)
	}
}

func TestAnAuditedAccountIsLeftAsItIs(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Default = guard.ModeOff
	r := scan(t, w, guard.DefaultPolicy().Audited(), Request{}).Report
	if len(w.Writes()) > 0 || len(r.Outcomes) != 1 || r.Outcomes[0].Result != guard.RefusedByPolicy {
		t.Errorf("calls %v, outcomes %+v; want no call and one refused by policy", w.Writes(), r.Outcomes)
	}
}

func TestWhatKernelsSay(t *testing.T) {
	w := guardtest.NewWorld(start)
	noExec := task("no-exec")
	noExec.Containers[0].Obstacle = "ECS Exec is off for the task"
	arm := task("arm")
	arm.Platform.Architecture = "ARM64"
	pending := task("pending")
	pending.LastStatus = "PENDING"
	w.Tasks = []guard.Task{
		task("on"), task("off"), task("garbage"), noExec, task("refused"), task("no-cat"), task("late"), task("flaky"),
		task("second-container", "distroless", "sidecar"), arm, pending,
	}
	name := func(task, container string) string {
		return w.Tasks[0].ARN[:len(w.Tasks[0].ARN)-len("on")] + task + "/" + container
	}
	w.Kernels[name("off", "main")] = "0\r\n"
	w.Kernels[name("garbage", "main")] = "maybe\r\n"
	noCat := failed{`the command could not be run in container main (the session failed: exec: "cat": executable file not found in $PATH)`, true}
	silent := failed{"container main did not answer in time", true}
	w.Sessions[name("refused", "main")] = []error{failed{"AWS refused the session in container main", false}, errors.New("asked again")}
	w.Sessions[name("no-cat", "main")] = []error{noCat, noCat}
	w.Sessions[name("late", "main")] = []error{silent, silent}
	w.Sessions[name("flaky", "main")] = []error{failed{"the answer of container main was cut off", true}}
	w.Sessions[name("second-container", "distroless")] = []error{noCat}

	r := scan(t, w, guard.DefaultPolicy(), Request{}).Report
	const at = "2026-11-02T10:00:00Z"
	want := map[string]string{
		"on":               "COMPLIANT: Container main read fips_enabled 1 at " + at + ".",
		"off":              "NON_COMPLIANT: Its kernel is not in FIPS mode: container main read fips_enabled 0 at " + at + ".",
		"garbage":          "INSUFFICIENT_DATA: Could not be checked: container main returned neither 1 nor 0 at " + at + ".",
		"no-exec":          "INSUFFICIENT_DATA: Could not be checked because ECS Exec is off for the task, at " + at + ".",
		"refused":          "INSUFFICIENT_DATA: Could not be checked because AWS refused the session in container main, at " + at + ".",
		"no-cat":           `INSUFFICIENT_DATA: Could not be checked because the command could not be run in container main (the session failed: exec: "cat": executable file not found in $PATH), at ` + at + ".",
		"late":             "INSUFFICIENT_DATA: Could not be checked because container main did not answer in time, at " + at + ".",
		"flaky":            "COMPLIANT: Container main read fips_enabled 1 at " + at + ".",
		"pending":          "INSUFFICIENT_DATA: Starting: it can be asked once it runs.",
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

// TestTheOldestCheckIsRenewedFirst: three scans of two tasks each reach all
// five, and what was read stays known.
func TestTheOldestCheckIsRenewedFirst(t *testing.T) {
	w := guardtest.NewWorld(start)
	for i := range 5 {
		w.Tasks = append(w.Tasks, task(fmt.Sprint("t", i)))
	}
	known := Known{Kernels: map[string]guard.KernelCheck{}}
	for i := range 3 {
		w.Clock = start.Add(time.Duration(i) * time.Hour)
		r := scan(t, w, guard.DefaultPolicy(), Request{Sample: 2, Known: known}).Report
		for _, f := range r.Findings {
			if p, ok := f.State.(guard.KernelCheck); ok && !p.At.IsZero() {
				known.Kernels[p.Task.ARN] = p
			}
		}
		if got, want := len(known.Kernels), min(5, 2*(i+1)); got != want {
			t.Fatalf("after scan %d %d kernels are known, want %d", i+1, got, want)
		}
	}
	if want := 6; len(w.Asked()) != want {
		t.Errorf("%d containers were asked, want %d", len(w.Asked()), want)
	}
}

func TestWhatTheBudgetDoesNotReachIsNotRead(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{task("a"), task("b")}
	r := scan(t, w, guard.DefaultPolicy(), Request{KernelsEnd: start.Add(answerTime / 2)}).Report
	want := map[string]string{"a": "INSUFFICIENT_DATA: Not checked yet.", "b": "INSUFFICIENT_DATA: Not checked yet."}
	if diff := cmp.Diff(want, verdicts(r, guard.TaskKernelProof)); diff != "" || len(w.Asked()) > 0 {
		t.Errorf("asked %v (-want +got):\n%s", w.Asked(), diff)
	}
}

// TestNoRetryAfterTheBudget: the second attempt would run into the time that
// fixes and reports need.
func TestNoRetryAfterTheBudget(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks, w.SessionTime = []guard.Task{task("a")}, 2*answerTime
	w.Sessions[w.Tasks[0].ARN+"/main"] = []error{failed{"the answer of container main was cut off", true}}
	scan(t, w, guard.DefaultPolicy(), Request{KernelsEnd: start.Add(2 * answerTime)})
	if len(w.Asked()) != 1 {
		t.Errorf("the container was asked %d times", len(w.Asked()))
	}
}

// TestAnAnswerIsJudgedWhole: what follows after 256 bytes counts.
func TestAnAnswerIsJudgedWhole(t *testing.T) {
	for answer, want := range map[string]guard.Verdict{
		"1\r\n" + strings.Repeat(" ", 300):                       guard.Compliant,
		"0\r\n" + strings.Repeat(" ", 300):                       guard.NonCompliant,
		"1\r\n" + strings.Repeat(" ", 300) + "0\r\n":             guard.InsufficientData,
		"1" + strings.Repeat("\r\n", 128) + "Segmentation fault": guard.InsufficientData,
		"0" + strings.Repeat(" ", 255) + "1":                     guard.InsufficientData,
	} {
		w := guardtest.NewWorld(start)
		w.Tasks = []guard.Task{task("a")}
		w.Kernels[w.Tasks[0].ARN+"/main"] = answer
		for _, f := range scan(t, w, guard.DefaultPolicy(), Request{}).Report.Findings {
			if f.Rule == guard.TaskKernelProof && f.Verdict != want {
				t.Errorf("%.40q… of %d bytes is %s, want %s", answer, len(answer), f.Verdict, want)
			}
			if c, ok := f.State.(guard.KernelCheck); ok && len(c.Answer) > maxAnswer+len("…") {
				t.Errorf("%d bytes of an answer are kept", len(c.Answer))
			}
		}
	}
}

// TestAKernelCheckOfTheFutureIsNone: it would never expire, nor be renewed.
func TestAKernelCheckOfTheFutureIsNone(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{task("tomorrow"), task("now")}
	known := Known{Kernels: map[string]guard.KernelCheck{
		w.Tasks[0].ARN: {Container: "main", Answer: "1\r\n", At: start.AddDate(0, 0, 1)},
		w.Tasks[1].ARN: {Container: "main", Answer: "1\r\n", At: start},
	}}
	w.Sessions[w.Tasks[0].ARN+"/main"] = []error{errors.New("throttled"), errors.New("throttled")}
	r := scan(t, w, guard.DefaultPolicy(), Request{Known: known, Sample: 1}).Report
	if got := verdicts(r, guard.TaskKernelProof)["tomorrow"]; !strings.HasPrefix(got, "INSUFFICIENT_DATA") {
		t.Errorf("a kernel check of tomorrow passes: %q", got)
	}
	if asked := w.Asked(); len(asked) == 0 || !strings.Contains(asked[0], "tomorrow") {
		t.Errorf("asked were %q, want the task whose kernel check is none", asked)
	}
}

func TestAKernelCheckOutlivesAFailedAttemptButNotAWeek(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{task("a")}
	proven := Known{Kernels: map[string]guard.KernelCheck{w.Tasks[0].ARN: {Container: "main", Answer: "1\r\n", At: start.Add(-time.Hour)}}}
	silent := []error{errors.New("throttled"), errors.New("throttled")}
	w.Sessions[w.Tasks[0].ARN+"/main"] = slices.Clone(silent)
	r := scan(t, w, guard.DefaultPolicy(), Request{Known: proven}).Report
	if got, want := verdicts(r, guard.TaskKernelProof)["a"], "COMPLIANT: Container main read fips_enabled 1 at 2026-11-02T09:00:00Z."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	proven.Kernels[w.Tasks[0].ARN] = guard.KernelCheck{Container: "main", Answer: "1\r\n", At: start.AddDate(0, 0, -8)}
	w.Sessions[w.Tasks[0].ARN+"/main"] = silent
	r = scan(t, w, guard.DefaultPolicy(), Request{Known: proven}).Report
	if got := verdicts(r, guard.TaskKernelProof)["a"]; !strings.HasPrefix(got, "INSUFFICIENT_DATA") {
		t.Errorf("a kernel check of 8 days ago still passes: %q", got)
	}
}

func TestExposedTasks(t *testing.T) {
	exposed, lucky, after := task("exposed"), task("lucky"), task("after")
	exposed.Created, lucky.Created, after.Created = start.Add(-90*time.Minute), start.Add(-90*time.Minute), start.Add(-30*time.Minute)
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{exposed, lucky, after}
	w.Kernels[exposed.ARN+"/main"] = "?"
	w.Events = []guard.Event{guardtest.Put("off", start.Add(-2*time.Hour), guard.ModeOff), guardtest.Put("on", start.Add(-time.Hour), guard.ModeOn)}
	got := verdicts(scan(t, w, guard.DefaultPolicy(), Request{}).Report, guard.TaskExposed)
	want := map[string]string{
		"exposed": "NON_COMPLIANT: It was launched at 2026-11-02T08:30:00Z, while FIPS mode was off (since 2026-11-02T08:00:00Z, by role Admin, session jane.doe).",
		"lucky":   "INSUFFICIENT_DATA: It was launched at 2026-11-02T08:30:00Z, while FIPS mode was off (since 2026-11-02T08:00:00Z, by role Admin, session jane.doe), but its kernel reports FIPS mode. The two contradict each other.",
		"after":   "COMPLIANT: It was launched at 2026-11-02T09:30:00Z, while FIPS mode was on.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecycling: one new deployment for all tasks of a service without FIPS mode, and
// never while FIPS mode is not known to be on.
func TestRecycling(t *testing.T) {
	recycle := func(remedy guard.ExposureRemedy) guard.Policy {
		p := guard.DefaultPolicy()
		p.Modes[guard.TaskKernelProof], p.Modes[guard.TaskExposed], p.ExposureRemedy = guard.Enforce, guard.Enforce, remedy
		return p
	}
	exempt := recycle(guard.RecycleAndStop)
	exempt.Exemptions = []guard.Exemption{{Resource: guardtest.ServiceARN, Expires: start.AddDate(0, 0, 1)}}
	replaced := guardtest.OfService(task("replaced"))
	replaced.Redeployable = "" // a newer deployment is under way
	for _, c := range []struct {
		name   string
		policy guard.Policy
		change func(*guardtest.World)
		want   []string
	}{
		{"by default nothing is touched", guard.DefaultPolicy(), nil, nil},
		{"recycle", recycle(guard.Recycle), nil, []string{"ecs:UpdateService a"}},
		{"recycle and stop", recycle(guard.RecycleAndStop), nil, []string{"ecs:UpdateService a", "ecs:StopTask alone"}},
		{"only report", recycle(guard.ReportOnly), nil, nil},
		{"an exempt service", exempt, nil, []string{"ecs:StopTask alone"}},
		{"not while the setting is unreadable", recycle(guard.RecycleAndStop), func(w *guardtest.World) { w.Faults[listSettings] = guardtest.Down }, []string{"ecs:PutAccountSettingDefault us-gov-west-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := guardtest.NewWorld(start)
			w.Tasks = []guard.Task{guardtest.OfService(task("a")), guardtest.OfService(task("b")), replaced, task("alone")}
			for _, task := range w.Tasks {
				w.Kernels[task.ARN+"/main"] = "0"
			}
			if c.change != nil {
				c.change(w)
			}
			scan(t, w, c.policy, Request{})
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

func TestWhatCannotBeReadNeverPasses(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Faults[listTasks], w.Faults[listSettings] = guardtest.Refused, guardtest.Refused
	result := scan(t, w, guard.DefaultPolicy(), Request{})
	if got := result.Report.Status(); got != guard.InsufficientData {
		t.Errorf("a scan that read nothing ends %s", got)
	}
	if writes := w.Writes(); len(result.Failures) == 0 || len(writes) != 1 || writes[0].API != "ecs:PutAccountSettingDefault" {
		t.Errorf("failures %v, calls %v; want failures and only the setting written", result.Failures, w.Writes())
	}
}

// TestAPastThatCannotBeReadIsUnknown, also where every kernel says 1: nothing but
// CloudTrail knows of overrides.
func TestAPastThatCannotBeReadIsUnknown(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{task("on")}
	w.Faults["cloudtrail:LookupEvents"] = guardtest.Down
	result := scan(t, w, guard.DefaultPolicy(), Request{})
	want := map[string]string{"every user and role": "INSUFFICIENT_DATA: The override of every user and role is unknown because CloudTrail's history could be read back to 2026-11-02T10:00:00Z only, and no API shows overrides."}
	if diff := cmp.Diff(want, verdicts(result.Report, guard.FIPSModeOverride)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if result.Report.Status() != guard.InsufficientData || len(w.Writes()) > 0 {
		t.Errorf("the scan is %s and made the calls %v", result.Report.Status(), w.Writes())
	}
}

func TestAClusterThatDoesNotExist(t *testing.T) {
	w := guardtest.NewWorld(start)
	_, err := scanner(w, guard.DefaultPolicy()).Scan(t.Context(), location, Request{Clusters: []string{"mian"}})
	if err == nil || !strings.Contains(err.Error(), "there is no cluster mian in account 111122223333") {
		t.Errorf("error is %v", err)
	}
	for _, name := range []string{"main", guardtest.ClusterARN} {
		result, err := scanner(w, guard.DefaultPolicy()).Scan(t.Context(), location, Request{Clusters: []string{name}})
		if err != nil || result.Report.Coverage.All || !slices.Equal(result.Report.Coverage.Clusters, []string{guardtest.ClusterARN}) {
			t.Errorf("%s: scanned %v, all %t, error %v", name, result.Report.Coverage.Clusters, result.Report.Coverage.All, err)
		}
	}
}

func TestWithoutExecNothingIsAsked(t *testing.T) {
	w := guardtest.NewWorld(start)
	w.Tasks = []guard.Task{task("a")}
	v := scanner(w, guard.DefaultPolicy())
	v.Exec = nil
	result, err := v.Scan(t.Context(), location, Request{})
	if err != nil || result.Report.Coverage.Exec || len(verdicts(result.Report, guard.TaskKernelProof)) > 0 || len(verdicts(result.Report, guard.TaskExposed)) != 1 {
		t.Errorf("asked %v, findings %v, error %v", w.Asked(), result.Report.Findings, err)
	}
}

// TestEverySessionRefused: it is no matter of the tasks when AWS refuses every
// session of a scan, and people hear of it as a finding about the guard.
func TestEverySessionRefused(t *testing.T) {
	refused := failed{"AWS refused the session in container main", false}
	for name, c := range map[string]struct {
		of   []string // the tasks whose sessions AWS refuses
		want guard.Verdict
		says string
	}{
		"of both tasks": {[]string{"one", "two"}, guard.NonCompliant, "AWS refused every session in a container that this scan asked for: 2 of 2."},
		"of one task":   {[]string{"one"}, guard.Compliant, "not all refused"},
		"of none":       {nil, guard.Compliant, "not all refused"},
	} {
		t.Run(name, func(t *testing.T) {
			w := guardtest.NewWorld(start)
			w.Tasks = []guard.Task{task("one"), task("two")}
			for _, of := range c.of {
				w.Sessions[task(of).ARN+"/main"] = []error{refused}
			}
			var found []guard.Finding
			for _, f := range scan(t, w, guard.DefaultPolicy(), Request{}).Report.Findings {
				if f.Rule == guard.GuardSessions {
					found = append(found, f)
				}
			}
			if len(found) != 1 || found[0].Verdict != c.want || !strings.Contains(found[0].Reason, c.says) {
				t.Errorf("%+v, want %s: %s", found, c.want, c.says)
			}
		})
	}
	t.Run("nothing runs", func(t *testing.T) {
		for _, f := range scan(t, guardtest.NewWorld(start), guard.DefaultPolicy(), Request{}).Report.Findings {
			if f.Rule == guard.GuardSessions {
				t.Errorf("no session was asked for, and yet: %s", f.Reason)
			}
		}
	})
}

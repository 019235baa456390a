package scan

import (
	"context"
	"slices"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// TestAnInterruptedScanSaysSo, also when the reader sees nothing else of it.
func TestAnInterruptedScanSaysSo(t *testing.T) {
	for want, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"The scan was interrupted before it was done.": context.WithCancel,
		"The scan ran out of time before it was done.": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithDeadline(ctx, time.Unix(0, 0))
			t.Cleanup(cancel)
			return ctx, func() {}
		},
	} {
		w := guardtest.NewWorld(start)
		w.Tasks = []guard.Task{task("a")}
		ctx, cancel := end(t.Context())
		s := scanner(w, guard.DefaultPolicy())
		s.Progress = func(string, int, int) { cancel() }
		result, err := s.Scan(ctx, location, Request{})
		if got := result.Report.Coverage.Interrupted; err != nil || got != want {
			t.Errorf("it says %q, want %q; error %v", got, want, err)
		}
	}
	if r := scan(t, guardtest.NewWorld(start), guard.DefaultPolicy(), Request{}).Report; r.Coverage.Interrupted != "" {
		t.Errorf("a scan that is done says %q", r.Coverage.Interrupted)
	}
}

func TestWhatIsNotExamined(t *testing.T) {
	noClusters := guardtest.NewWorld(start)
	noClusters.Faults["ecs:ListClusters"] = guardtest.Down
	off := guard.DefaultPolicy()
	off.Modes[guard.TaskExposed] = guard.Off
	for name, c := range map[string]struct {
		world   *guardtest.World
		policy  guard.Policy
		change  func(*Scanner)
		skipped []guard.RuleID
	}{
		"all is examined":     {guardtest.NewWorld(start), guard.DefaultPolicy(), received, nil},
		"no kernels":          {guardtest.NewWorld(start), guard.DefaultPolicy(), func(s *Scanner) { s.Exec = nil }, []guard.RuleID{guard.TaskKernelProof}},
		"a rule that is off":  {guardtest.NewWorld(start), off, func(*Scanner) {}, []guard.RuleID{guard.TaskExposed}},
		"not the guard":       {guardtest.NewWorld(start), guard.DefaultPolicy(), func(s *Scanner) { s.Components = nil }, []guard.RuleID{guard.GuardPolicy, guard.GuardTrail}},
		"AWS has no clusters": {noClusters, guard.DefaultPolicy(), func(*Scanner) {}, []guard.RuleID{guard.TaskDefinitionPlatform, guard.TaskKernelProof, guard.TaskExposed}},
	} {
		s := scanner(c.world, c.policy)
		c.change(s)
		result, err := s.Scan(t.Context(), location, Request{Known: Known{Canaries: []time.Time{start.Add(-time.Hour)}}})
		if err != nil {
			t.Fatal(err)
		}
		var skipped []guard.RuleID
		for _, r := range result.Report.Coverage.NotExamined() {
			skipped = append(skipped, r.ID)
		}
		for _, id := range c.skipped {
			if !slices.Contains(skipped, id) {
				t.Errorf("%s: %s counts as examined", name, id)
			}
		}
		if len(c.skipped) == 0 && len(skipped) > 0 {
			t.Errorf("%s: not examined are %v", name, skipped)
		}
	}
}

// TestEachFindingSaysHowAndWhenItWasSeen: a scan leaves none without, but for
// kernels that nobody asked.
func TestEachFindingSaysHowAndWhenItWasSeen(t *testing.T) {
	w := guardtest.NewWorld(start)
	pending := task("pending")
	pending.LastStatus = "PENDING"
	w.Tasks = []guard.Task{task("a"), pending}
	w.Default = guard.ModeOff
	w.Events = []guard.Event{guardtest.Put("turned-off", start.Add(-10*time.Minute), guard.ModeOff)}
	hows := map[guard.How]bool{}
	for _, f := range scan(t, w, guard.DefaultPolicy(), Request{}).Report.Findings {
		k, ok := f.State.(guard.KernelCheck)
		asked := !ok || !k.At.IsZero()
		if f.Seen.At.IsZero() == asked || ok && f.Seen.At != k.At {
			t.Errorf("%s of %s was seen at %s", f.Rule, f.Subject, f.Seen.At)
		}
		hows[f.Seen.How] = true
	}
	if !hows[guard.Configured] || !hows[guard.Recorded] || !hows[guard.Asked] {
		t.Errorf("seen how: %v", hows)
	}
}

func TestKernelChecksAreRenewedByClass(t *testing.T) {
	for class, passes := range map[guard.Class]bool{guard.ClassB: true, guard.ClassC: false, guard.ClassD: false} {
		w := guardtest.NewWorld(start)
		w.Tasks = []guard.Task{task("a")}
		w.Faults["ecs:ExecuteCommand"] = guardtest.Down
		s := scanner(w, guard.DefaultPolicy())
		s.Class = class
		known := Known{Kernels: map[string]guard.KernelCheck{w.Tasks[0].ARN: {Container: "main", Answer: "1", At: start.AddDate(0, 0, -5)}}}
		w.Sessions[w.Tasks[0].ARN+"/main"] = []error{failed{"it did not answer", false}, failed{"it did not answer", false}}
		result, err := s.Scan(t.Context(), location, Request{Known: known})
		if err != nil {
			t.Fatal(err)
		}
		if got := verdicts(result.Report, guard.TaskKernelProof)["a"]; (got[:9] == "COMPLIANT") != passes || result.Report.Coverage.Class != class {
			t.Errorf("class %s: a kernel check of 5 days ago: %s", class, got)
		}
	}
}

package scan

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
)

// witnesses answers as the kernel of a new task does.
type witnesses struct {
	says     guard.Witness
	launched int
}

func (w *witnesses) Start(_ context.Context, at guard.Location, _ string) guard.Witness {
	w.launched++
	return guard.Witness{Account: at.Account, Region: at.Region, Task: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/fipsguard-witness/1", At: start}
}

func (w *witnesses) Wait(_ context.Context, started guard.Witness) guard.Witness {
	started.FIPS, started.Read, started.Unknown = w.says.FIPS, w.says.Read, w.says.Unknown
	return started
}

var (
	proves  = guard.Witness{FIPS: guard.Yes, Read: "fips_enabled 1"}
	refutes = guard.Witness{FIPS: guard.No, Read: "fips_enabled 0"}
	silent  = guard.Witness{Unknown: "its task ended by TaskFailedToStart"}
)

// earlier is a witness that an earlier scan launched.
func earlier(w guard.Witness, age time.Duration) guard.Witness {
	w.At = start.Add(-age)
	return w
}

// TestWitness: one is launched daily, after each change and until it proves; what
// refutes stays until another one proves.
func TestWitness(t *testing.T) {
	turnedOn := []guard.Event{guardtest.Put("on", start.Add(-2*time.Hour), guard.ModeOn)}
	for name, c := range map[string]struct {
		known    guard.Witness
		says     guard.Witness
		mode     guard.Mode
		events   []guard.Event
		launched int
		want     string // empty: not examined
		next     guard.Answer
	}{
		"the first one proves":                {guard.Witness{}, proves, guard.ModeOn, nil, 1, "COMPLIANT", guard.Yes},
		"the first one refutes":               {guard.Witness{}, refutes, guard.ModeOn, nil, 1, "NON_COMPLIANT", guard.No},
		"the first one is silent":             {guard.Witness{}, silent, guard.ModeOn, nil, 1, "INSUFFICIENT_DATA", guard.Unknown},
		"one of an hour ago proved":           {earlier(proves, time.Hour), refutes, guard.ModeOn, nil, 0, "COMPLIANT", guard.Yes},
		"one of yesterday proved":             {earlier(proves, 24*time.Hour), proves, guard.ModeOn, nil, 1, "COMPLIANT", guard.Yes},
		"since the change one proved":         {earlier(proves, time.Hour), refutes, guard.ModeOn, turnedOn, 0, "COMPLIANT", guard.Yes},
		"the setting was changed since":       {earlier(proves, 3*time.Hour), refutes, guard.ModeOn, turnedOn, 1, "NON_COMPLIANT", guard.No},
		"changed since, and silent":           {earlier(proves, 3*time.Hour), silent, guard.ModeOn, turnedOn, 1, "INSUFFICIENT_DATA", guard.Yes},
		"one refuted, the next is silent":     {earlier(refutes, time.Hour), silent, guard.ModeOn, nil, 1, "NON_COMPLIANT", guard.No},
		"one refuted, the next proves":        {earlier(refutes, time.Hour), proves, guard.ModeOn, nil, 1, "COMPLIANT", guard.Yes},
		"one refuted, and FIPS mode is off":   {earlier(refutes, time.Hour), proves, guard.ModeOff, nil, 0, "NON_COMPLIANT", guard.No},
		"one proved, and FIPS mode is off":    {earlier(proves, time.Hour), proves, guard.ModeOff, nil, 0, "", guard.Yes},
		"one from the future is not believed": {earlier(proves, -48*time.Hour), refutes, guard.ModeOn, nil, 1, "NON_COMPLIANT", guard.No},
	} {
		w := guardtest.NewWorld(start)
		w.Default, w.Events = c.mode, c.events
		s, of := scanner(w, guard.DefaultPolicy().Audited()), &witnesses{says: c.says}
		s.Witness = of
		result, err := s.Scan(t.Context(), location, Request{Known: Known{Witness: c.known}})
		if err != nil {
			t.Fatal(err)
		}
		got := verdicts(result.Report, guard.LaunchKernel)[guardtest.Region]
		if of.launched != c.launched || !strings.HasPrefix(got, c.want) || c.want == "" && got != "" || result.Known.Witness.FIPS != c.next {
			t.Errorf("%s: %d launched, %q, known is %s", name, of.launched, got, result.Known.Witness.FIPS)
		}
	}
}

// TestAWitnessThatRefutes: nothing that rests on the setting is green, and no task
// is replaced by one that would be no better.
func TestAWitnessThatRefutes(t *testing.T) {
	for says, want := range map[*guard.Witness][2]string{&proves: {"COMPLIANT", "replaced"}, &refutes: {"INSUFFICIENT_DATA", "left"}} {
		w := guardtest.NewWorld(start)
		silentTask, refuted := task("silent"), task("refuted", "main")
		refuted.Group, refuted.Redeployable = "service:web", "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"
		w.Tasks = []guard.Task{silentTask, refuted}
		w.Kernels[refuted.ARN+"/main"], w.Kernels[silentTask.ARN+"/main"] = "0", "?"
		policy := guard.DefaultPolicy()
		policy.Modes[guard.TaskKernelProof], policy.ExposureRemedy = guard.Enforce, guard.Recycle
		s := scanner(w, policy)
		s.Witness = &witnesses{says: *says}
		result, err := s.Scan(t.Context(), location, Request{})
		if err != nil {
			t.Fatal(err)
		}
		if got := verdicts(result.Report, guard.TaskExposed)["silent"]; !strings.HasPrefix(got, want[0]) {
			t.Errorf("a witness that read %s: the task that did not answer is %s", says.Read, got)
		}
		replaced := "left"
		if len(result.Report.Outcomes) > 0 {
			replaced = "replaced"
		}
		if replaced != want[1] {
			t.Errorf("a witness that read %s: the task without FIPS mode is %s", says.Read, replaced)
		}
	}
}

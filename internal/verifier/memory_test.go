package verifier

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/guardtest"
	"fipsguard/internal/scan"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsRememberedComesBackAsItWas: kernel checks with and without an
// answer, and timelines with every mode, known and unknown causes.
func TestWhatIsRememberedComesBackAsItWas(t *testing.T) {
	off, on := start.Add(-2*time.Hour), start.Add(-time.Hour)
	known := scan.Known{
		Kernels: map[string]guard.KernelCheck{
			"task/on":     {Container: "main", Answer: "1\r\n", At: start},
			"task/off":    {Container: "main", Answer: "0\r\n", At: start},
			"task/silent": {Container: "side", At: start, Unknown: "container side did not answer in time"},
		},
		Timelines: []guard.Timeline{
			{Spans: []guard.Span{
				{From: off.Add(-time.Hour), Until: off, Unknown: "nothing is on record"},
				{From: off, Until: on, Mode: guard.ModeOff, Cause: guard.Cause{EventID: "1", EventName: "PutAccountSettingDefault", Time: off, Actor: guard.Actor{Name: "role Admin, session jane.doe", Tool: "Terraform", Console: true}}},
				{From: on, Until: start, Mode: guard.ModeOn, Cause: guard.Cause{EventName: "PutAccountSettingDefault", Time: on, Actor: guard.Actor{Name: "fipsguard"}}},
			}},
			{Principal: "arn:aws-us-gov:iam::111122223333:role/ci", Spans: []guard.Span{{From: off, Until: start, Mode: guard.ModeOff}}},
		},
		Canaries: []time.Time{off, on},
		Witness:  guard.Witness{Task: "task/witness", At: on, FIPS: guard.No, Read: "fips_enabled 0"},
	}
	stored, err := json.Marshal(state{Schema: stateSchema, Memory: memoryOf(known)})
	if err != nil {
		t.Fatal(err)
	}
	var read state
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(known, read.Memory.known()); diff != "" {
		t.Errorf("(-stored +read):\n%s", diff)
	}
}

// TestTheNextProcessGoesOnWhereTheLastOneStopped: it reads the kernels that
// were not read yet, and knows when FIPS mode was off though CloudTrail does
// not answer.
func TestTheNextProcessGoesOnWhereTheLastOneStopped(t *testing.T) {
	w, o := guardtest.NewWorld(start), newOutside(t)
	w.Tasks = []guard.Task{task("a"), task("b"), task("c")}
	w.Events = []guard.Event{guardtest.Put("off", start.Add(-time.Hour), guard.ModeOff), guardtest.Put("on", start.Add(-time.Minute), guard.ModeOn)}
	for range w.Tasks {
		if _, err := run(t, o.verifier(w), Request{Sample: 1}); err != nil {
			t.Fatal(err)
		}
		w.Clock = w.Clock.Add(time.Hour)
		w.Faults["cloudtrail:LookupEvents"] = guardtest.Down
	}
	if want := []string{w.Tasks[0].ARN + "/main", w.Tasks[1].ARN + "/main", w.Tasks[2].ARN + "/main"}; !cmp.Equal(w.Asked(), want) {
		t.Errorf("the kernels were read in the containers %v, want %v", w.Asked(), want)
	}
	last := o.document(t, len(o.order)-1)
	if last.Kernels.On != 3 {
		t.Errorf("the last report has %+v, want three kernels in FIPS mode", last.Kernels)
	}
	var offs []string
	for _, s := range last.Timelines[0].Spans {
		if s.Mode == guard.ModeOff.String() {
			offs = append(offs, fmt.Sprint(s.From.Format(time.TimeOnly), " ", s.By, " ", s.EventID))
		}
	}
	if want := []string{"09:00:00 role Admin, session jane.doe off"}; !cmp.Equal(offs, want) {
		t.Errorf("FIPS mode was off from %q, want %q", offs, want)
	}
}

package dedup

import (
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

// kernel is a kernel check of one task of service web.
func kernel(number string, answer, unknown string) guard.KernelCheck {
	t := task
	t.ARN, t.LastStatus = t.ARN+number, "RUNNING"
	k := guard.KernelCheck{Task: t, Container: "main", Answer: answer, Unknown: unknown}
	if answer != "" {
		k.At = at
	}
	return k
}

func TestCompareReportsWhatIsNewWorseOrResolved(t *testing.T) {
	const ofService = "task-kernel-proof service web of main"
	off, mystery := Open{"NON_COMPLIANT", int(guard.Critical)}, Open{"INSUFFICIENT_DATA", int(guard.Warning)}
	fixed := turnedOff()
	for name, c := range map[string]struct {
		open       map[string]Open
		report     guard.Report
		incomplete bool
		want       Changes
	}{
		"nothing": {want: Changes{Open: map[string]Open{}}},
		"a kernel is off": {
			report: guard.Report{Findings: guard.Check(kernel("a", "0", ""))},
			want:   Changes{New: guard.Check(kernel("a", "0", "")), Open: map[string]Open{ofService: off}},
		},
		"another task of the same service": {
			open:   map[string]Open{ofService: off},
			report: guard.Report{Findings: guard.Check(kernel("b", "0", ""))},
			want:   Changes{Open: map[string]Open{ofService: off}},
		},
		"it was unknown before, which is less": {
			open:   map[string]Open{ofService: mystery},
			report: guard.Report{Findings: guard.Check(kernel("a", "0", ""))},
			want:   Changes{New: guard.Check(kernel("a", "0", "")), Open: map[string]Open{ofService: off}},
		},
		"it is unknown now, and was off before": {
			open:   map[string]Open{ofService: off},
			report: guard.Report{Findings: guard.Check(kernel("a", "", "the container did not answer"))},
			want:   Changes{Open: map[string]Open{ofService: mystery}},
		},
		"a kernel that was not checked yet": {
			report: guard.Report{Findings: guard.Check(kernel("a", "", ""))},
			want:   Changes{Open: map[string]Open{}},
		},
		"it is gone": {
			open: map[string]Open{ofService: off},
			want: Changes{Resolved: []string{ofService}, Open: map[string]Open{}},
		},
		"it was not seen by a scan that did not see everything": {
			open: map[string]Open{ofService: off}, incomplete: true,
			want: Changes{Open: map[string]Open{ofService: off}},
		},
		"a setting that was fixed in the same scan is reported each time": {
			report: fixed,
			want:   Changes{New: fixed.Findings, Open: map[string]Open{}},
		},
		"a setting that stays off is reported once": {
			open:   map[string]Open{"fips-mode-default fargateFIPSMode@111122223333/us-gov-west-1": off},
			report: report("scheduled scan", account, guard.RefusedByAWS),
			want:   Changes{Open: map[string]Open{"fips-mode-default fargateFIPSMode@111122223333/us-gov-west-1": off}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Compare(c.open, c.report, !c.incomplete)); diff != "" {
				t.Errorf("other changes (-want +got):\n%s", diff)
			}
		})
	}
}

package evidence_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

func TestATimelineIsSummedUp(t *testing.T) {
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	line := guard.Timeline{}
	span := func(mode guard.Mode, lasted time.Duration, by string) {
		s := guard.Span{From: at, Until: at.Add(lasted), Mode: mode}
		if by != "" {
			s.Cause = guard.Cause{EventID: fmt.Sprint(len(line.Spans)), EventName: "PutAccountSettingDefault", Actor: guard.Actor{Name: by}}
		}
		line.Spans = append(line.Spans, s)
		at = s.Until
	}
	span(guard.ModeUnknown, 24*time.Hour, "")
	span(guard.ModeOff, time.Minute, "carol")
	span(guard.ModeOff, time.Minute, "bob") // again, without having been on
	span(guard.ModeOn, time.Hour, "bob")
	span(guard.ModeOff, 3*time.Second, "bob")
	span(guard.ModeOn, time.Hour, "fipsguard")
	span(guard.ModeOff, 10*time.Second, "") // observed; no record says who
	d := evidence.New(evidence.About{}, guard.Report{Timelines: []guard.Timeline{line}})
	const want = "Since 2026-11-02T10:00:00Z Fargate's FIPS mode in the account was off 3 times, 2 min 13 s in all, by bob (2 calls), carol (1 call); unknown for 1 d."
	if got := evidence.Summary(d); !strings.Contains(got, want) {
		t.Errorf("the summary is\n%s\nwithout\n%s", got, want)
	}
}

func TestDurationsAreSaidInTheirTwoLargestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "under 1 s", 40 * time.Second: "40 s", time.Hour: "1 h", 52 * time.Hour: "2 d 4 h",
		90*time.Minute + time.Second: "1 h 30 min", 24*time.Hour + time.Second: "1 d",
	} {
		if got := evidence.Lasted(d); got != want {
			t.Errorf("%v is said as %q, not %q", d, got, want)
		}
	}
}

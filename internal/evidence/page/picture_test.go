package page

import (
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// flapping is a setting that goes off for a second every hour.
func flapping(hours int) []evidence.Timeline {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var spans []evidence.Span
	for i := range hours {
		at := from.Add(time.Duration(i) * time.Hour)
		spans = append(spans,
			evidence.Span{From: at, Until: at.Add(time.Second), Mode: "off", API: "PutAccountSettingDefault", By: "somebody", Launched: i},
			evidence.Span{From: at.Add(time.Second), Until: at.Add(time.Hour), Mode: "on"})
	}
	return []evidence.Timeline{{Spans: spans}}
}

func drawn(t *testing.T, timelines []evidence.Timeline, tasks []evidence.Task) picture {
	t.Helper()
	p, err := newPicture(timelines, tasks)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryTimeOffIsDrawnOverTheOthers(t *testing.T) {
	svg := string(drawn(t, flapping(2), nil).SVG)
	if on, off := strings.LastIndex(svg, `<rect class="on"`), strings.Index(svg, `<rect class="off"`); on < 0 || off < on {
		t.Errorf("a bar of FIPS mode on is drawn over one of off:\n%s", svg)
	}
	if n := strings.Count(svg, `<rect class="off"`); n != 2 {
		t.Errorf("%d of 2 times off are drawn", n)
	}
}

// A script that flaps for months must not make a report that nobody can open.
func TestAReportOfMonthsOfFlappingStaysReadable(t *testing.T) {
	d := sampleDocument()
	d.Timelines = flapping(10_000)
	d.Timelines[0].Sum = evidence.Sum{OffTimes: 10_000, OffSeconds: 7200, TurnedOffBy: []evidence.Caller{{Name: "a", Calls: 9}, {Name: "b", Calls: 4}, {Name: "c", Calls: 2}, {Name: "d", Calls: 1}}}
	page := string(written(t, d))
	if len(page) > 1<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	const summed = "off 10000 times, 2 h in all, by a (9 calls), b (4 calls), c (2 calls), 1 more"
	if !strings.Contains(page, summed) {
		t.Errorf("the page does not say: %s", summed)
	}
}

func TestTimesThatCannotBeDrawnAreStillSaid(t *testing.T) {
	moment := time.Date(2026, 3, 3, 7, 13, 11, 0, time.UTC)
	for name, spans := range map[string][]evidence.Span{
		"no span":            nil,
		"a span of no time":  {{From: moment, Until: moment, Mode: "off"}},
		"a span of no dates": {{Mode: "off"}},
	} {
		p := drawn(t, []evidence.Timeline{{Spans: spans}}, nil)
		if len(p.Lanes) != 1 || len(p.Lanes[0].Rows) != len(spans) || p.SVG != "" {
			t.Errorf("%s: %+v", name, p.Lanes)
		}
	}
}

func TestOneExposedTaskAmongThousandsIsSeen(t *testing.T) {
	timelines := flapping(24)
	from := timelines[0].Spans[0].From
	var tasks []evidence.Task
	for range 5000 {
		at := from.Add(5 * time.Hour)
		tasks = append(tasks, evidence.Task{Created: &at, Exposed: guard.Compliant})
	}
	exposed, early := from.Add(20*time.Hour), from.Add(-time.Hour)
	tasks = append(tasks, evidence.Task{Created: &exposed, Exposed: guard.NonCompliant}, evidence.Task{Created: &early}, evidence.Task{})
	got := drawn(t, timelines, tasks)
	if !strings.Contains(string(got.SVG), `<rect class="exposed"`) || !strings.Contains(string(got.SVG), "1 running task launched from 2026-01-01 19:55:12 to 2026-01-01 20:09:36 UTC, 1 of them exposed") {
		t.Errorf("the exposed task is not drawn:\n%s", got.SVG)
	}
	if want := "Not in the chart: 1 running task launched before the chart begins, 1 running task launched at an unknown time."; got.Outside != want {
		t.Errorf("%q, not %q", got.Outside, want)
	}
}

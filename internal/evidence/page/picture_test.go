package page

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// flapping is a setting that goes off for a second every hour.
func flapping(hours int) []evidence.Timeline {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var spans []evidence.Span
	for i := range hours {
		at := from.Add(time.Duration(i) * time.Hour)
		spans = append(spans,
			evidence.Span{From: at, Until: at.Add(time.Second), Mode: "off", Call: "PutAccountSettingDefault", By: "somebody", Launched: i},
			evidence.Span{From: at.Add(time.Second), Until: at.Add(time.Hour), Mode: "on"})
	}
	return []evidence.Timeline{{Spans: spans}}
}

func TestEveryTimeOffIsSeenHoweverShort(t *testing.T) {
	for _, hours := range []int{1, 24, 24 * 90} {
		timelines := flapping(hours)
		var off []stretch
		for _, b := range newPicture(timelines, nil).Lanes[0].Bars {
			x, width := number(t, b.X), number(t, b.Width)
			if width < leastWidth || x < 0 || x+width > pictureWidth+.1 {
				t.Fatalf("of %d hours: a bar from %.1f is %.1f wide", hours, x, width)
			}
			if b.Mode == "off" {
				off = append(off, stretch{x - 1, x + width + 1})
			} else if len(off) > 0 {
				t.Fatal("a bar of FIPS mode on is drawn over one of off")
			}
		}
		axis, _ := axisOf(timelines)
		axis = axis.closer(timelines, nil)
		for _, s := range timelines[0].Spans {
			x, width := axis.place(s)
			if s.Mode == "off" && !slices.ContainsFunc(off, func(b stretch) bool { return b.left <= x && x+width <= b.right }) {
				t.Fatalf("of %d hours: the time off from %s, at %.1f, is not drawn", hours, s.From, x)
			}
		}
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

func TestNotesUnderBarsDoNotCoverEachOther(t *testing.T) {
	for _, hours := range []int{2, 5, 24, 500} {
		var notes []stretch
		for _, n := range newPicture(flapping(hours), nil).Lanes[0].Notes {
			half := float64(letterWidth*len([]rune(n.Text))) / 2
			at := stretch{number(t, n.X) - half + float64(n.Y)*10*pictureWidth, number(t, n.X) + half + float64(n.Y)*10*pictureWidth}
			for _, other := range notes {
				if at.left < other.right && other.left < at.right {
					t.Fatalf("of %d hours: the note %q covers another", hours, n.Text)
				}
			}
			notes = append(notes, at)
		}
		if len(notes) == 0 {
			t.Errorf("of %d hours: no note", hours)
		}
	}
}

func TestTheAxisHasAFewRoundTimes(t *testing.T) {
	from := time.Date(2026, 3, 3, 7, 13, 11, 0, time.UTC)
	for _, long := range []time.Duration{20 * time.Second, time.Hour, 26 * time.Hour, 30 * 24 * time.Hour, 400 * 24 * time.Hour, 20 * 366 * 24 * time.Hour} {
		ticks := axis{from, from.Add(long)}.ticks()
		if len(ticks) < 1 || len(ticks) > 8 {
			t.Errorf("%v have %d marks", long, len(ticks))
		}
	}
}

func TestTimesThatCannotBeDrawnAreStillSaid(t *testing.T) {
	moment := time.Date(2026, 3, 3, 7, 13, 11, 0, time.UTC)
	for name, spans := range map[string][]evidence.Span{
		"no span":            nil,
		"a span of no time":  {{From: moment, Until: moment, Mode: "off"}},
		"a span of no dates": {{Mode: "off"}},
	} {
		p := newPicture([]evidence.Timeline{{Spans: spans}}, nil)
		if len(p.Lanes) != 1 || len(p.Lanes[0].Rows) != len(spans) || len(p.Lanes[0].Bars) != 0 {
			t.Errorf("%s: %+v", name, p.Lanes)
		}
	}
}

func TestASpanFromUnknownTimeBeginsAtThePicturesLeft(t *testing.T) {
	until := time.Date(2026, 3, 3, 7, 0, 0, 0, time.UTC)
	p := newPicture([]evidence.Timeline{{Spans: []evidence.Span{
		{Until: until, Mode: "unknown"}, {From: until, Until: until.Add(time.Hour), Mode: "on"},
	}}}, nil)
	for _, b := range p.Lanes[0].Bars {
		if x := number(t, b.X); x < 0 || x > pictureWidth {
			t.Errorf("a bar is at %.1f", x)
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
	got := newPicture(timelines, tasks).Launches
	if len(got.Columns) != 2 {
		t.Fatalf("%d columns: %+v", len(got.Columns), got.Columns)
	}
	if got.Columns[0].ExposedHeight != "" {
		t.Error("tasks launched while on are drawn as exposed")
	}
	if last := got.Columns[1]; number(t, last.ExposedHeight) < columnLeast || number(t, last.X) < pictureWidth*0.8 {
		t.Errorf("the exposed task is drawn as %+v", last)
	}
	if want := "Not in the picture: 1 running task launched before the picture begins, 1 running task launched at an unknown time."; got.Outside != want {
		t.Errorf("%q, not %q", got.Outside, want)
	}
}

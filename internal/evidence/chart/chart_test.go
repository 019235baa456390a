package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// flapping is heavy for a second every hour.
func flapping(hours int) (Axis, []Bar) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var bars []Bar
	for i := range hours {
		at := from.Add(time.Duration(i) * time.Hour)
		bars = append(bars,
			Bar{From: at, Until: at.Add(time.Second), Class: "off", Weight: Heavy, Note: fmt.Sprintf("OFF 1 s · %d running tasks launched then", i)},
			Bar{From: at.Add(time.Second), Until: at.Add(time.Hour), Class: "on"})
	}
	return Axis{from, from.Add(time.Duration(hours) * time.Hour)}, bars
}

func TestEveryHeavyBarIsSeenHoweverShort(t *testing.T) {
	for _, hours := range []int{1, 24, 24 * 90} {
		axis, given := flapping(hours)
		var heavy []stretch
		for _, b := range axis.strip(Strip{Bars: given}, 0).Bars {
			x, wide := number(t, b.X), number(t, b.Width)
			if wide < leastWidth || x < 0 || x+wide > width+.1 {
				t.Fatalf("of %d hours: a bar from %.1f is %.1f wide", hours, x, wide)
			}
			if b.Class == "off" {
				heavy = append(heavy, stretch{x - 1, x + wide + 1})
			} else if len(heavy) > 0 {
				t.Fatal("a light bar is drawn over a heavy one")
			}
		}
		for i, b := range given {
			x, wide := axis.place(Strip{Bars: given}, i)
			if b.Weight == Heavy && !slices.ContainsFunc(heavy, func(drawn stretch) bool { return drawn.left <= x && x+wide <= drawn.right }) {
				t.Fatalf("of %d hours: the heavy bar from %s, at %.1f, is not drawn", hours, b.From, x)
			}
		}
	}
}

// TestABarThatEndedStaysInItsPlace: only what is now is kept at the right side.
func TestABarThatEndedStaysInItsPlace(t *testing.T) {
	axis, given := flapping(24)
	early := Strip{Bars: given[:1]}
	if x, _ := axis.place(early, 0); x > leastWidth {
		t.Errorf("a second at the beginning of a day is drawn at %.1f", x)
	}
}

func TestAHeavierBarIsHigher(t *testing.T) {
	last := 0.0
	for _, weight := range []Weight{Light, Middle, Heavy} {
		height := number(t, barAt(Bar{Weight: weight}, 0, width, 0).Height)
		if height <= last {
			t.Errorf("a bar of weight %d is %.0f high, one that matters less %.0f", weight, height, last)
		}
		last = height
	}
}

// TestWhatIsNowIsSeen: FIPS mode that was turned on a moment before the end must
// not hide behind the time off before it.
func TestWhatIsNowIsSeen(t *testing.T) {
	from := time.Date(2026, 3, 3, 7, 0, 0, 0, time.UTC)
	axis := Axis{from, from.AddDate(0, 3, 0)}
	for _, off := range []time.Duration{time.Second, 24 * time.Hour, 80 * 24 * time.Hour} {
		on := axis.Until.Add(-time.Second)
		bars := axis.strip(Strip{Bars: []Bar{{From: from, Until: on.Add(-off), Class: "unknown"}, {From: on.Add(-off), Until: on, Class: "off", Weight: Heavy}, {From: on, Until: axis.Until, Class: "on"}}}, 0).Bars
		at := map[string]stretch{}
		for _, b := range bars {
			at[b.Class] = stretch{number(t, b.X), number(t, b.X) + number(t, b.Width)}
		}
		if is, was := at["on"], at["off"]; is.right != width || is.right-is.left < leastWidth || was.right > is.left || was.right-was.left < leastWidth {
			t.Errorf("off for %s until the end but a second: off is drawn at %v, on at %v", off, was, is)
		}
	}
}

func TestNotesUnderBarsDoNotCoverEachOther(t *testing.T) {
	for _, hours := range []int{2, 5, 24, 500} {
		axis, given := flapping(hours)
		var notes []stretch
		for _, n := range axis.strip(Strip{Bars: given}, 0).Notes {
			half := float64(letterWidth*len([]rune(n.Text))) / 2
			at := stretch{number(t, n.X) - half + float64(n.Y)*10*width, number(t, n.X) + half + float64(n.Y)*10*width}
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
		ticks := Axis{from, from.Add(long)}.ticks()
		if len(ticks) < 1 || len(ticks) > 8 {
			t.Errorf("%v have %d marks", long, len(ticks))
		}
	}
}

func TestABarFromUnknownTimeBeginsAtTheLeft(t *testing.T) {
	from := time.Date(2026, 3, 3, 7, 0, 0, 0, time.UTC)
	axis := Axis{from, from.Add(time.Hour)}
	for _, b := range axis.strip(Strip{Bars: []Bar{{Until: from}, {From: from, Until: from.Add(time.Hour)}}}, 0).Bars {
		if x := number(t, b.X); x < 0 || x > width {
			t.Errorf("a bar is at %.1f", x)
		}
	}
}

func TestOneMarkedPointAmongThousandsIsSeen(t *testing.T) {
	axis, _ := flapping(24)
	given := Columns{Describe: func(all, marked int, _, _ time.Time) string { return fmt.Sprintf("%d, %d marked", all, marked) }}
	for range 5000 {
		given.Points = append(given.Points, Point{At: axis.From.Add(5 * time.Hour)})
	}
	given.Points = append(given.Points, Point{At: axis.From.Add(20 * time.Hour), Marked: true}, Point{At: axis.From.Add(-time.Hour)})
	got := axis.columns(given).Columns
	if len(got) != 2 {
		t.Fatalf("%d columns: %+v", len(got), got)
	}
	if got[0].MarkedHeight != "" || got[0].Title != "5000, 0 marked" {
		t.Errorf("points that are not marked are drawn as %+v", got[0])
	}
	if last := got[1]; number(t, last.MarkedHeight) < columnLeast || number(t, last.X) < width*0.8 || last.Title != "1, 1 marked" {
		t.Errorf("the marked point is drawn as %+v", last)
	}
}

func TestForeignTextsStayText(t *testing.T) {
	const hostile = `"/></svg><script>alert(1)</script>`
	axis, _ := flapping(24)
	svg, err := Chart{
		Label: hostile, Axis: axis, Columns: &Columns{Title: hostile, Points: []Point{{At: axis.From}}, Describe: func(int, int, time.Time, time.Time) string { return hostile }},
		Strips: []Strip{{Title: hostile, Bars: []Bar{{From: axis.From, Until: axis.Until, Class: "off", Title: hostile, Inside: hostile, Note: hostile}}}},
	}.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(svg), "<script") || strings.Count(string(svg), "</svg>") != 1 || strings.Count(string(svg), "alert(1)") != 7 {
		t.Errorf("a text became markup or is missing:\n%s", svg)
	}
}

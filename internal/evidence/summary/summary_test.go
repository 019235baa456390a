package summary

import (
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return monday.Add(time.Duration(hours * float64(time.Hour))) }

func span(mode string, from, until float64) evidence.Span {
	return evidence.Span{Mode: mode, From: at(from), Until: at(until)}
}

func task(result string, checked float64, exposed guard.Verdict) evidence.Task {
	t := evidence.Task{Kernel: evidence.Kernel{Result: result}, Exposed: exposed}
	if checked != 0 {
		when := at(checked)
		t.Kernel.At = &when
	}
	return t
}

func report(hour float64, tasks []evidence.Task, spans ...evidence.Span) evidence.Document {
	return evidence.Document{
		Account: "111122223333", Region: "us-gov-west-1", Started: at(hour), Finished: at(hour), Tasks: tasks,
		Timelines: []evidence.Timeline{{Spans: spans}, {Principal: "role", Spans: []evidence.Span{span("off", 0, 100)}}},
	}
}

// TestTheFiguresOfThreeDays: what is off and unknown is taken from whatever
// report knows it; the second day has no report of its own.
func TestTheFiguresOfThreeDays(t *testing.T) {
	var c Collector
	for _, d := range []evidence.Document{
		report(6, []evidence.Task{task(evidence.KernelOn, 2, guard.Compliant), task(evidence.CouldNotBeChecked, 5, guard.Compliant), task(evidence.NotInScope, 0, guard.Compliant)},
			span("unknown", -10, 4), span("on", 4, 5), span("off", 5, 6)),
		report(12, []evidence.Task{task(evidence.KernelOn, 7, guard.Compliant), task(evidence.KernelOff, 8, guard.NonCompliant)},
			span("on", 4, 5), span("off", 5, 6.5), span("on", 6.5, 12)),
		report(60, []evidence.Task{task(evidence.KernelOn, 59, guard.Compliant)},
			span("on", 6.5, 30), span("unknown", 30, 31), span("on", 31, 50), span("off", 50, 50.5), span("off", 50.5, 51), span("on", 51, 60)),
	} {
		c.Add(d)
	}
	all := c.Summaries(true, 0)
	if len(all) != 1 || len(all[0].Days) != 3 {
		t.Fatalf("the summaries are %+v", all)
	}
	num := func(x float64) *float64 { return &x }
	one, none := 1, 0
	want := []Figures{
		{Day: "2026-11-02", Days: 1, Reports: 2, TaskChecks: 4, Checked: num(0.75), OffMinutes: num(30), UnknownMinutes: num(0), Fixes: 1, FixMedian: num(5400), Fix99th: num(5400), OldestCheck: num(5), Exposed: &one},
		{Day: "2026-11-03", Days: 1, OffMinutes: num(0), UnknownMinutes: num(60)},
		{Day: "2026-11-04", Days: 1, Reports: 1, TaskChecks: 1, Checked: num(1), OffMinutes: num(60), UnknownMinutes: num(0), Fixes: 1, FixMedian: num(3600), Fix99th: num(3600), OldestCheck: num(1), Exposed: &none},
	}
	if diff := cmp.Diff(want, all[0].Days); diff != "" {
		t.Errorf("the days are others (-want +got):\n%s", diff)
	}
	whole := Figures{Day: "2026-11-02", Days: 3, Reports: 3, TaskChecks: 5, Checked: num(0.8), OffMinutes: num(90), UnknownMinutes: num(60), Fixes: 2, FixMedian: num(3600), Fix99th: num(5400), OldestCheck: num(5), Exposed: &one}
	if diff := cmp.Diff(whole, all[0].Last30); diff != "" {
		t.Errorf("the last 30 days are others (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(all[0].Last30, all[0].Last365); diff != "" {
		t.Errorf("the year is another (-30 days +year):\n%s", diff)
	}
}

// TestOffCountsWhereReportsDiffer, and an off period that goes on was not fixed.
func TestOffCountsWhereReportsDiffer(t *testing.T) {
	var c Collector
	c.Add(report(4, nil, span("on", 0, 4)))
	c.Add(report(8, nil, span("on", 0, 2), span("off", 2, 3), span("on", 3, 7), span("off", 7, 8)))
	f := c.Summaries(true, 0)[0].Days[0]
	// From the first report on, at four, until the last one, at eight.
	if *f.OffMinutes != 60 || *f.UnknownMinutes != 0 || f.Fixes != 0 {
		t.Errorf("off for %v min, unknown for %v min, %d fixes", *f.OffMinutes, *f.UnknownMinutes, f.Fixes)
	}
	c = Collector{}
	c.Add(report(1, nil, span("on", 0, 1)))
	c.Add(report(4, nil, span("on", 0, 4)))
	c.Add(report(8, nil, span("off", 2, 3), span("on", 3, 8)))
	if f := c.Summaries(true, 0)[0].Days[0]; *f.OffMinutes != 60 || *f.UnknownMinutes != 0 || f.Fixes != 1 {
		t.Errorf("off for %v min, unknown for %v min, %d fixes", *f.OffMinutes, *f.UnknownMinutes, f.Fixes)
	}
}

// TestWhatEndsInTheUnknownWasNotFixed, as far as reports show.
func TestWhatEndsInTheUnknownWasNotFixed(t *testing.T) {
	var c Collector
	c.Add(report(1, nil, span("on", 0, 1)))
	c.Add(report(8, nil, span("on", 0, 2), span("off", 2, 3), span("unknown", 3, 5), span("on", 5, 8)))
	if f := c.Summaries(true, 0)[0].Days[0]; f.Fixes != 0 || *f.OffMinutes != 60 || *f.UnknownMinutes != 120 {
		t.Errorf("off for %v min, unknown for %v min, %d fixes", *f.OffMinutes, *f.UnknownMinutes, f.Fixes)
	}
}

func TestRankIsTheNearest(t *testing.T) {
	var sorted []time.Duration
	for i := range 200 {
		sorted = append(sorted, time.Duration(i+1))
	}
	for percent, want := range map[int]time.Duration{50: 100, 99: 198, 100: 200, 1: 2} {
		if got := rank(sorted, percent); got != want {
			t.Errorf("rank %d of 200 is %d, want %d", percent, got, want)
		}
	}
	if rank(sorted[:1], 1) != 1 || rank(sorted[:1], 99) != 1 {
		t.Error("the only one is not every rank")
	}
}

// TestOrderDoesNotMatter: a folder may be read in any order.
func TestOrderDoesNotMatter(t *testing.T) {
	docs := []evidence.Document{
		report(1, nil, span("on", -5, 1)), report(2, nil, span("on", -5, 1.5), span("off", 1.5, 2)), report(3, nil, span("off", 1.5, 2.5), span("on", 2.5, 3)),
	}
	var forth, back Collector
	for i := range docs {
		forth.Add(docs[i])
		back.Add(docs[len(docs)-1-i])
	}
	if diff := cmp.Diff(forth.Summaries(true, 0), back.Summaries(true, 0)); diff != "" {
		t.Errorf("in another order the figures are others:\n%s", diff)
	}
}

package page

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/audit"
)

// years is five years of three accounts in two Regions, with an off period each
// week of minutes.
func years() *audit.Answer {
	from := audit.Time(time.Date(2021, 11, 20, 0, 0, 0, 0, time.UTC).Unix())
	until := audit.Time(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Unix())
	a := &audit.Answer{From: &from, Until: &until, Files: audit.Files{Read: 3_000_000}}
	for _, account := range []string{"111122223333", "444455556666", "777788889999"} {
		for r, region := range []string{"us-gov-east-1", "us-gov-west-1"} {
			p := audit.Place{Account: account, Region: region, From: from, Until: until, Trust: audit.Trust{VouchedHours: 43_800, UnvouchedHours: 24}}
			start := audit.Interval{From: from, Until: from + 86400*40, Mode: "unknown", Reason: audit.Start}
			p.Intervals = append(p.Intervals, start)
			for at := start.Until; at < until; at += 7 * 86400 {
				end := at + audit.Time(600*(r+1))
				event := &audit.Event{EventID: fmt.Sprint("event-", at), EventName: "PutAccountSettingDefault", Actor: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe"}
				p.Intervals = append(p.Intervals,
					audit.Interval{From: at, Until: end, Mode: "off", Reason: audit.Set, Event: event},
					audit.Interval{From: end, Until: min(until, at+7*86400), Mode: "on", Reason: audit.Set, Event: event})
				p.Off.Windows++
				p.Off.Seconds += int64(end - at)
			}
			for i := range 300 {
				p.Overrides = append(p.Overrides, audit.Override{Principal: fmt.Sprint("arn:aws-us-gov:iam::111122223333:role/r", i), Intervals: p.Intervals[:100]})
			}
			a.Places = append(a.Places, p)
		}
	}
	for i := range 5000 {
		a.Files.Faulty = append(a.Files.Faulty, audit.Faulty{Path: fmt.Sprint("AWSLogs/", i), Fault: "missing"})
	}
	return a
}

// TestFiveYearsAreReadable: however long the past is, the page is below 3 MB, and
// what is short is drawn.
func TestFiveYearsAreReadable(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, years(), "build"); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 3<<20 {
		t.Errorf("the page has %d bytes, more than 3 MB", b.Len())
	}
	_, after, _ := strings.Cut(b.String(), `<path class="off" d="`)
	path, _, _ := strings.Cut(after, `"`)
	if n := strings.Count(path, "M"); n < 200 {
		t.Errorf("%d off periods are drawn, want those of all weeks", n)
	}
	if name := os.Getenv("FIPSGUARD_PAGE"); name != "" { // to look at
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOtherPeoplesTextIsText: what is in records cannot become part of the page.
func TestOtherPeoplesTextIsText(t *testing.T) {
	a := years()
	a.Places = a.Places[:1]
	a.Places[0].Overrides = []audit.Override{{Principal: `<script>alert(1)</script>`, Intervals: a.Places[0].Intervals[:1]}}
	a.Files.Faulty = []audit.Faulty{{Path: `"><img src=x>`, Fault: "missing"}}
	var b strings.Builder
	if err := Write(&b, a, ""); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "<img") {
		t.Error("text of a record became part of the page")
	}
}

func TestThePageOfNothing(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, &audit.Answer{}, ""); err != nil || !strings.Contains(b.String(), "nothing is known") {
		t.Errorf("error %v, page %s", err, b.String())
	}
}

package page

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/past"
	"fipsguard/internal/independent/browser"
)

// years is five years of three accounts in two Regions, with an off period each
// week of minutes, many overrides and many faulty files.
func years() []evidence.Document {
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
			for i := range 500 {
				p.Launched = append(p.Launched, audit.Launched{Definition: fmt.Sprintf("arn:aws-us-gov:ecs:%s:%s:task-definition/web:%d", region, account, i), Group: "service:web", Count: 3})
				p.LaunchesWhileOff += 3
			}
			a.Places = append(a.Places, p)
			for i := range 1000 {
				a.Files.Faulty = append(a.Files.Faulty, audit.Faulty{Path: fmt.Sprintf("AWSLogs/%s_CloudTrail_%s_20241101T0000Z_%d.json.gz", account, region, i), Fault: "missing"})
			}
		}
	}
	return past.Documents(a, evidence.About{Started: time.Unix(1_795_000_000, 0), Finished: time.Unix(1_795_000_100, 0), Collector: "arn:aws-us-gov:sts::111122223333:assumed-role/Auditor/jane.doe"})
}

func pastPageOf(t testing.TB, all []evidence.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WritePast(&out, all); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFiveYearsAreReadable: however long the past is, the page is below 3 MB,
// each week's minutes off are drawn apart, and what is left out is said.
func TestFiveYearsAreReadable(t *testing.T) {
	page := string(pastPageOf(t, years()))
	if len(page) > 3_000_000 {
		t.Errorf("the page has %d bytes, more than 3 MB", len(page))
	}
	t.Logf("%d bytes", len(page))
	chart, _, _ := strings.Cut(page[strings.Index(page, "<svg"):], "Override of")
	if n := strings.Count(chart, `rect class="off"`); n < 200 {
		t.Errorf("%d off periods are drawn, want those of all weeks", n)
	}
	for _, want := range []string{"each stripe has the worst of its time", "and 292 more overrides", "and 900 more in the JSON report", "Accounts and Regions: 6. With a violation: 6"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if name := os.Getenv("FIPSGUARD_PAGE"); name != "" { // to see it
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheAuditsPageSaysWhatTheDocumentsSay, made safe.
func TestTheAuditsPageSaysWhatTheDocumentsSay(t *testing.T) {
	all := evidencetest.Past()
	page := pastPageOf(t, all)
	said := words(page)
	for what, want := range map[string]string{
		"the answer of the first place":  all[0].Past.Words[:60],
		"the answer of the second place": all[1].Past.Words,
		"launches in an off period":      "OFF 3 h · 8 recorded tasks launched then",
		"what is not counted":            "never off; unknown for 2 d 12 h",
		"a failed call":                  "AccessDenied",
		"a faulty file":                  "corrupt: offset 7",
		"how far it is vouched for":      "CloudTrail recorded it, and its signatures vouch for the log files",
		"a limit":                        all[0].Limits[0],
		"who audited":                    all[0].Collector,
		"the report's name":              all[1].ID,
	} {
		if !strings.Contains(said, strings.Join(strings.Fields(evidence.Name(want)), " ")) {
			t.Errorf("the page does not say %s: %q", what, want)
		}
	}
	if strings.Contains(string(page), "<script>alert") || strings.Contains(string(page), "<img") || strings.ContainsAny(string(page), "\x1b\u202e") {
		t.Error("text of a record became part of the page")
	}
	if none := string(pastPageOf(t, nil)); !strings.Contains(none, "Nothing is known") {
		t.Errorf("the page of nothing: %s", none)
	}
}

func TestTheAuditsPageIsWellFormedForABrowser(t *testing.T) {
	b := browser.Open(t, pastPageOf(t, evidencetest.Past()))
	for _, width := range []int64{360, 1400} {
		b.Show(width, "light")
		if over := browser.Ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("at %d px the page is %d px too wide", width, over)
		}
	}
	for _, scheme := range []string{"light", "dark"} {
		b.Show(1400, scheme)
		if faint := browser.Ask[[]string](b, browser.FaintTexts); len(faint) > 0 {
			t.Errorf("%s: contrast under 4.5 to 1: %q", scheme, faint)
		}
	}
	if twice := browser.Ask[[]string](b, `[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) != i)`); len(twice) > 0 {
		t.Errorf("IDs are there twice: %q", twice)
	}
	if noises := b.Noises(); len(noises) > 0 {
		t.Errorf("the browser complained: %q", noises)
	}
}

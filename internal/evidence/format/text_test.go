package format_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
)

func TestTheTextHasNoControlCharacters(t *testing.T) {
	text := evidencetest.Written(t, func(out io.Writer) error {
		return format.WriteText(out, evidencetest.Everything())
	})
	for _, r := range string(text) {
		if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') {
			t.Fatalf("the text has %q:\n%s", r, text)
		}
	}
	for _, want := range []string{"NON_COMPLIANT", "2 with FIPS on and 2 with FIPS off (confirmed by kernel)", "OFF", "jane.doe", "What this report does not show"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("nothing about %q in:\n%s", want, text)
		}
	}
}

// A script that flaps for months must not make a report that nobody can read.
func TestTheTextOfMonthsOfFlappingStaysReadable(t *testing.T) {
	d := evidencetest.Everything()
	account := &d.Timelines[0]
	account.Sum = evidence.Sum{OffTimes: 10_000, OffSeconds: 7200, TurnedOffBy: []evidence.Caller{{Name: "a", Calls: 9}, {Name: "b", Calls: 4}, {Name: "c", Calls: 2}, {Name: "d", Calls: 1}}}
	account.Spans = nil
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		at := from.Add(time.Duration(i) * time.Hour)
		account.Spans = append(account.Spans,
			evidence.Span{From: at, Until: at.Add(time.Second), Mode: "off", API: "PutAccountSettingDefault", By: "somebody"},
			evidence.Span{From: at.Add(time.Second), Until: at.Add(time.Hour), Mode: "on"})
	}
	text := string(evidencetest.Written(t, func(out io.Writer) error { return format.WriteText(out, d) }))
	if lines := strings.Count(text, "\n"); lines > 200 {
		t.Errorf("the text has %d lines", lines)
	}
	const summed = "off 10000 times, 2 h in all, by a (9 calls), b (4 calls), c (2 calls), 1 more"
	if !strings.Contains(text, summed) {
		t.Errorf("the text does not say: %s", summed)
	}
}

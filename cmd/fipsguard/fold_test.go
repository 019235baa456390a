package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fipsguard/internal/evidence/evidencetest"
)

// on is a terminal of some width, and what is written to it.
func on(width int) (*terminal, *bytes.Buffer) {
	var out bytes.Buffer
	return &terminal{out: &out, err: &out, color: true, width: width, screen: true}, &out
}

// TestReportsFitATerminal: no line is wider, but for words that are longer than
// one; and nothing is lost.
func TestReportsFitATerminal(t *testing.T) {
	report := func(c *terminal) error { return (&verifyCommand{Format: "text"}).write(c, evidencetest.Everything()) }
	wide, all := on(100_000)
	if err := report(wide); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{40, 80, 120} {
		narrow, out := on(width)
		if err := report(narrow); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := visible(strings.TrimSuffix(line, "\n")); n > width && len(strings.Fields(line)) > 1 {
				t.Errorf("%d characters in %d columns: %s", n, width, line)
			}
		}
		if a, b := strings.Join(strings.Fields(all.String()), " "), strings.Join(strings.Fields(out.String()), " "); a != b {
			t.Errorf("in %d columns it says:\n%s\nand else:\n%s", width, b, a)
		}
	}
}

// TestOnlyTerminalsGetColorsAndFolding: what goes into a file is as it was.
func TestOnlyTerminalsGetColorsAndFolding(t *testing.T) {
	text := strings.Repeat("a long sentence ", 20)
	var out bytes.Buffer
	file := &terminal{out: &out, width: 80}
	if fmt.Fprintln(file.folded(), text, file.word("OFF")); strings.TrimSpace(out.String()) != text+"OFF" && out.String() != text+" OFF\n" {
		t.Errorf("a file gets %q", out.String())
	}
	screen, shown := on(22)
	fmt.Fprintln(screen.folded(), "  it is "+screen.word("NON_COMPLIANT")+" and so on")
	if want := "  it is " + red + "NON_COMPLIANT" + normal + "\n    and so on\n"; shown.String() != want {
		t.Errorf("a terminal gets %q, want %q", shown.String(), want)
	}
}

// TestWordsOfReportsHaveColors: each of them, so that the worst is red.
func TestWordsOfReportsHaveColors(t *testing.T) {
	screen, _ := on(80)
	for _, word := range []string{"NON_COMPLIANT", "OFF", "CRITICAL", "FIPS off"} {
		if !strings.HasPrefix(screen.word(word), red) {
			t.Errorf("%s is %q", word, screen.word(word))
		}
	}
	report, out := on(200)
	if err := (&verifyCommand{Format: "text"}).write(report, evidencetest.Everything()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{red + "NON_COMPLIANT" + normal, red + "OFF" + normal, bold + "Findings" + normal, red + "FIPS off"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

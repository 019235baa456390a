package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"fipsguard/internal/audit"
	"fipsguard/internal/grammar"
	"fipsguard/internal/sanitize"
)

// printAudit prints an answer for people: first the sentence that they want.
func printAudit(t *terminal, a *audit.Answer) error {
	var b strings.Builder
	b.WriteString(sanitize.Terminal(audit.Words(a.Places)) + "\n")
	for _, p := range a.Places {
		printPlace(t, &b, p, len(a.Places) > 1)
	}
	fmt.Fprintf(&b, "\n%s\n", t.paint(bold, "Files"))
	fmt.Fprintf(&b, "  %d read (%s uncompressed), %d skipped, %d faulty\n", a.Files.Read, bytesText(a.Bytes), a.Files.Skipped, len(a.Files.Faulty))
	for i, f := range a.Files.Faulty {
		if i == maxListed {
			fmt.Fprintf(&b, "  … and %d more (--format json lists all)\n", len(a.Files.Faulty)-maxListed)
			break
		}
		fmt.Fprintf(&b, "  %s\n    %s\n", sanitize.Terminal(f.Path), t.paint(yellow, sanitize.Terminal(f.Fault)))
	}
	_, err := io.WriteString(t.folded(), b.String())
	return err
}

// maxListed bounds lists in the text form; the JSON form has all.
const maxListed = 50

func printPlace(t *terminal, b *strings.Builder, p audit.Place, oneOfMany bool) {
	fmt.Fprintf(b, "\n%s\n", t.paint(bold, sanitize.Terminal(p.Account+" "+p.Region)))
	if oneOfMany {
		fmt.Fprintf(b, "  %s\n", sanitize.Terminal(audit.Words([]audit.Place{p})))
	}
	printIntervals(t, b, p.Intervals)
	for _, o := range p.Overrides {
		fmt.Fprintf(b, "  Override of %s\n", sanitize.Terminal(o.Principal))
		printIntervals(t, b, o.Intervals)
	}
	if len(p.Launched) > 0 {
		fmt.Fprintf(b, "  Launched while FIPS mode was off\n")
	}
	for i, l := range p.Launched {
		if i == maxListed {
			fmt.Fprintf(b, "    … and %s\n", grammar.Count(len(p.Launched)-maxListed, "more kind"))
			break
		}
		fmt.Fprintf(b, "    %d × %s  %s\n", l.Count, sanitize.Terminal(orDash(l.Definition)), sanitize.Terminal(l.Group))
	}
	if len(p.Attempts) > 0 {
		fmt.Fprintf(b, "  Failed calls on account settings; which setting was meant is not recorded\n")
	}
	for i, f := range p.Attempts {
		if i == maxListed {
			fmt.Fprintf(b, "    … and %d more\n", len(p.Attempts)-maxListed)
			break
		}
		fmt.Fprintf(b, "    %s  %s by %s: %s\n", f.At, sanitize.Terminal(f.Event.EventName), sanitize.Terminal(f.Event.Actor), sanitize.Terminal(f.Failure))
	}
	if p.Trust.AlteredFiles+p.Trust.MissingFiles > 0 {
		fmt.Fprintf(b, "  %s altered, %d missing\n", grammar.Count(p.Trust.AlteredFiles, "file"), p.Trust.MissingFiles)
	}
}

func printIntervals(t *terminal, b *strings.Builder, all []audit.Interval) {
	for i, interval := range all {
		if i == maxListed {
			fmt.Fprintf(b, "    … and %d more (--format csv lists all)\n", len(all)-maxListed)
			return
		}
		why := interval.Reason.Words()
		if e := interval.Event; e != nil {
			why = fmt.Sprintf("%s by %s (event %s)", e.EventName, e.Actor, e.EventID)
			if interval.Mode == "unknown" {
				why = interval.Reason.Words() + ": " + why
			}
		}
		fmt.Fprintf(b, "    %s  %s – %s  %s  %s\n", t.mode(interval.Mode), interval.From, interval.Until, interval.Duration(), sanitize.Terminal(why))
	}
}

func (t *terminal) mode(mode string) string {
	padded := fmt.Sprintf("%-7s", mode)
	switch mode {
	case "on":
		return t.paint(green, padded)
	case "off":
		return t.paint(red, padded)
	}
	return t.paint(yellow, padded)
}

// printAuditCSV prints one line for each interval.
func printAuditCSV(out io.Writer, a *audit.Answer) error {
	w := csv.NewWriter(out)
	lines := [][]string{{"account", "region", "principal", "from", "until", "seconds", "mode", "reason", "eventID", "eventName", "actor"}}
	for _, p := range a.Places {
		for _, o := range append([]audit.Override{{Intervals: p.Intervals}}, p.Overrides...) {
			for _, i := range o.Intervals {
				e := audit.Event{}
				if i.Event != nil {
					e = *i.Event
				}
				lines = append(lines, []string{p.Account, p.Region, cell(o.Principal), i.From.String(), i.Until.String(),
					strconv.FormatInt(int64(i.Until-i.From), 10), i.Mode, string(i.Reason), cell(e.EventID), cell(e.EventName), cell(e.Actor)})
			}
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// cell keeps a spreadsheet from taking other people's text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

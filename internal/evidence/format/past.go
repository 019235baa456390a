package format

import (
	"time"

	"fipsguard/internal/evidence"
)

// did is what was done to make a report, as the beginning of a sentence.
func did(d evidence.Document) string {
	if d.Past != nil {
		return "Audited"
	}
	return "Scanned"
}

// titleOf names what made a report.
func titleOf(d evidence.Document) string {
	if d.Past != nil {
		return "Audit " + d.ID
	}
	return "Scan " + d.ID
}

// sourceOf is what a report's claims come from.
func sourceOf(d evidence.Document) string {
	if d.Past != nil {
		return "an audit of CloudTrail's log files"
	}
	return "continuous checks"
}

// launched is what a report counts in the spans of its timelines.
func launched(d evidence.Document) string {
	if d.Past != nil {
		return "recorded task"
	}
	return "running task"
}

// writePast writes what an audit read.
func writePast(w *lines, p *evidence.Past) {
	if p == nil {
		return
	}
	if len(p.Attempts) > 0 {
		w.printf("%s\n", w.word("Failed calls on account settings; which setting was meant is not recorded"))
		for i, a := range p.Attempts {
			if w.enough(i, len(p.Attempts)) {
				break
			}
			w.printf("  %s  %s by %s: %s\n", a.At.Format(time.RFC3339), a.API, a.By, a.Failure)
		}
		w.printf("\n")
	}
	w.printf("%s\n  %d read, %d skipped; faulty of this account and Region: %d\n", w.word("Log files of the audit"), p.Logs.Read, p.Logs.Skipped, len(p.Logs.Faulty))
	for i, f := range p.Logs.Faulty {
		if w.enough(i, len(p.Logs.Faulty)) {
			break
		}
		w.printf("  %s: %s\n", f.Path, f.Fault)
	}
	w.printf("\n")
}

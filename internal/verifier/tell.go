package verifier

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// maxOutbox bounds what waits while SNS does not answer.
const maxOutbox = 20

// tell tells people what is new to them. What there is to tell is written down
// first, so that it is sent even if this process ends here. Off periods are in
// no report: one whose alert does not go out is found again by the next scan.
func (v *Verifier) tell(ctx context.Context, was recalled, found scan.Result, d evidence.Document, request Request, kept receipt) error {
	complete := found.Complete() && was.unread == ""
	published, readErr := v.readPublished(ctx)
	heard := was.Reported.with(published.notes()).since(v.Now())
	if len(was.seen.faults) > 0 {
		heard.Since = nothingExcused
	}
	changes := dedup.Compare(heard.open(was.Open, found.Report), found.Report, complete)
	heard = heard.settled(found.Report)
	next := was
	next.Open, next.Memory, next.Keeping = changes.Open, memoryOf(found.Known), nil
	// What was tampered with is told once: the next scan finds what this one writes.
	maps.DeleteFunc(next.Open, func(id string, open dedup.Open) bool {
		return isEvidence(id) && open.Verdict == guard.NonCompliant.String()
	})
	if kept.report != nil {
		next.Latest, next.Number = kept.report, d.Chain.Number
	}
	if kept.partly {
		next.Keeping = kept.report
	}
	report := found.Report
	noted := heard.with(byScan(changes.New, found.Report.Cause, v.Now()))
	var past []guard.Finding
	told := noted
	if was.unread == "" { // else it is not known what was reported before: the off periods wait
		past, told = noted.compare(found.Report, v.Now(), readErr != nil)
	}
	if next.Reported = told; len(past) > 0 {
		next.Reported = noted
	}
	if len(changes.New) == 0 && len(past) == 1 {
		report.Cause = began(past[0], report.Cause)
	}
	report.Findings, report.Outcomes = changes.New, about(changes.New, found.Report)
	report.Scan = &guard.Scan{Status: d.Status, Summary: evidence.Summary(d), Resolved: changes.Resolved, Evidence: kept.location}
	item := pendingOf(report, kept)
	item.made.Findings = slices.Concat(changes.New, past)
	summary := request.Daily && was.Summary != day(v.Now())
	item.past = len(changes.New)+len(changes.Resolved) == 0 && !summary
	switch {
	case len(next.Outbox) >= maxOutbox:
		next.Open, next.Reported, told = was.Open, heard, heard // it stays new until what is older has gone out
	case len(item.made.Findings)+len(changes.Resolved) > 0 || summary:
		next.Outbox = append(slices.Clone(next.Outbox), item)
		if summary {
			next.Summary = day(v.Now())
		}
	}
	err := v.remember(ctx, next)
	if v.unwritten == nil {
		v.forget(ctx, published)
	}
	return errors.Join(readErr, err, v.flush(ctx, next, told))
}

// about returns the outcomes that belong to findings.
func about(findings []guard.Finding, r guard.Report) []guard.Outcome {
	subjects := map[string]bool{}
	for _, f := range findings {
		subjects[f.Subject] = true
	}
	var outcomes []guard.Outcome
	for _, o := range r.Outcomes {
		if subjects[o.Remediation.Subject] {
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}

// day is the date that a daily summary is of.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// flush sends what there is to tell, the oldest first, and writes down that it
// went out; with the last one, what people know of off periods now.
func (v *Verifier) flush(ctx context.Context, s recalled, told reported) error {
	for len(s.Outbox) > 0 {
		m := v.message(ctx, s.Outbox[0])
		if err := v.helpers().publish(ctx, m); err != nil {
			v.Log.Error("alert not sent", "error", err.Error())
			return err
		}
		v.Log.Info("alert", "subject", m.Subject)
		s.Outbox = s.Outbox[1:]
		if len(s.Outbox) == 0 {
			s.Reported = told
		}
		if err := v.remember(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

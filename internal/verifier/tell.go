package verifier

import (
	"context"
	"errors"
	"slices"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/scan"
)

// maxOutbox bounds what waits while SNS does not answer.
const maxOutbox = 20

// tell tells people what is new to them. What there is to tell is written down
// first, so that it is sent even if this process ends here.
func (v *Verifier) tell(ctx context.Context, was recalled, found scan.Result, d evidence.Document, request Request, kept receipt) error {
	changes := dedup.Compare(was.Open, found.Report, found.Complete())
	next := was
	next.Open, next.Memory = changes.Open, memoryOf(found.Known)
	if kept.sha256 != "" {
		next.Latest = &evidence.Predecessor{ID: d.ID, SHA256: kept.sha256}
	}
	report := found.Report
	published, readErr := v.readPublished(ctx)
	noted := was.Reported.with(published.notes()).since(v.Now())
	var past []guard.Finding
	next.Reported = noted.with(byScan(changes.New, found.Report.Cause, v.Now()))
	if !was.unread { // else it is not known what was reported before: the off periods wait
		past, next.Reported = next.Reported.compare(found.Report, v.Now(), readErr != nil)
	}
	if len(changes.New) == 0 && len(past) == 1 {
		report.Cause = began(past[0], report.Cause)
	}
	report.Findings, report.Outcomes = slices.Concat(changes.New, past), about(changes.New, found.Report)
	report.Scan = &guard.Scan{Status: d.Status, Summary: evidence.Summary(d), Resolved: changes.Resolved, Evidence: kept.location}
	summary := request.Daily && was.Summary != day(v.Now())
	switch {
	case len(next.Outbox) >= maxOutbox:
		next.Open, next.Reported = was.Open, noted // it stays new until what is older has gone out
	case len(report.Findings)+len(changes.Resolved) > 0 || summary:
		next.Outbox = append(slices.Clone(next.Outbox), alert.Render(report))
		if summary {
			next.Summary = day(v.Now())
		}
	}
	err := v.remember(ctx, next)
	if v.unwritten == nil {
		v.forget(ctx, published)
	}
	return errors.Join(readErr, err, v.flush(ctx, next))
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
// went out.
func (v *Verifier) flush(ctx context.Context, s recalled) error {
	for len(s.Outbox) > 0 {
		if err := v.helpers().publish(ctx, s.Outbox[0]); err != nil {
			v.Log.Error("alert not sent", "error", err.Error())
			return err
		}
		v.Log.Info("alert", "subject", s.Outbox[0].Subject)
		s.Outbox = s.Outbox[1:]
		if err := v.remember(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

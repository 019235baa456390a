package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
)

// Store keeps reports for good, and the verifier's state.
type Store interface {
	// ReadState answers nil when there is none yet.
	ReadState(context.Context) ([]byte, error)
	WriteState(ctx context.Context, state []byte) error
	// ReadReport answers the JSON of a report that was kept.
	ReadReport(ctx context.Context, id string) ([]byte, error)
	// KeepReport keeps one form of a report, by its file name's ending, and
	// answers its URI. It is safe to repeat.
	KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (location string, err error)
}

// Notifier publishes an alert.
type Notifier interface {
	Publish(context.Context, alert.Message) error
}

// Hub is a place that collects findings, such as Security Hub.
type Hub interface {
	// Import sends what a look found; complete says that it saw everything, so
	// that what it did not find is no more.
	Import(ctx context.Context, d evidence.Document, complete bool) error
}

// Keeper looks on a schedule: it keeps what a look found as evidence and tells
// people what changed since they were told.
type Keeper struct {
	Verifier *Verifier
	Store    Store
	Notifier Notifier
	Hub      Hub // may be nil
	Tool     evidence.Tool
	Log      *slog.Logger
	Metrics  *metric.Writer
	Now      func() time.Time

	unkept *state // of a look whose state could not be written
	blind  bool   // and whose predecessor's could not be read
}

// Order is what a scheduled look is asked for.
type Order struct {
	Why       string
	Sample    int       // 0 means every task
	Daily     bool      // a summary goes out, also when nothing changed
	ProofsEnd time.Time // see Request
	// LookEnd is when looking and correcting ends, which leaves time to keep
	// what was seen and to tell it. Zero means that there is no hurry.
	LookEnd time.Time
}

// Run looks once. An error means that something of it may be lost for people
// or for evidence, and that it should be run again: that is safe.
func (k *Keeper) Run(ctx context.Context, location guard.Location, order Order) error {
	was, err := k.recall(ctx)
	if err != nil {
		k.Log.Error("state not read", "error", err.Error())
	}
	before, beforeErr := k.predecessor(ctx, was)
	if beforeErr != nil {
		k.Log.Error("the report before was not read", "error", beforeErr.Error())
	}
	started := k.Now()
	k.Verifier.Intend = k.intend(was)
	seen, lookErr := k.look(ctx, location, order, memoryOf(before))
	k.record(seen)
	document := evidence.New(evidence.About{
		Why: order.Why, Started: started, Finished: k.Now(), Tool: k.Tool, Predecessor: was.Latest,
		Scope: seen.Scope,
	}, seen.Report)
	kept, keepErr := k.keep(ctx, document)
	tellErr := k.tell(ctx, was, seen, document, order, kept)
	return errors.Join(err, beforeErr, lookErr, keepErr, tellErr, k.collect(ctx, document, seen.complete()), unrepaired(seen.Report))
}

// look looks until its time is over.
func (k *Keeper) look(ctx context.Context, location guard.Location, order Order, known Memory) (Seen, error) {
	if !order.LookEnd.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, order.LookEnd)
		defer cancel()
	}
	return k.Verifier.Look(ctx, location, Request{Why: order.Why, Sample: order.Sample, ProofsEnd: order.ProofsEnd, Known: known})
}

// intend writes down what people have to hear if this process ends before the
// look does. A look that ends as it should leaves nothing of it.
func (k *Keeper) intend(was state) func(context.Context, guard.Report) {
	return func(ctx context.Context, r guard.Report) {
		if len(was.Outbox) >= maxOutbox {
			return
		}
		was.Outbox = append(slices.Clone(was.Outbox), alert.Render(r))
		if err := k.remember(ctx, was); err != nil {
			k.Log.Error("intention not written", "error", err.Error()) // the correction does not wait for it
		}
	}
}

// predecessor is the report that the last look kept.
func (k *Keeper) predecessor(ctx context.Context, was state) (evidence.Document, error) {
	if was.Latest == nil {
		return evidence.Document{}, nil
	}
	data, err := k.Store.ReadReport(ctx, was.Latest.ID)
	if err != nil {
		return evidence.Document{}, err
	}
	if evidence.Digest(data) != was.Latest.SHA256 {
		return evidence.Document{}, fmt.Errorf("report %s is not as it was kept: its SHA-256 differs", was.Latest.ID)
	}
	return evidence.Read(bytes.NewReader(data))
}

// receipt is where a report was kept; zero when it was not.
type receipt struct{ location, sha256 string }

// keep writes a report in every form; the original is the one that is chained.
func (k *Keeper) keep(ctx context.Context, d evidence.Document) (receipt, error) {
	var content bytes.Buffer // for one form after the other: the first is the largest
	location, err := k.keepAs(ctx, evidence.Original(), d, &content)
	if err != nil {
		return receipt{}, err
	}
	kept := receipt{location, evidence.Digest(content.Bytes())}
	for _, form := range evidence.Derived(location) {
		if _, err := k.keepAs(ctx, form, d, &content); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

func (k *Keeper) keepAs(ctx context.Context, form evidence.Form, d evidence.Document, content *bytes.Buffer) (location string, err error) {
	content.Reset()
	if err := form.Write(content, d); err != nil {
		return "", fmt.Errorf("write report %s as %s: %w", d.ID, form.Ending, err)
	}
	location, err = k.Store.KeepReport(ctx, d.ID, form.Ending, form.MediaType, content.Bytes())
	if err != nil {
		k.Log.Error("report not kept", "id", d.ID, "form", form.Ending, "error", err.Error())
	}
	return location, err
}

// tell tells people what is new to them. What there is to tell is written down
// first, so that it is told even if this process ends here.
func (k *Keeper) tell(ctx context.Context, was state, seen Seen, d evidence.Document, order Order, kept receipt) error {
	c := dedup.Compare(was.Open, seen.Report, seen.complete())
	next := state{Latest: was.Latest, Open: c.Open, Outbox: was.Outbox, Summary: was.Summary}
	if kept.sha256 != "" {
		next.Latest = &evidence.Predecessor{ID: d.ID, SHA256: kept.sha256}
	}
	news := seen.Report
	news.Findings, news.Outcomes = c.New, about(c.New, seen.Report)
	news.Scan = &guard.Scan{Status: d.Status, Summary: evidence.Summary(d), Resolved: c.Resolved, Evidence: kept.location}
	summary := order.Daily && was.Summary != day(k.Now())
	switch {
	case len(next.Outbox) >= maxOutbox:
		next.Open = was.Open // it stays new until what is older has gone out
	case len(c.New)+len(c.Resolved) > 0 || summary:
		next.Outbox = append(slices.Clone(next.Outbox), alert.Render(news))
		if summary {
			next.Summary = day(k.Now())
		}
	}
	err := k.remember(ctx, next)
	return errors.Join(err, k.flush(ctx, next))
}

// about are the outcomes that belong to findings, and those that are not known
// to hold.
func about(fresh []guard.Finding, r guard.Report) []guard.Outcome {
	told := map[string]bool{}
	for _, f := range fresh {
		told[f.Subject] = true
	}
	var outcomes []guard.Outcome
	for _, o := range r.Outcomes {
		if told[o.Remediation.Subject] {
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}

// record writes the look into the log and the metrics. Findings are in the
// report, of which the log has the counts.
func (k *Keeper) record(seen Seen) {
	r := seen.Report
	for _, err := range seen.Failures {
		k.Log.Error("not seen", "error", err.Error())
	}
	for _, o := range r.Outcomes {
		k.Log.Info("outcome", "rule", o.Remediation.Rule, "subject", o.Remediation.Subject,
			"api", o.Remediation.Call.API(), "result", o.Result.String(), "detail", o.Detail)
	}
	k.Log.Info("look", "status", r.Status().String(), "findings", len(r.Findings), "clusters", len(seen.Clusters))
	// What stands is counted by its events already; here it would count each hour.
	k.Metrics.Emit(guard.Report{Outcomes: r.Outcomes}, k.Now())
	k.Metrics.EmitProofs(r, k.Now())
	if len(r.Findings) > 0 && r.Findings[0].Verdict != guard.InsufficientData {
		k.Metrics.EmitLook(k.Now()) // the account default, which is looked at first, was answered
	}
}

func (k *Keeper) collect(ctx context.Context, d evidence.Document, complete bool) error {
	if k.Hub == nil {
		return nil
	}
	if err := k.Hub.Import(ctx, d, complete); err != nil {
		k.Log.Error("findings not imported", "error", err.Error())
		return err
	}
	return nil
}

// unrepaired is an error that names what is not known to be put right, but for
// what only a person can do: trying again would not help.
func unrepaired(r guard.Report) error {
	var errs []error
	for _, o := range r.Unrepaired() {
		if o.Result != guard.RefusedByAWS {
			errs = append(errs, fmt.Errorf("%s for %s: %s: %s", o.Remediation.Call.API(), o.Remediation.Subject, o.Result, o.Detail))
		}
	}
	return errors.Join(errs...)
}

package verifier

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/seal"
	"fipsguard/internal/guard"
	"fipsguard/internal/metric"
	"fipsguard/internal/scan"
)

// Store keeps signed reports for good, and the verifier's signed state. What it
// returns is not believed before its signature is.
type Store interface {
	// ReadState returns the state, its version and the version before it, which
	// is empty when it is the first. There is no content when there is none
	// yet, and a version without one when it was deleted.
	ReadState(context.Context) (content []byte, version, before string, err error)
	// WriteState returns the version that the state is now.
	WriteState(ctx context.Context, state []byte) (version string, err error)
	// ReadReport returns a signed report that was kept, or nil when it is not there.
	ReadReport(ctx context.Context, id string) ([]byte, error)
	// ReportLocation is where the signed original of a report is to be kept.
	ReportLocation(id string) (string, error)
	// KeepReport keeps one format of a report, by its file name's ending, and
	// returns its URI. It is safe to repeat.
	KeepReport(ctx context.Context, id, ending, mediaType string, content []byte) (location string, err error)
}

// Signer is the one key of an account and Region that only the verifier may sign
// with.
type Signer interface {
	KeyARN() string
	PublicKey(context.Context) (seal.Key, error)
	// Sign signs a SHA-384 digest; see seal.Sign.
	Sign(ctx context.Context, digest []byte) ([]byte, error)
}

// Notifier publishes an alert.
type Notifier interface {
	Publish(context.Context, alert.Message) error
}

// Inbox is a queue that gets what is published where people hear of it, by all
// of the guard's functions.
type Inbox interface {
	// Receive returns what was not deleted yet, possibly more than once, by the
	// handles with which it is deleted, and with an error what it got before.
	Receive(context.Context) (map[string][]byte, error)
	Delete(ctx context.Context, handle string) error
}

// Hub is a service that collects findings, such as Security Hub, or hears of
// scans, such as the bus of the security account.
type Hub interface {
	// Import sends what a scan found; complete says that it read everything, so
	// that what it did not find is no more.
	Import(ctx context.Context, d evidence.Document, complete bool) error
}

// Verifier runs scans: it keeps what a scan found as evidence and tells people
// what changed since the last alert. It runs one at a time.
type Verifier struct {
	Scanner  *scan.Scanner
	Store    Store
	Signer   Signer
	Notifier Notifier
	Inbox    Inbox
	Hubs     []Hub
	// Collector is the ARN of the function that scans, for the reports.
	Collector   string
	Tool        evidence.Tool
	Log         *slog.Logger
	AccountName string // what people call the account; may be empty
	Metrics     *metric.Writer
	Now         func() time.Time

	unwritten *recalled // the state that an earlier run could not write
	key       *seal.Key // the signer's, once it was asked for
	version   string    // of the state in the store, as it was seen or written last
	stale     bool      // whether it is that one is not known
}

// Request is what a scheduled scan is asked for.
type Request struct {
	Why        string
	Sample     int       // 0 means every task
	Daily      bool      // a summary goes out, also when nothing changed
	Canary     bool      // a canary is sent; see scan.Request
	KernelsEnd time.Time // see scan.Request
	// ScanEnd is when scanning and fixing ends, which leaves time to keep what
	// was found and to tell it. Zero means that there is no hurry.
	ScanEnd time.Time
}

// Run scans once. The setting is fixed before anything is read from the bucket
// or written to it. An error means that something of it may be lost for people
// or for evidence, and that it should be run again: that is safe.
func (v *Verifier) Run(ctx context.Context, location guard.Location, request Request) error {
	started := v.Now()
	scanning, end := until(ctx, request.ScanEnd)
	defer end()
	begun := v.Scanner.Begin(scanning, location, request.Why)
	was, recallErr := v.recall(ctx)
	was, settleErr := v.settle(ctx, was)
	known, left, latestErr := v.known(ctx, was)
	intending := was
	found, scanErr := begun.Finish(scanning, scan.Request{
		Sample: request.Sample, Canary: request.Canary, KernelsEnd: request.KernelsEnd, Known: known, Intend: v.intend(&intending),
	})
	found.Report.Findings = append(found.Report.Findings, v.Scanner.Policy.Evaluate(guard.Check(left.component(location)))...)
	found.Report.AccountName = v.AccountName
	v.record(found)
	document, kept, keepErr := v.keep(ctx, intending, v.document(found, started, location, request, was))
	tellErr := v.tell(ctx, was, found, document, request, kept)
	return errors.Join(recallErr, settleErr, latestErr, scanErr, keepErr, tellErr, v.collect(ctx, document, found.Complete()), found.Unrepaired())
}

// document is what a scan found, in its place among the reports.
func (v *Verifier) document(found scan.Result, started time.Time, location guard.Location, request Request, was recalled) evidence.Document {
	about := evidence.About{
		Why: request.Why, Started: started, Finished: v.Now(), Collector: v.Collector, Tool: v.Tool,
	}
	about.Predecessor, about.Chain = was.next()
	about.Chain.Key = v.Signer.KeyARN()
	where, err := v.Store.ReportLocation(evidence.ID(location.Account, location.Region, started))
	if err != nil {
		v.Log.Error("report has no location", "error", err.Error()) // it is not kept then, either
	}
	about.Chain.Location = where
	return evidence.New(about, found.Report)
}

// until is a context that ends at a time, or when its parent does.
func until(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	if end.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end)
}

// intend writes down what people have to hear if this process ends before the
// scan does. A scan that ends as it should leaves nothing of it.
func (v *Verifier) intend(intending *recalled) func(context.Context, guard.Report) {
	return func(ctx context.Context, r guard.Report) {
		if len(intending.Outbox) >= maxOutbox {
			return
		}
		intending.Outbox = append(slices.Clone(intending.Outbox), pendingOf(r, receipt{}))
		if err := v.remember(ctx, *intending); err != nil {
			v.Log.Error("intention not written", "error", err.Error()) // the fix does not wait for it
		}
	}
}

func (v *Verifier) collect(ctx context.Context, d evidence.Document, complete bool) error {
	var errs []error
	for _, hub := range v.Hubs {
		if err := imported(ctx, hub, d, complete); err != nil {
			v.Log.Error("findings not imported", "error", err.Error())
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

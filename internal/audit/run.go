package audit

import (
	"context"
	"sync"
	"sync/atomic"

	"fipsguard/internal/trail/logfile"

	"golang.org/x/sync/errgroup"
)

// Options say how an audit is done.
type Options struct {
	Scope      Scope
	Keys       Keys              // nil: no signature is checked
	Signatures map[string]string // of digests, by key, where they have no metadata
	Workers    int               // files that are read at once
	Thorough   bool              // read every byte as JSON, even where a search would do
	Index      *Index            // nil: every file is read
	Progress   func(files int, bytes int64)
}

// run is one audit.
type run struct {
	Options
	plan  Plan
	files atomic.Int64 // that are done
	bytes atomic.Int64
}

// Run reads the files of a plan and sums up what they show. The error is why it
// could not; what is wrong with files is in the answer.
func Run(ctx context.Context, plan Plan, o Options) (*Answer, error) {
	r := &run{Options: o, plan: plan}
	digests, err := r.digests(ctx)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Schema: Schema, Places: []Place{}, Files: Files{Skipped: plan.Skipped, Faulty: []Faulty{}}}
	for _, d := range digests {
		switch {
		case d.state == unsound:
			answer.fault(d.path, d.fault, d.why)
		case d.isUsed():
			answer.Files.Skipped++
		}
	}
	answer.Notes = chainNotes(digests)
	l := newLedger(deliver(digests, plan.trails))
	if err := r.logs(ctx, l, answer); err != nil {
		return nil, err
	}
	for _, f := range plan.unopened {
		l.unopened(f.Path, nameOf(f.Path))
	}
	for _, key := range l.delivery.missing(l.found) {
		l.missing(key)
		answer.fault(key, faultMissing, "")
	}
	l.sort()
	answer.sumUp(l, o.Scope)
	return answer, nil
}

// each does something with each file, several at once.
func (r *run) each(ctx context.Context, files []File, do func(context.Context, *logfile.Reader, File) error) error {
	work, ctx := errgroup.WithContext(ctx)
	next := make(chan File)
	work.Go(func() error {
		defer close(next)
		for _, f := range files {
			select {
			case next <- f:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	for range max(1, min(r.Workers, len(files))) {
		work.Go(func() error {
			reader := logfile.NewReader()
			for f := range next {
				if err := do(ctx, reader, f); err != nil {
					return err
				}
				done, bytes := r.files.Add(1), r.bytes.Add(f.Size)
				if r.Progress != nil {
					r.Progress(int(done), bytes)
				}
			}
			return nil
		})
	}
	return work.Wait()
}

// digests reads all digests and finds out which are sound.
func (r *run) digests(ctx context.Context) ([]*digest, error) {
	all := make([]*digest, 0, len(r.plan.Digests))
	var mu sync.Mutex
	err := r.each(ctx, r.plan.Digests, func(ctx context.Context, _ *logfile.Reader, f File) error {
		d, err := r.digest(ctx, f)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range r.plan.unopened {
		if n := nameOf(f.Path); n.kind == digestKind {
			all = append(all, &digest{name: n, path: f.Path, state: unopened})
		}
	}
	checkAll(all, r.Keys, r.Signatures)
	return all, nil
}

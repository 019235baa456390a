package scan

import (
	"context"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// witnessAge is after which a witness is launched again: once a day, by scans
// that come every hour.
const witnessAge = 23*time.Hour + 30*time.Minute

// witnessTime is what a witness may take of a scan.
const witnessTime = 4 * time.Minute

// isWitness reports whether a task is a witness under way, of this scan's or of
// someone else's: its result is its exit code. One that does not end is a task like
// any.
func (r run) isWitness(t guard.Task) bool {
	return strings.HasSuffix(t.Cluster, ":cluster/"+product.Witness) && strings.Contains(t.Definition, ":task-definition/"+product.Witness+":") &&
		r.Now().Sub(t.Created).Abs() < witnessTime
}

// witness is the stage of the kernel that new tasks get.
type witness struct {
	stage
	known guard.Witness // the last one that answered
}

// refuted is when a witness was launched that got a kernel without FIPS mode, if
// none has got a better one since; zero otherwise.
func (w witness) refuted() time.Time {
	if w.known.FIPS == guard.No {
		return w.known.At
	}
	return time.Time{}
}

// startWitness launches a witness where one is due: daily, after each change of
// the setting, and until one has read what it should. With FIPS mode off it would
// say what is known.
func (r run) startWitness(ctx context.Context, h history) guard.Witness {
	known := r.request.Known.Witness
	line := h.lines[0].Spans
	changed := line[len(line)-1].From
	due := known.FIPS != guard.Yes || known.At.Before(changed) || r.Now().Sub(known.At).Abs() > witnessAge
	late := !r.request.KernelsEnd.IsZero() && r.Now().Add(witnessTime).After(r.request.KernelsEnd)
	if r.Witness == nil || late || h.mode != guard.ModeOn || !due || r.held.Policy.Modes[guard.LaunchKernel] == guard.Off {
		return guard.Witness{}
	}
	return r.Witness.Start(ctx, r.location, "scan")
}

// readWitness reads what a witness says. One that refutes holds until another one
// proves, whatever becomes of those in between.
func (r run) readWitness(ctx context.Context, h history, started guard.Witness) witness {
	if r.Witness == nil {
		return witness{}
	}
	w := witness{known: r.request.Known.Witness}
	w.known.Account, w.known.Region = r.location.Account, r.location.Region
	said := w.known
	if !started.At.IsZero() {
		said = r.Witness.Wait(ctx, started)
		w.facts = append(r.launched(said), r.howSoon(h.lines[0], said)...)
	}
	switch {
	case said.FIPS != guard.Unknown:
		w.known = said
	case w.known.FIPS == guard.No:
		said = w.known
	}
	if said.At.IsZero() || h.mode != guard.ModeOn && said.FIPS == guard.Yes {
		return w // what was so while it was on says nothing of now
	}
	w.findings = r.check(guard.Seen{}, said)
	return w
}

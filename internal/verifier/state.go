package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
)

// state is what a run hands to the next one, besides its report. It is written
// before any alert is sent and again afterwards, so that a verifier
// that is killed in between neither loses nor repeats what it has to tell. Only
// one that is killed between SNS's answer and the second writing tells twice.
type state struct {
	Schema   string                `json:"schema"`
	Replaces string                `json:"replaces"` // the version of the object that this one replaces
	Number   int                   `json:"number"`   // the latest report's in its chain
	Latest   *evidence.Predecessor `json:"latest"`   // the report that the next one follows
	Keeping  *evidence.Predecessor `json:"keeping"`  // the report that was about to be kept: the latest one, if it is there
	Open     map[string]dedup.Open `json:"open"`     // what was reported and is not resolved, by identity
	Outbox   []pending             `json:"outbox"`   // what may not have gone out yet, the oldest first
	Summary  string                `json:"summary"`  // the day of the last daily summary
	Memory   memory                `json:"memory"`
	Reported reported              `json:"reported"` // of off periods
}

// stateSchema is the version of the state, stateType what its signature says it
// is.
const (
	stateSchema = "fipsguard.state/v2"
	stateType   = "application/vnd.fipsguard.state+json"
)

// recalled is the state as one run knows it.
type recalled struct {
	state
	unread string // why what is stored could not be read, which is not overwritten then
	begins string // why the chain of reports begins anew; empty when it goes on
	seen   seen
}

// next is the place of the report that follows.
func (r recalled) next() (*evidence.Predecessor, evidence.Chain) {
	if r.Latest == nil {
		return nil, evidence.Chain{Number: 1, Begins: r.begins}
	}
	return r.Latest, evidence.Chain{Number: r.Number + 1}
}

// recall reads what the last run left, and believes it only if the guard's key
// signed it and nothing else was put in its place. Without it everything is new.
func (v *Verifier) recall(ctx context.Context) (recalled, error) {
	if v.unwritten != nil && v.unwritten.unread == "" {
		return *v.unwritten, nil
	}
	was, err := v.readState(ctx)
	if err != nil {
		v.Log.Error("state not read", "error", err.Error())
	}
	if v.unwritten != nil {
		was.state = merge(was.state, v.unwritten.state)
	}
	if v.unwritten != nil && err == nil {
		// That it could not be read was reported and is over.
		maps.DeleteFunc(was.Open, func(id string, _ dedup.Open) bool { return isEvidence(id) })
	}
	return was, err
}

// merge adds to what is stored what a run left that could not read it.
func merge(stored, unwritten state) state {
	if stored.Open == nil {
		stored.Open = map[string]dedup.Open{}
	}
	maps.Copy(stored.Open, unwritten.Open)
	stored.Outbox = append(stored.Outbox, unwritten.Outbox...)
	stored.Memory = unwritten.Memory
	stored.Reported = stored.Reported.with(unwritten.Reported)
	return stored
}

func (v *Verifier) readState(ctx context.Context) (recalled, error) {
	content, version, before, err := v.helpers().readState(ctx)
	if err != nil {
		return unread(err), err
	}
	v.version, v.stale = version, false
	const first = "It is the first report: the verifier kept nothing before."
	switch {
	case content == nil && version == "":
		return recalled{begins: first, seen: seen{all: "Nothing was kept before this scan."}}, nil
	case content == nil:
		return changed("the verifier's state was deleted"), nil
	}
	payload, believed, err := v.open(ctx, stateType, content)
	switch {
	case err != nil:
		return unread(err), err
	case believed != nil:
		return changed("the verifier's state is not signed with the guard's key " + v.Signer.KeyARN() + ": " + believed.Error()), nil
	}
	var s state
	if err := json.Unmarshal(payload, &s); err != nil {
		err = fmt.Errorf("read the verifier's state: %w", err)
		return unread(err), err
	}
	if s.Schema != stateSchema {
		err := fmt.Errorf("read the verifier's state: its schema is %q; this verifier reads %s", s.Schema, stateSchema)
		return unread(err), err
	}
	if s.Replaces != before {
		return changed(fmt.Sprintf("the verifier's state is an older one that was put back: it replaced version %q of the object, and it follows version %q", s.Replaces, before)), nil
	}
	return recalled{state: s, begins: first}, nil
}

// unread is what a run knows when it cannot read what is stored: that is not
// the same as that there is nothing.
func unread(err error) recalled {
	return recalled{
		unread: err.Error(), begins: "What came before could not be read: " + err.Error(),
		seen: seen{unknown: "what the last scan left could not be read, so that some of what is reported here may have been reported before: " + err.Error()},
	}
}

// changed is what a run takes over when what is stored is not what the verifier
// left there: nothing.
func changed(fault string) recalled {
	return recalled{begins: "What came before is not believed: " + fault, seen: seen{faults: []string{fault}}}
}

// remember writes the state, and keeps it in this process when it cannot. What
// could not be read is not overwritten.
func (v *Verifier) remember(ctx context.Context, s recalled) error {
	var err error
	if s.unread == "" {
		err = v.writeState(ctx, s.state)
	}
	if err != nil || s.unread != "" {
		s.Outbox = stored(s.Outbox)
		v.unwritten = &s
		return err
	}
	v.unwritten = nil
	return nil
}

// writeState names in the state the version that it replaces: of a state that
// is put back later the bucket knows another one.
func (v *Verifier) writeState(ctx context.Context, s state) error {
	if v.stale {
		_, version, _, err := v.helpers().readState(ctx)
		if err != nil {
			return err
		}
		v.version = version
	}
	s.Schema, s.Replaces, s.Outbox = stateSchema, v.version, stored(s.Outbox)
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sealed, err := v.seal(ctx, stateType, data)
	if err != nil {
		return err
	}
	v.stale = true // until S3 has answered, nobody knows which version there is
	v.version, err = v.helpers().writeState(ctx, sealed)
	v.stale = err != nil
	return err
}

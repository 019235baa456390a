package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
	"fipsguard/internal/scan"
)

// state is what a run hands to the next one, besides its report. It is written
// before any alert is sent and again afterwards, so that a verifier
// that is killed in between neither loses nor repeats what it has to tell. Only
// one that is killed between SNS's answer and the second writing tells twice.
type state struct {
	Schema   string                `json:"schema"`
	Latest   *evidence.Predecessor `json:"latest"`  // the report that the next one follows
	Open     map[string]dedup.Open `json:"open"`    // what was reported and is not resolved, by identity
	Outbox   []alert.Message       `json:"outbox"`  // what may not have gone out yet, the oldest first
	Summary  string                `json:"summary"` // the day of the last daily summary
	Memory   memory                `json:"memory"`
	Reported reported              `json:"reported"` // of off periods
}

// stateSchema is the version of the state.
const stateSchema = "fipsguard.state/v1"

// recalled is the state as one run knows it.
type recalled struct {
	state
	unread bool // what is stored could not be read, and is not overwritten
}

// recall reads what the last run left. Without it everything is new.
func (v *Verifier) recall(ctx context.Context) (recalled, error) {
	if v.unwritten != nil && !v.unwritten.unread {
		return *v.unwritten, nil
	}
	stored, err := v.readState(ctx)
	if err != nil {
		v.Log.Error("state not read", "error", err.Error())
	}
	if v.unwritten != nil {
		stored = merge(stored, v.unwritten.state)
	}
	return recalled{stored, err != nil}, err
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

func (v *Verifier) readState(ctx context.Context) (state, error) {
	data, err := v.helpers().readState(ctx)
	if err != nil || data == nil {
		return state{}, err
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return state{}, fmt.Errorf("read the verifier's state: %w", err)
	}
	if s.Schema != stateSchema {
		return state{}, fmt.Errorf("read the verifier's state: its schema is %q; this verifier reads %s", s.Schema, stateSchema)
	}
	return s, nil
}

// known returns what the last scan remembered. It is not believed if the report
// of that scan is not as it was kept.
func (v *Verifier) known(ctx context.Context, was state) (scan.Known, error) {
	if err := v.checkLatest(ctx, was.Latest); err != nil {
		v.Log.Error("the last report is not believed", "error", err.Error())
		return scan.Known{}, err
	}
	return was.Memory.known(), nil
}

// remember writes the state, and keeps it in this process when it cannot. What
// could not be read is not overwritten.
func (v *Verifier) remember(ctx context.Context, s recalled) error {
	s.Schema = stateSchema
	data, err := json.Marshal(s.state)
	if err == nil && !s.unread {
		err = v.helpers().writeState(ctx, data)
	}
	if err != nil || s.unread {
		v.unwritten = &s
		return err
	}
	v.unwritten = nil
	return nil
}

package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"fipsguard/internal/alert"
	"fipsguard/internal/dedup"
	"fipsguard/internal/evidence"
)

// state is what a look hands to the next one, besides its report. It is written
// before people are told of anything and again afterwards, so that a verifier
// that is killed in between neither loses nor repeats what it has to tell. Only
// one that is killed between SNS's answer and the second writing tells twice.
type state struct {
	Schema  string                `json:"schema"`
	Latest  *evidence.Predecessor `json:"latest"`  // the report that the next one follows
	Open    map[string]dedup.Open `json:"open"`    // what was reported and is not resolved, by identity
	Outbox  []alert.Message       `json:"outbox"`  // what may not have gone out yet, the oldest first
	Summary string                `json:"summary"` // the day of the last daily summary
}

// stateSchema is the version of the state.
const stateSchema = "fipsguard.state/v1"

// maxOutbox bounds what waits while SNS does not answer.
const maxOutbox = 20

// recall reads what the look before left. Without it everything is news.
func (k *Keeper) recall(ctx context.Context) (state, error) {
	if k.unkept != nil && !k.blind {
		return *k.unkept, nil
	}
	stored, err := k.readState(ctx)
	if k.unkept == nil {
		k.blind = err != nil
		return stored, err
	}
	// The look before this one did not see what is stored, nor could it add to it.
	if stored.Open == nil {
		stored.Open = map[string]dedup.Open{}
	}
	maps.Copy(stored.Open, k.unkept.Open)
	stored.Outbox = append(stored.Outbox, k.unkept.Outbox...)
	k.blind = err != nil
	return stored, err
}

func (k *Keeper) readState(ctx context.Context) (state, error) {
	data, err := k.Store.ReadState(ctx)
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

// remember writes the state, and keeps it in this process when it cannot. What
// could not be read is not overwritten.
func (k *Keeper) remember(ctx context.Context, s state) error {
	s.Schema = stateSchema
	data, err := json.Marshal(s)
	if err == nil && !k.blind {
		err = k.Store.WriteState(ctx, data)
	}
	if err != nil || k.blind {
		k.unkept = &s
		return err
	}
	k.unkept = nil
	return nil
}

// flush sends what there is to tell, the oldest first, and writes down that it
// went out.
func (k *Keeper) flush(ctx context.Context, s state) error {
	for len(s.Outbox) > 0 {
		if err := k.Notifier.Publish(ctx, s.Outbox[0]); err != nil {
			k.Log.Error("alert not sent", "error", err.Error())
			return err
		}
		k.Log.Info("alert", "subject", s.Outbox[0].Subject)
		s.Outbox = s.Outbox[1:]
		if err := k.remember(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

package chaos

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"fipsguard/internal/localaws"
)

// What happens to events on their way.

// disturbance is something that happens to the next events of a call.
type disturbance struct {
	kind, call string
	left       int
	long       time.Duration
}

// fate is when copies of an event arrive; none of one that is lost.
type fate []time.Duration

func (w *world) disturb(s step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disturbances = append(w.disturbances, &disturbance{s.kind, s.call, s.n, s.long})
}

// fateOf decides what happens to an event, once for all rules.
func (w *world) fateOf(event []byte) fate {
	var e struct {
		ID         string
		DetailType string `json:"detail-type"`
		Detail     struct{ EventName, EventID string }
	}
	if json.Unmarshal(event, &e) != nil {
		return fate{0}
	}
	call := e.Detail.EventName
	if call == "" {
		call = e.DetailType
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if known, ok := w.fates[e.ID]; ok {
		return known
	}
	decided := fate{0}
	if i := slices.IndexFunc(w.disturbances, func(d *disturbance) bool { return d.call == call }); i >= 0 {
		d := w.disturbances[i]
		switch d.kind {
		case loseEvents:
			decided = nil
		case delayEvents:
			decided = fate{d.long}
		case copyEvents:
			decided = fate{0, d.long}
		}
		if d.left--; d.left == 0 {
			w.disturbances = slices.Delete(w.disturbances, i, i+1)
		}
	}
	w.fates[e.ID] = decided
	if e.Detail.EventID != "" {
		w.fates[e.Detail.EventID] = decided
	}
	return decided
}

// disturbed is a rule whose events meet their fate.
func (w *world) disturbed(r localaws.Rule, to string) localaws.Rule {
	if send := r.Send; send != nil {
		r.Send = func(group, body string) error {
			for _, wait := range w.fateOf([]byte(body)) {
				if wait == 0 {
					if err := send(group, body); err != nil {
						return err
					}
					continue
				}
				w.later(wait, func() { _ = send(group, body) })
			}
			return nil
		}
		return r
	}
	invoke := r.Invoke
	r.Invoke = func(ctx context.Context, event []byte) error {
		arrivals, first := w.fateOf(event), w.isFirst(event)
		now := false
		for _, wait := range arrivals {
			if wait == 0 {
				now = true
			} else if first {
				w.later(wait, func() { w.invokeAsync(to, event) })
			}
		}
		if !now {
			return nil
		}
		return invoke(ctx, event)
	}
	return r
}

// isFirst reports whether an event arrives for the first time; Lambda repeats
// what failed.
func (w *world) isFirst(event []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := string(event)
	if w.arrived[key] {
		return false
	}
	w.arrived[key] = true
	return true
}

package live

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"
)

// The most that is kept, and shown to whoever comes late.
const (
	mostLines  = 300
	mostAlerts = 30
	mostSpans  = 200
)

// span is a time during which FIPS mode was one thing.
type span struct {
	on   bool
	from time.Time
}

// record is what happened so far. What is added is worked off by run, because
// the account must not wait for it.
type record struct {
	account *simulation.Account
	disturb *disturbances
	work    chan struct{} // something is waiting

	mu      sync.Mutex
	waiting []simulation.Activity
	lines   counted[simulation.Line]
	alerts  counted[localaws.Message]
	spans   []span
	changed chan struct{} // closed with the next change
}

// counted is the end of a list that grows, with the place of its first.
type counted[T any] struct {
	first int
	items []T
}

func (c *counted[T]) add(item T, most int) {
	c.items = append(c.items, item)
	if len(c.items) > most {
		c.items, c.first = slices.Delete(c.items, 0, 1), c.first+1
	}
}

// after are the items from a place on, and the place behind them.
func (c *counted[T]) after(place int) ([]T, int) {
	return slices.Clone(c.items[max(0, place-c.first):]), c.first + len(c.items)
}

func newRecord(a *simulation.Account, d *disturbances) *record {
	return &record{account: a, disturb: d, work: make(chan struct{}, 1), changed: make(chan struct{})}
}

// add takes what happened. The account is locked.
func (r *record) add(activity simulation.Activity) {
	r.mu.Lock()
	r.waiting = append(r.waiting, activity)
	r.mu.Unlock()
	r.wake()
}

func (r *record) wake() {
	select {
	case r.work <- struct{}{}:
	default:
	}
}

// run works off what was added, until the context ends.
func (r *record) run(ctx context.Context) {
	for {
		r.take()
		select {
		case <-ctx.Done():
			return
		case <-r.work:
		}
	}
}

func (r *record) take() {
	r.mu.Lock()
	waiting := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	// The account's lock first: who holds it adds to the record.
	on, now := r.account.Shown().FIPS, r.account.AWS.Now()
	var lines []simulation.Line
	for _, activity := range waiting {
		if line, ok := r.line(activity); ok {
			lines = append(lines, line)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range lines {
		r.lines.add(line, mostLines)
	}
	for _, activity := range waiting {
		if activity.Message != nil {
			r.alerts.add(*activity.Message, mostAlerts)
		}
	}
	if len(r.spans) == 0 || r.spans[len(r.spans)-1].on != on {
		r.spans = append(r.spans, span{on, now})
		r.spans = r.spans[max(0, len(r.spans)-mostSpans):]
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// line is an activity as a line: as stories have it, and the events between.
func (r *record) line(activity simulation.Activity) (simulation.Line, bool) {
	if line, ok := simulation.LineOf(activity); ok {
		return line, true
	}
	line := simulation.Line{Time: activity.Time, Kind: simulation.Read, Who: "EventBridge"}
	switch {
	case activity.Event != nil:
		line.What, line.Detail = eventWords(activity.Event)
		if strings.Contains(line.What, "AccountSetting") && r.disturb.lost() {
			line.Kind, line.Error = simulation.Lost, "lost on its way"
		}
		return line, true
	case activity.Delivery != nil:
		line.What, line.Detail = "the event invokes the enforcer", "rule "+activity.Delivery.Rule
		return line, true
	}
	return simulation.Line{}, false
}

// eventWords are an event's name, and what matters of it.
func eventWords(data []byte) (what, detail string) {
	event := struct {
		DetailType string `json:"detail-type"`
		Detail     struct{ EventName, EventID, LastStatus, TaskArn string }
	}{}
	if json.Unmarshal(data, &event) != nil {
		return "an event", ""
	}
	if event.Detail.EventName != "" {
		return "event " + event.Detail.EventName, event.Detail.EventID[:min(8, len(event.Detail.EventID))]
	}
	id := event.Detail.TaskArn[strings.LastIndex(event.Detail.TaskArn, "/")+1:]
	return "event " + event.DetailType, strings.TrimSpace(id[:min(8, len(id))] + " " + event.Detail.LastStatus)
}

// news is what a stream has not sent yet.
type news struct {
	lines  []simulation.Line
	alerts []localaws.Message
	spans  []span
}

// place is how far a stream is.
type place struct{ line, alert int }

// after is what happened after a place, the place behind it, and what is closed
// when there is more.
func (r *record) after(p place) (news, place, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := news{spans: slices.Clone(r.spans)}
	n.lines, p.line = r.lines.after(p.line)
	n.alerts, p.alert = r.alerts.after(p.alert)
	return n, p, r.changed
}

package localaws

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"

	"quamina.net/go/quamina"
)

// Rule is an EventBridge rule on the default bus of a Region, with a Lambda
// function as its target.
type Rule struct {
	Name   string
	Region string
	// Pattern is an event pattern in JSON, of exact values, exists,
	// anything-but with a list, prefix and equals-ignore-case.
	Pattern string
	// Invoke is the function, called asynchronously with the event: after an
	// error it is called again, twice, and then the event is a dead letter.
	// Its context ends with the account.
	Invoke func(ctx context.Context, event []byte) error
	// Disabled rules get no events.
	Disabled bool
	// TargetARN is the function as EventBridge names it. Default is the
	// enforcer.
	TargetARN string

	matcher *quamina.Quamina
}

// event is something that happened, before EventBridge puts it in an envelope.
type event struct {
	detailType string
	time       time.Time
	resources  []string
	detail     any
	subject    string // of faults: the call's name, or the detail type
	caller     string // access key; empty for ECS itself
}

type envelope struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	Detail     any       `json:"detail"`
}

// maxEvent is the size above which nothing is sent to EventBridge.
const maxEvent = 256 << 10

// Attach adds a rule. What happened before is not delivered to it.
func (a *Account) Attach(r Rule) error {
	if _, ok := a.regions[kernel.Region(r.Region)]; !ok {
		return fmt.Errorf("attach rule %s: the account is not in Region %q", r.Name, r.Region)
	}
	matcher, err := quamina.New()
	if err != nil {
		return fmt.Errorf("attach rule %s: %w", r.Name, err)
	}
	if err := matcher.AddPattern(r.Name, r.Pattern); err != nil {
		return fmt.Errorf("attach rule %s: %w", r.Name, err)
	}
	r.matcher = matcher
	a.Lock()
	defer a.Unlock()
	region := a.regions[kernel.Region(r.Region)]
	r.TargetARN = cmp.Or(r.TargetARN, region.ARN("lambda", "function:fipsguard-enforcer"))
	region.rules = append(region.rules, &r)
	return nil
}

// Events are all events that EventBridge got, in order and as delivered.
func (a *Account) Events() []json.RawMessage {
	a.Lock()
	defer a.Unlock()
	return slices.Clone(a.events)
}

// publish puts an event on its Region's bus. It needs the account's lock; the
// functions are invoked when the bus is flushed.
func (a *Account) publish(r *region, e event) {
	data, err := json.Marshal(envelope{
		Version: "0", ID: a.IDs.UUID(), DetailType: e.detailType, Source: "aws.ecs", Account: AccountID,
		Time: e.time.Truncate(time.Second), Region: string(r.Region), Resources: e.resources, Detail: e.detail,
	})
	if err != nil || len(data) > maxEvent {
		return
	}
	a.events = append(a.events, data)
	a.observe(Happening{Time: e.time, Event: data})
	for _, rule := range r.rules {
		if rule.Disabled {
			continue
		}
		matched, err := rule.matcher.MatchesForEvent(data)
		if err != nil || len(matched) == 0 {
			continue
		}
		fault := a.EventFault(e.subject, e.caller)
		a.bus.add(delivery{rule: rule, event: data, delay: fault.Latency}, fault.Effect)
	}
}

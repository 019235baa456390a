package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/trail"
)

type explainCommand struct {
	Format string   `enum:"text,json" default:"text" help:"Output format: text or json (one object a record)."`
	Files  []string `arg:"" name:"file" help:"EventBridge events, CloudTrail records or CloudTrail log files, plain or gzip; - is the standard input."`
}

// Help is what kong prints below the usage.
func (explainCommand) Help() string {
	return "Shows what the guard would do for each record, using only the record. Output follows input order. " +
		"What a record does not show is INSUFFICIENT_DATA: the enforcer would ask AWS. " +
		"Exits 0 when the input could be read, 2 when it could not."
}

func (c *explainCommand) Run(t *terminal) error {
	write := writeText
	if c.Format == "json" {
		write = writeJSON
	}
	for _, name := range c.Files {
		if err := explainFile(name, t, write); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func explainFile(name string, t *terminal, write func(*terminal, explanation) error) error {
	in, err := t.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	for e, err := range explain(in, guard.DefaultPolicy()) {
		if err != nil {
			return err
		}
		if err := write(t, e); err != nil {
			return err
		}
	}
	return nil
}

// explanation is what the guard decides about one record from the record
// alone. Its JSON is documented in docs/explain.md.
type explanation struct {
	EventID   string        `json:"eventID"`
	EventName string        `json:"eventName"`
	EventTime string        `json:"eventTime"` // RFC 3339; empty when the record has none
	Actor     string        `json:"actor"`
	Status    guard.Verdict `json:"status"`
	Reason    string        `json:"reason,omitempty"` // why nothing in the record is guarded
	Findings  []explained   `json:"findings"`
	Planned   []planned     `json:"remediations"`
}

type explained struct {
	Rule     guard.RuleID   `json:"rule"`
	Subject  string         `json:"subject"`
	Status   guard.Verdict  `json:"status"`
	Severity guard.Severity `json:"severity"`
	Reason   string         `json:"reason"`
	Remedy   string         `json:"remedy,omitempty"` // of what is not compliant
}

type planned struct {
	API        string     `json:"api"`
	Parameters guard.Call `json:"parameters"`
}

func explain(in io.Reader, policy guard.Policy) iter.Seq2[explanation, error] {
	return func(yield func(explanation, error) bool) {
		for event, err := range trail.Read(in) {
			if err != nil {
				yield(explanation{}, err)
				return
			}
			if !yield(explainEvent(event, policy), nil) {
				return
			}
		}
	}
}

func explainEvent(event guard.Event, policy guard.Policy) explanation {
	findings := policy.Evaluate(guard.CheckAll(event.States))
	allowed, _ := policy.Allow(guard.Plan(findings, policy), time.Time{})
	e := explanation{
		EventID:   event.Cause.EventID,
		EventName: event.Cause.EventName,
		Actor:     event.Cause.Actor.Name,
		Status:    guard.Worst(findings),
		Reason:    event.NotGuarded,
		Findings:  []explained{},
		Planned:   []planned{},
	}
	if !event.Cause.Time.IsZero() {
		e.EventTime = event.Cause.Time.Format(time.RFC3339)
	}
	for _, f := range findings {
		one := explained{f.Rule, f.Subject, f.Verdict, f.Severity, f.Reason, ""}
		if f.Severity > guard.Info {
			one.Remedy = f.Advice()
		}
		e.Findings = append(e.Findings, one)
	}
	for _, a := range allowed {
		e.Planned = append(e.Planned, planned{a.Call.API(), a.Call})
	}
	return e
}

func writeJSON(t *terminal, e explanation) error {
	text := json.NewEncoder(t.out)
	text.SetEscapeHTML(false)
	return text.Encode(e)
}

func writeText(t *terminal, e explanation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s  by %s\n", t.verdict(e.Status), orDash(e.EventTime), sanitize.Terminal(e.EventName), sanitize.Terminal(e.Actor))
	fmt.Fprintf(&b, "    event %s\n", orDash(sanitize.Terminal(e.EventID)))
	if e.Reason != "" {
		fmt.Fprintf(&b, "    %s\n", sanitize.Terminal(e.Reason))
	}
	for _, f := range e.Findings {
		fmt.Fprintf(&b, "    %s  %s\n    %s: %s\n", f.Status, sanitize.Terminal(f.Subject), f.Rule, sanitize.Terminal(f.Reason))
	}
	for _, a := range e.Planned {
		parameters, err := json.Marshal(a.Parameters)
		if err != nil {
			return fmt.Errorf("write %s: %w", a.API, err)
		}
		fmt.Fprintf(&b, "    → %s %s\n", a.API, sanitize.Terminal(string(parameters)))
	}
	_, err := io.WriteString(t.out, b.String()+"\n")
	return err
}

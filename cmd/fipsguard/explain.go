package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
	"fipsguard/internal/trail"
)

type explainCommand struct {
	Format     string `enum:"text,json" default:"text" help:"Output format: text or json (one object a record)."`
	policyFlag `embed:""`
	Files      []string `arg:"" name:"file" help:"EventBridge events, CloudTrail records or CloudTrail log files, plain or gzip, and what queues, topics, streams and queries put around them; directories and patterns of such files; - is the standard input."`
}

// Help is what kong prints below the usage.
func (explainCommand) Help() string {
	return "Shows what the guard would do for each record, using only the record. Output follows input order. " +
		"What a record does not show is INSUFFICIENT_DATA: the enforcer would ask AWS. " +
		"What could be read is printed, whatever could not. " + exits("explain")
}

func (c *explainCommand) Run(t *terminal) error {
	e := explainer{terminal: t, now: time.Now(), policyGiven: c.Policy != "", write: writeText}
	if c.Format == "json" {
		e.write = writeJSON
	}
	var err error
	if e.policy, err = c.read(e.now); err != nil {
		return err
	}
	unreadable := false
	for _, name := range c.Files {
		files, err := logFiles(name, t)
		if err != nil {
			e.complain(name, err)
			unreadable = true
		}
		for _, file := range files {
			read, err := e.file(file)
			if err != nil {
				return err
			}
			unreadable = unreadable || !read
		}
	}
	if unreadable {
		return exitUnreadable
	}
	return nil
}

// explainer explains files by one policy.
type explainer struct {
	*terminal
	now         time.Time
	policy      guard.Policy
	policyGiven bool
	write       func(*terminal, explanation) error
}

// file explains the records of one file, and says which could not be read. The
// error is about writing.
func (e *explainer) file(name string) (read bool, err error) {
	in, err := e.open(name)
	if err != nil {
		e.complain(name, err)
		return false, nil
	}
	defer in.Close()
	read = true
	for event, err := range trail.Read(in) {
		if err != nil {
			e.complain(name, reasonOf(err))
			read = false
			continue
		}
		if err := e.write(e.terminal, e.explain(event)); err != nil {
			return read, err
		}
	}
	return read, nil
}

func (e *explainer) complain(name string, err error) {
	fmt.Fprintf(e.err, "fipsguard: %s: %s\n", sanitize.Terminal(name), sanitize.Terminal(err.Error()))
}

// explanation is what the guard decides about one record from the record
// alone. Its JSON is documented in docs/explain.md.
type explanation struct {
	EventID   string        `json:"eventID"`
	EventName string        `json:"eventName"`
	EventTime string        `json:"eventTime"` // RFC 3339; empty when the record has none
	Actor     string        `json:"actor"`
	Through   string        `json:"-"` // how the call was made, for people
	Status    guard.Verdict `json:"status"`
	Reason    string        `json:"reason,omitempty"` // why nothing in the record is guarded
	Findings  []explained   `json:"findings"`
	Planned   []planned     `json:"remediations"`
	// Refused is what a policy that was given keeps the guard from, for people.
	Refused []guard.Outcome `json:"-"`
}

type explained struct {
	Rule     guard.RuleID   `json:"rule"`
	Subject  string         `json:"subject"`
	Status   guard.Verdict  `json:"status"`
	Severity guard.Severity `json:"severity"`
	Reason   string         `json:"reason"`
	Remedy   string         `json:"remedy,omitempty"` // of what is not compliant
	Launched string         `json:"-"`                // what a task was launched from and for, for people
}

type planned struct {
	API        string     `json:"api"`
	Parameters guard.Call `json:"parameters"`
}

func (e *explainer) explain(event guard.Event) explanation {
	findings := e.policy.Evaluate(guard.CheckAll(event.States))
	allowed, refused := e.policy.Allow(guard.Plan(findings, e.policy), e.now)
	x := explanation{
		EventID:   event.Cause.EventID,
		EventName: event.Cause.EventName,
		Actor:     event.Cause.Actor.Name,
		Through:   event.Cause.Actor.Through(),
		Status:    guard.Worst(findings),
		Reason:    event.NotGuarded,
		Findings:  []explained{},
		Planned:   []planned{},
	}
	if !event.Cause.Time.IsZero() {
		x.EventTime = event.Cause.Time.Format(time.RFC3339)
	}
	for _, f := range findings {
		one := explained{f.Rule, f.Subject, f.Verdict, f.Severity, f.Reason, "", launched(f.State)}
		if f.Severity > guard.Info {
			one.Remedy = f.Advice()
		}
		x.Findings = append(x.Findings, one)
	}
	for _, a := range allowed {
		x.Planned = append(x.Planned, planned{a.Call.API(), a.Call})
	}
	if e.policyGiven {
		x.Refused = refused
	}
	return x
}

// launched names a task's definition, by family and revision, and its service or
// group.
func launched(s guard.State) string {
	task, ok := s.(guard.Task)
	if !ok || task.Definition == "" {
		return ""
	}
	from := "task definition " + guard.ShortDefinition(task.Definition)
	switch {
	case task.Service() != "":
		return from + ", service " + task.Service()
	case task.Group != "":
		return from + ", group " + task.Group
	}
	return from
}

func writeJSON(t *terminal, e explanation) error {
	text := json.NewEncoder(t.out)
	text.SetEscapeHTML(false)
	return text.Encode(e)
}

func writeText(t *terminal, e explanation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s  by %s", t.verdict(e.Status), orDash(e.EventTime), sanitize.Terminal(e.EventName), sanitize.Terminal(e.Actor))
	if e.Through != "" {
		fmt.Fprintf(&b, " (%s)", e.Through)
	}
	b.WriteString("\n")
	fmt.Fprintf(&b, "    event %s\n", orDash(sanitize.Terminal(e.EventID)))
	if e.Reason != "" {
		fmt.Fprintf(&b, "    %s\n", sanitize.Terminal(e.Reason))
	}
	for _, f := range e.Findings {
		fmt.Fprintf(&b, "    %s  %s\n", f.Status, sanitize.Terminal(f.Subject))
		if f.Launched != "" {
			fmt.Fprintf(&b, "    %s\n", sanitize.Terminal(f.Launched))
		}
		fmt.Fprintf(&b, "    %s: %s\n", f.Rule, sanitize.Terminal(f.Reason))
	}
	for _, a := range e.Planned {
		parameters, err := json.Marshal(a.Parameters)
		if err != nil {
			return fmt.Errorf("write %s: %w", a.API, err)
		}
		fmt.Fprintf(&b, "    → %s %s\n", a.API, sanitize.Terminal(string(parameters)))
	}
	for _, o := range e.Refused {
		fmt.Fprintf(&b, "    not %s: %s\n", o.Remediation.Call.API(), sanitize.Terminal(o.Detail))
	}
	_, err := io.WriteString(t.folded(), b.String()+"\n")
	return err
}

package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// About is what a report does not say about its own making.
type About struct {
	Why         string // what made the verifier scan
	Started     time.Time
	Finished    time.Time
	Scope       Scope
	Tool        Tool
	Predecessor *Predecessor
	Chain       Chain
}

// New renders a report of the verifier. It is pure.
func New(about About, r guard.Report) Document {
	d := Document{
		Schema:      Schema,
		ID:          ID(r.Cause.Account, r.Cause.Region, about.Started),
		Account:     r.Cause.Account,
		Region:      r.Cause.Region,
		Started:     about.Started.UTC(),
		Finished:    about.Finished.UTC(),
		Why:         about.Why,
		Scope:       about.Scope,
		Tool:        about.Tool,
		Predecessor: about.Predecessor,
		Chain:       about.Chain,
		Status:      r.Status(),
		Severity:    r.Severity(),
		Timelines:   []Timeline{},
		Findings:    []Finding{},
		Outcomes:    []Outcome{},
		Passed:      []Finding{},
		Limits:      limits(),
	}
	if d.Scope.Clusters == nil {
		d.Scope.Clusters = []string{}
	}
	for _, f := range r.Findings {
		d.count(f)
	}
	d.Tasks = tasks(r.Findings)
	for _, t := range d.Tasks {
		d.Kernels.count(t.Kernel.Result)
	}
	for _, line := range r.Timelines {
		d.Timelines = append(d.Timelines, timeline(line, d.Tasks))
	}
	for _, o := range r.Outcomes {
		d.Outcomes = append(d.Outcomes, outcome(o, r.Cause.Region))
	}
	slices.SortStableFunc(d.Findings, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return d
}

// ID names a scan: no two begin in the same nanosecond. A whole second is written
// without a fraction.
func ID(account, region string, started time.Time) string {
	at := started.UTC().Format("20060102T150405.999999999Z")
	// What follows a dot is a file's format.
	return fmt.Sprintf("%s-%s-%s", account, region, strings.Replace(at, ".", "-", 1))
}

// count puts a finding where it belongs.
func (d *Document) count(f guard.Finding) {
	switch f.Verdict {
	case guard.Compliant:
		d.Verdicts.Compliant++
		if !ofTask(f) {
			d.Passed = append(d.Passed, findingRow(f))
		}
		return
	case guard.NotApplicable:
		d.Verdicts.NotApplicable++
		return
	case guard.NonCompliant:
		d.Verdicts.NonCompliant++
	case guard.InsufficientData:
		d.Verdicts.InsufficientData++
	}
	open := findingRow(f)
	open.Remedy = f.Advice()
	d.Findings = append(d.Findings, open)
}

func findingRow(f guard.Finding) Finding {
	rule, _ := guard.RuleOf(f.Rule)
	return Finding{Rule: f.Rule, Requirement: rule.Requirement, Subject: f.Subject, Status: f.Verdict, Severity: f.Severity, Reason: f.Reason}
}

// ofTask reports whether the table of tasks has a finding.
func ofTask(f guard.Finding) bool {
	switch f.State.(type) {
	case guard.Task, guard.KernelCheck, guard.Exposure:
		return true
	}
	return false
}

// timeline counts the tasks that were launched in each span of the account
// default.
func timeline(line guard.Timeline, tasks []Task) Timeline {
	launched := make([]int, len(line.Spans))
	for _, t := range tasks {
		if line.Principal != "" || t.Created == nil {
			continue
		}
		if i := line.Find(*t.Created); i >= 0 {
			launched[i]++
		}
	}
	out := Timeline{Principal: line.Principal, Sum: sum(line.Spans), Spans: []Span{}}
	for i, s := range line.Spans {
		out.Spans = append(out.Spans, Span{
			From: s.From.UTC(), Until: s.Until.UTC(), Mode: s.Mode.String(), API: s.Cause.EventName,
			By: s.Cause.Actor.Name, EventID: s.Cause.EventID, Launched: launched[i], Reason: s.Unknown,
		})
	}
	return out
}

func outcome(o guard.Outcome, region string) Outcome {
	row := Outcome{Rule: o.Remediation.Rule, Subject: o.Remediation.Subject, Result: o.Result, Detail: o.Detail, At: known(o.At)}
	if o.Remediation.Call != nil {
		row.API, row.Command = o.Remediation.Call.API(), o.Remediation.Command(region)
	}
	return row
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// limits is what no scan of the guard shows, said in every report.
func limits() []string {
	return []string{
		"Whether the applications in the containers use validated cryptographic modules or FIPS endpoints. A scan checks only the kernel under them.",
		"Which certificate the kernel's cryptographic module has. AWS does not publish it for Fargate.",
		"What happened in tasks that ended before this scan.",
		"Whether a user or role has an override that the CloudTrail history, as far as it was read, does not show. No API lists other principals' overrides.",
		"Whether a container told the truth. A scan runs cat in it, and an image can bring its own cat.",
	}
}

package evidence

import (
	"cmp"
	"fmt"
	"slices"
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

// ID names a scan.
func ID(account, region string, started time.Time) string {
	return fmt.Sprintf("%s-%s-%s", account, region, started.UTC().Format("20060102T150405Z"))
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

// The results of a kernel check.
const (
	KernelOn          = "FIPS on"
	KernelOff         = "FIPS off"
	CouldNotBeChecked = "could not be checked"
	NotCheckedYet     = "not checked yet"
	NotInScope        = "not in scope" // FIPS mode does not cover the task's platform, or it is not running yet
)

func kernelResult(r guard.KernelResult) string {
	switch r {
	case guard.KernelOn:
		return KernelOn
	case guard.KernelOff:
		return KernelOff
	case guard.NotChecked:
		return NotCheckedYet
	case guard.CouldNotCheck:
	}
	return CouldNotBeChecked
}

func (k *Kernels) count(result string) {
	switch result {
	case KernelOn:
		k.On++
	case KernelOff:
		k.Off++
	case CouldNotBeChecked:
		k.CouldNotBeChecked++
	case NotCheckedYet:
		k.NotCheckedYet++
	}
}

// tasks joins the findings about each task.
func tasks(findings []guard.Finding) []Task {
	list := []Task{}
	at := map[string]int{}
	row := func(t guard.Task) *Task {
		i, ok := at[t.ARN]
		if !ok {
			i = len(list)
			at[t.ARN] = i
			list = append(list, taskRow(t))
		}
		return &list[i]
	}
	for _, f := range findings {
		switch s := f.State.(type) {
		case guard.Task:
			if f.Verdict != guard.NotApplicable {
				row(s).Scope = f.Verdict
			}
		case guard.KernelCheck:
			row(s.Task).Kernel = kernel(s)
		case guard.Exposure:
			row(s.Task).Exposed = f.Verdict
		}
	}
	slices.SortStableFunc(list, func(a, b Task) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), cmp.Compare(a.ARN, b.ARN))
	})
	return list
}

// urgency orders tasks by how soon a person has to deal with them.
func urgency(t Task) int {
	switch {
	case t.Kernel.Result == KernelOff:
		return 0
	case t.Exposed == guard.NonCompliant:
		return 1
	case t.Scope == guard.NonCompliant:
		return 2
	case t.Kernel.Result == CouldNotBeChecked:
		return 3
	case t.Kernel.Result != KernelOn:
		return 4
	}
	return settled
}

// settled is the urgency of a task whose kernel is in FIPS mode.
const settled = 5

// Pressing reports whether a task is not confirmed to run with FIPS on.
func (t Task) Pressing() bool { return urgency(t) < settled }

func taskRow(t guard.Task) Task {
	return Task{
		ARN: t.ARN, Cluster: t.Cluster, Service: t.Service(), Definition: t.Definition,
		Platform:        t.Platform.OS + "/" + t.Platform.Architecture,
		PlatformVersion: t.PlatformVersion, LastStatus: t.LastStatus, Created: known(t.Created),
		Kernel:  Kernel{Result: NotInScope},
		Exposed: guard.NotApplicable, Scope: guard.NotApplicable,
	}
}

func kernel(p guard.KernelCheck) Kernel {
	row := Kernel{Result: kernelResult(p.Result()), Container: p.Container, Answer: p.Answer, At: known(p.At), Reason: p.Unknown}
	if row.Result == CouldNotBeChecked && p.Answer != "" {
		row.Reason = "it answered neither 1 nor 0"
	}
	return row
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

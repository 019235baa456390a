package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// About is what a report does not say about its own making.
type About struct {
	Why         string // what made the verifier scan
	Started     time.Time
	Finished    time.Time
	Collector   string
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
		AccountName: r.AccountName,
		Region:      r.Cause.Region,
		Started:     about.Started.UTC(),
		Finished:    about.Finished.UTC(),
		Interrupted: r.Coverage.Interrupted,
		Why:         about.Why,
		Scope:       scopeOf(r.Coverage),
		Cycle:       cycleOf(r.Coverage.Class),
		Collector:   about.Collector,
		Tool:        about.Tool,
		Predecessor: about.Predecessor,
		Chain:       about.Chain,
		Status:      r.Status(),
		Severity:    r.Severity(),
		Timelines:   []Timeline{},
		Rules:       []Rule{},
		Claims:      []Claim{},
		Outcomes:    []Outcome{},
		Limits:      limits(),
	}
	if d.Interrupted != "" && d.Status != guard.NonCompliant {
		d.Status = guard.InsufficientData // what the scan did not get to see may be anything
	}
	report := newReported(r)
	d.claim(report)
	d.Tasks = report.tasks()
	for _, t := range d.Tasks {
		d.Kernels.count(t.Kernel.Result)
	}
	for _, line := range r.Timelines {
		d.Timelines = append(d.Timelines, timeline(line, d.Tasks))
	}
	for _, o := range r.Outcomes {
		d.Outcomes = append(d.Outcomes, outcome(o, r.Cause.Region))
	}
	for _, f := range r.Facts {
		f.Answer = sanitize.Line(f.Answer, maxAnswer)
		d.Facts = append(d.Facts, f)
	}
	return d
}

// maxAnswer bounds what AWS answered to an open question.
const maxAnswer = 500

func scopeOf(c guard.Coverage) Scope {
	s := Scope{Clusters: c.Clusters, All: c.All, Exec: c.Exec}
	if s.Clusters == nil {
		s.Clusters = []string{}
	}
	return s
}

func cycleOf(c guard.Class) Cycle {
	return Cycle{Class: cmp.Or(c, guard.ClassC), Rule: guard.CycleRule, Days: int(c.Cycle() / (24 * time.Hour)), Keeps: c.Keeps()}
}

// reported is a report, and what claims need of it.
type reported struct {
	guard.Report
	done map[string]bool // the subjects that were fixed and observed to be as required
}

func newReported(r guard.Report) reported {
	done := map[string]bool{}
	for _, o := range r.Outcomes {
		if o.Result == guard.Done {
			done[o.Remediation.Subject] = true
		}
	}
	return reported{r, done}
}

// claim makes the findings claims, with one for each rule that the scan did not
// look into, the most pressing first.
func (d *Document) claim(r reported) {
	about := map[guard.RuleID]bool{}
	for _, f := range r.Findings {
		if f.Verdict == guard.NotApplicable {
			d.Results.NotApplicable++
			continue
		}
		about[f.Rule] = true
		d.Claims = append(d.Claims, r.claim(f))
	}
	for _, rule := range r.Coverage.NotExamined() {
		if !about[rule.ID] {
			about[rule.ID] = true
			d.Claims = append(d.Claims, r.notExamined(rule))
		}
	}
	for _, rule := range guard.Rules() {
		if about[rule.ID] {
			d.Rules = append(d.Rules, ruleOf(rule))
		}
	}
	d.countAndSort()
}

// countAndSort counts the claims, and puts the most pressing first.
func (d *Document) countAndSort() {
	for _, c := range d.Claims {
		d.Results.count(c)
	}
	slices.SortStableFunc(d.Claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.urgency(), b.urgency()), cmp.Compare(b.Severity, a.Severity))
	})
}

func (r *Results) count(c Claim) {
	switch c.Result {
	case Compliant:
		r.Compliant++
	case NonCompliant:
		r.NonCompliant++
		if c.Fixed {
			r.Fixed++
		}
	case InsufficientData:
		r.InsufficientData++
	case Starting:
		r.Starting++
	case NotExamined:
		r.NotExamined++
	}
}

func ruleOf(rule guard.Rule) Rule {
	r := Rule{ID: rule.ID, Requirement: rule.Requirement, Why: rule.Why, Method: rule.Method, Evidence: rule.Evidence, Group: rule.Group}
	for _, c := range rule.Controls {
		r.Controls = append(r.Controls, Control{c, c.Title(), c.Objective()})
	}
	return r
}

// ID names a scan: no two begin in the same nanosecond. A whole second is written
// without a fraction.
func ID(account, region string, started time.Time) string {
	at := started.UTC().Format("20060102T150405.999999999Z")
	// What follows a dot is a file's format.
	return fmt.Sprintf("%s-%s-%s", account, region, strings.Replace(at, ".", "-", 1))
}

// timeline counts the tasks that were launched in each span of the account
// default, which those on ECS Managed Instances do not depend on.
func timeline(line guard.Timeline, tasks []Task) Timeline {
	launched := make([]int, len(line.Spans))
	for _, t := range tasks {
		if line.Principal != "" || t.Created == nil || t.OnManaged() {
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
		"Which certificate the kernel's cryptographic module has. AWS does not publish it for Fargate or Managed Instances.",
		"What happened in tasks that ended before this scan.",
		"What AWS Batch's compute environments say of FIPS mode. A scan reads the capacity providers that ECS shows in its clusters, those that Batch makes among them.",
		"Whether a user or role has an override that the CloudTrail history, as far as it was read, does not show. No API lists other principals' overrides.",
		"Whether a container told the truth. A scan runs cat in it, and an image can bring its own cat.",
	}
}

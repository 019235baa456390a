package evidence

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"fipsguard/internal/guard"

	oscal "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"
)

// OSCAL makes assessment results of a document: one result with an observation
// and a finding for each rule under which anything was looked at. A finding is
// satisfied only if all of it was seen to be so.
func OSCAL(d Document) oscal.OscalCompleteSchema {
	results := oscal.AssessmentResults{
		UUID: d.uuid("assessment-results"),
		Metadata: oscal.Metadata{
			Title:        fmt.Sprintf("FIPS-140 mode of AWS Fargate in account %s, Region %s", d.Account, d.Region),
			LastModified: d.Finished, Version: d.ID, OscalVersion: oscalVersion,
			Remarks: "Made by " + d.Tool.Name + " " + d.Tool.Version + ". What it does not prove: " + strings.Join(d.NotProven, " "),
		},
		ImportAp: oscal.ImportAp{Href: "#" + d.uuid("assessment-plan"), Remarks: "These results come from continuous checks, not from an assessment plan."},
		BackMatter: &oscal.BackMatter{Resources: &[]oscal.Resource{
			{UUID: d.uuid("assessment-plan"), Title: "No assessment plan", Description: "OSCAL asks for a plan; there is none behind these checks."},
			{UUID: d.uuid("report"), Title: "The report that these results are of", Rlinks: &[]oscal.ResourceLink{{Href: d.ID + ".json", MediaType: "application/json"}}},
		}},
		Results: []oscal.Result{d.oscalResult()},
	}
	return oscal.OscalCompleteSchema{AssessmentResults: &results}
}

const oscalVersion = "1.1.3"

// WriteOSCAL writes the assessment results as JSON.
func WriteOSCAL(out io.Writer, d Document) error {
	if err := json.NewEncoder(out).Encode(OSCAL(d)); err != nil {
		return fmt.Errorf("write OSCAL assessment results of report %s: %w", d.ID, err)
	}
	return nil
}

func (d Document) oscalResult() oscal.Result {
	var selected []oscal.AssessedControlsSelectControlById
	for _, c := range controlsOf(guard.Rules()) {
		selected = append(selected, oscal.AssessedControlsSelectControlById{ControlId: string(c)})
	}
	var observations []oscal.Observation
	var findings []oscal.Finding
	for _, rule := range guard.Rules() {
		seen := d.under(rule.ID)
		if seen.total() == 0 {
			continue
		}
		observations = append(observations, d.observation(rule, seen))
		for _, c := range rule.Controls {
			findings = append(findings, d.finding(rule, c, seen))
		}
	}
	end := d.Finished
	result := oscal.Result{
		UUID: d.uuid("result"), Title: "Look " + d.ID, Description: Summary(d), Start: d.Started, End: &end,
		ReviewedControls: oscal.ReviewedControls{ControlSelections: []oscal.AssessedControls{{IncludeControls: &selected}}},
	}
	if len(observations) > 0 {
		result.Observations, result.Findings = &observations, &findings
	}
	return result
}

// underRule is what was seen under one rule.
type underRule struct {
	passed, violations, doubts int
	lines                      []string // of violations and doubts
}

func (u underRule) total() int { return u.passed + u.violations + u.doubts }

func (d Document) under(rule guard.RuleID) underRule {
	var u underRule
	for _, f := range d.Findings {
		if f.Rule != rule {
			continue
		}
		if f.Verdict == guard.NonCompliant {
			u.violations++
		} else {
			u.doubts++
		}
		u.lines = append(u.lines, fmt.Sprintf("%s %s: %s", f.Verdict, f.Subject, f.Reason))
	}
	for _, p := range d.Passed {
		if p.Rule == rule {
			u.passed++
		}
	}
	for _, t := range d.Tasks {
		if slices.Contains(t.passed(), rule) {
			u.passed++
		}
	}
	return u
}

// passed are the rules that a task passed, as its columns in the table of tasks
// tell.
func (t Task) passed() []guard.RuleID {
	var rules []guard.RuleID
	if t.Proof.Result == Proven {
		rules = append(rules, guard.TaskKernelProof)
	}
	if t.Exposed == guard.Compliant {
		rules = append(rules, guard.TaskExposed)
	}
	switch {
	case t.Scope != guard.Compliant:
	case t.LastStatus == "RUNNING":
		rules = append(rules, guard.TaskRunningPlatform)
	default:
		rules = append(rules, guard.TaskLaunchPlatform)
	}
	return rules
}

func (d Document) observation(rule guard.Rule, u underRule) oscal.Observation {
	return oscal.Observation{
		UUID: d.uuid("observation", string(rule.ID)), Title: string(rule.ID), Methods: []string{string(rule.Method)}, Collected: d.Finished,
		Description: fmt.Sprintf("%s %d passed, %d did not, %d could not be established.", rule.Requirement, u.passed, u.violations, u.doubts),
		RelevantEvidence: &[]oscal.RelevantEvidence{{
			Href: "#" + d.uuid("report"), Description: "The report with every task, answer and time.",
			Remarks: strings.TrimSpace(bounded(u.lines)),
		}},
	}
}

func (d Document) finding(rule guard.Rule, c guard.Control, u underRule) oscal.Finding {
	status := oscal.ObjectiveStatus{State: "satisfied"}
	switch {
	case u.violations > 0:
		status = oscal.ObjectiveStatus{State: "not-satisfied", Reason: "fail"}
	case u.doubts > 0:
		status = oscal.ObjectiveStatus{State: "not-satisfied", Reason: "other", Remarks: "Some of it could not be established, which is no pass."}
	}
	return oscal.Finding{
		UUID: d.uuid("finding", string(rule.ID), string(c)), Title: string(rule.ID) + " for " + c.Title(),
		Description: rule.Requirement + " This speaks to a part of the control only; whether the control is satisfied is an assessor's word.",
		Target: oscal.FindingTarget{
			Type: "objective-id", TargetId: string(c) + "_obj", Status: status,
		},
		RelatedObservations: &[]oscal.RelatedObservation{{ObservationUuid: d.uuid("observation", string(rule.ID))}},
	}
}

// uuid is the same for the same thing in the same report: of version 5 in
// form, with SHA-256 in the place of SHA-1, which FIPS mode does not have.
func (d Document) uuid(names ...string) string {
	sum := sha256.Sum256([]byte(d.ID + "\x00" + strings.Join(names, "\x00")))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

package format

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	oscal "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"
)

// OSCAL makes assessment results of a document: one result with an observation
// and a finding for each rule that applies to anything scanned. A finding is
// satisfied only if all of it was seen to be so.
func OSCAL(d evidence.Document) oscal.OscalCompleteSchema {
	results := oscal.AssessmentResults{
		UUID: uuid(d, "assessment-results"),
		Metadata: oscal.Metadata{
			Title:        fmt.Sprintf("FIPS-140 mode of AWS Fargate in account %s, Region %s", d.Account, d.Region),
			LastModified: d.Finished, Version: d.ID, OscalVersion: oscalVersion,
			Remarks: "Made by " + d.Tool.Name + " " + d.Tool.Version + ". It does not show: " + strings.Join(d.Limits, " "),
		},
		ImportAp: oscal.ImportAp{Href: "#" + uuid(d, "assessment-plan"), Remarks: "These results come from continuous checks, not from an assessment plan."},
		BackMatter: &oscal.BackMatter{Resources: &[]oscal.Resource{
			{UUID: uuid(d, "assessment-plan"), Title: "No assessment plan", Description: "OSCAL requires a plan. These checks do not follow one."},
			{UUID: uuid(d, "report"), Title: "The report with these results", Remarks: "Original: " + d.Original() + ".", Rlinks: original(d)},
		}},
		Results: []oscal.Result{oscalResult(d)},
	}
	return oscal.OscalCompleteSchema{AssessmentResults: &results}
}

// original is the report beside the results, with its digest.
func original(d evidence.Document) *[]oscal.ResourceLink {
	link := oscal.ResourceLink{Href: d.ID + ".json", MediaType: "application/json"}
	if d.SHA256 != "" {
		link.Hashes = &[]oscal.Hash{{Algorithm: "SHA-256", Value: d.SHA256}}
	}
	return &[]oscal.ResourceLink{link}
}

const oscalVersion = "1.1.3"

// WriteOSCAL writes the assessment results as JSON.
func WriteOSCAL(out io.Writer, d evidence.Document) error {
	if err := json.NewEncoder(out).Encode(OSCAL(d)); err != nil {
		return fmt.Errorf("write OSCAL assessment results of report %s: %w", d.ID, err)
	}
	return nil
}

func oscalResult(d evidence.Document) oscal.Result {
	var selected []oscal.AssessedControlsSelectControlById
	for _, c := range controlsOf(guard.Rules()) {
		selected = append(selected, oscal.AssessedControlsSelectControlById{ControlId: string(c)})
	}
	var observations []oscal.Observation
	var findings []oscal.Finding
	for _, rule := range guard.Rules() {
		seen := under(d, rule.ID)
		if seen.total() == 0 {
			continue
		}
		observations = append(observations, observation(d, rule, seen))
		for _, c := range rule.Controls {
			findings = append(findings, objective(d, rule, c, seen))
		}
	}
	end := d.Finished
	result := oscal.Result{
		UUID: uuid(d, "result"), Title: "Scan " + d.ID, Description: evidence.Summary(d), Start: d.Started, End: &end,
		ReviewedControls: oscal.ReviewedControls{ControlSelections: []oscal.AssessedControls{{IncludeControls: &selected}}},
	}
	if len(observations) > 0 {
		result.Observations, result.Findings = &observations, &findings
	}
	return result
}

// underRule is what was seen under one rule.
type underRule struct {
	passed, violations, unknown int
	lines                       []string // of violations and unknown results
}

func (u underRule) total() int { return u.passed + u.violations + u.unknown }

func under(d evidence.Document, rule guard.RuleID) underRule {
	var u underRule
	for _, f := range d.Findings {
		if f.Rule != rule {
			continue
		}
		if f.Status == guard.NonCompliant {
			u.violations++
		} else {
			u.unknown++
		}
		u.lines = append(u.lines, fmt.Sprintf("%s %s: %s", f.Status, f.Subject, f.Reason))
	}
	for _, p := range d.Passed {
		if p.Rule == rule {
			u.passed++
		}
	}
	for _, t := range d.Tasks {
		if slices.Contains(passed(t), rule) {
			u.passed++
		}
	}
	return u
}

// passed are the rules that a task passed, as its columns in the table of tasks
// tell.
func passed(t evidence.Task) []guard.RuleID {
	var rules []guard.RuleID
	if t.Kernel.Result == evidence.KernelOn {
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

func observation(d evidence.Document, rule guard.Rule, u underRule) oscal.Observation {
	return oscal.Observation{
		UUID: uuid(d, "observation", string(rule.ID)), Title: string(rule.ID), Methods: []string{string(rule.Method)}, Collected: d.Finished,
		Description: fmt.Sprintf("%s %d passed, %d failed, %d unknown.", rule.Requirement, u.passed, u.violations, u.unknown),
		RelevantEvidence: &[]oscal.RelevantEvidence{{
			Href: "#" + uuid(d, "report"), Description: "The report with every task, answer and time.",
			Remarks: strings.TrimSpace(bounded(u.lines)),
		}},
	}
}

func objective(d evidence.Document, rule guard.Rule, c guard.Control, u underRule) oscal.Finding {
	status := oscal.ObjectiveStatus{State: "satisfied"}
	switch {
	case u.violations > 0:
		status = oscal.ObjectiveStatus{State: "not-satisfied", Reason: "fail"}
	case u.unknown > 0:
		status = oscal.ObjectiveStatus{State: "not-satisfied", Reason: "other", Remarks: "Some results are unknown, and unknown does not pass."}
	}
	return oscal.Finding{
		UUID: uuid(d, "finding", string(rule.ID), string(c)), Title: string(rule.ID) + " for " + c.Title(),
		Description: rule.Requirement + " This covers a part of the control. Only an assessor can say that the control is satisfied.",
		Target: oscal.FindingTarget{
			Type: "objective-id", TargetId: string(c) + "_obj", Status: status,
		},
		RelatedObservations: &[]oscal.RelatedObservation{{ObservationUuid: uuid(d, "observation", string(rule.ID))}},
	}
}

// uuid is the same for the same thing in the same report: of version 5 in
// form, with SHA-256 in the place of SHA-1, which FIPS mode does not have.
func uuid(d evidence.Document, names ...string) string {
	sum := sha256.Sum256([]byte(d.ID + "\x00" + strings.Join(names, "\x00")))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

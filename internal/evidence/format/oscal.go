package format

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	oscal "github.com/defenseunicorns/go-oscal/src/types/oscal-1-2-2"
	jsonv2 "github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

const (
	oscalVersion = "1.2.2"
	// oscalNamespace tells the guard's properties from those of others.
	oscalNamespace = "https://fipsguard.example/ns/oscal"
)

// OSCAL makes assessment results of a document: an observation for each claim of
// something that was observed or tried at a known time, a risk for the violations
// of each rule, and a finding for each part of a control's objective that an open
// violation speaks to. It says of nothing that it is satisfied: that is an
// assessor's word.
func OSCAL(d evidence.Document) oscal.OscalCompleteSchema {
	results := oscal.AssessmentResults{
		UUID: uuid(d.ID, "assessment-results"),
		Metadata: oscal.Metadata{
			Title:        fmt.Sprintf("FIPS-140 mode of ECS's serverless compute (Fargate, Managed Instances) in account %s, Region %s", d.Account, d.Region),
			LastModified: d.Finished, Version: d.ID, OscalVersion: oscalVersion,
			Remarks: "It does not show: " + strings.Join(d.Limits, " "),
		},
		ImportAp: oscal.ImportAp{Href: "#" + uuid(d.ID, "assessment-plan"), Remarks: "These results come from " + sourceOf(d) + ", not from an assessment plan."},
		BackMatter: &oscal.BackMatter{Resources: &[]oscal.Resource{
			{UUID: uuid(d.ID, "assessment-plan"), Title: "No assessment plan", Description: "OSCAL requires a plan. These checks do not follow one."},
			{UUID: uuid(d.ID, "report"), Title: "The report with these results", Remarks: "Original: " + d.Original() + ".", Rlinks: original(d)},
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

// WriteOSCAL writes the assessment results as JSON.
func WriteOSCAL(out io.Writer, d evidence.Document) error {
	// Streamed, as the standard library's encoder would write it: that one holds
	// all of it, 15 MB of 10,000 tasks.
	err := jsonv2.MarshalWrite(out, OSCAL(d), jsonv1.DefaultOptionsV1())
	if err == nil {
		_, err = io.WriteString(out, "\n")
	}
	if err != nil {
		return fmt.Errorf("write OSCAL assessment results of report %s: %w", d.ID, err)
	}
	return nil
}

func oscalResult(d evidence.Document) oscal.Result {
	end := d.Finished
	program := programOf(d)
	result := oscal.Result{
		UUID: uuid(d.ID, "result"), Title: titleOf(d), Description: evidence.Summary(d), Start: d.Started, End: &end,
		Props: oscalProps(
			"status", d.Status.String(), "interrupted", strconv.FormatBool(d.Interrupted != ""), "collector", d.Collector,
			"unknown", strconv.Itoa(d.Results.InsufficientData), "starting", strconv.Itoa(d.Results.Starting), "not-examined", strconv.Itoa(d.Results.NotExamined),
		),
		LocalDefinitions: &oscal.LocalDefinitions{Components: &[]oscal.SystemComponent{program}},
		ReviewedControls: reviewed(d),
		Links:            &[]oscal.Link{{Href: "#" + uuid(d.ID, "report"), Rel: "report", Text: "The report with these claims."}},
		Remarks:          strings.TrimSpace(d.Cycle.Keeps + "\n" + unobserved(d)),
	}
	origin := &[]oscal.Origin{{Actors: []oscal.OriginActor{{Type: "tool", ActorUuid: program.UUID}}}}
	observations, subjects := observe(d, origin)
	if len(observations) > 0 {
		result.Observations, result.LocalDefinitions.InventoryItems = &observations, &subjects
	}
	if risks := risksOf(d, origin); len(risks) > 0 {
		result.Risks = &risks
	}
	if findings := findingsOf(d, origin); len(findings) > 0 {
		result.Findings = &findings
	}
	return result
}

// programOf is what scanned.
func programOf(d evidence.Document) oscal.SystemComponent {
	return oscal.SystemComponent{
		UUID: uuid("program", d.Tool.Version, d.Tool.Source), Type: "software", Title: line(d.Tool.Name + " " + d.Tool.Version),
		Description: "The program that scanned.", Status: oscal.SystemComponentStatus{State: "operational"},
		Props: oscalProps("source-sha256", d.Tool.Source, "go", d.Tool.Go, "go-cryptographic-module", d.Tool.Module, "fips-mode", strconv.FormatBool(d.Tool.FIPS)),
	}
}

// oscalProps are names and values; OSCAL has no empty ones.
func oscalProps(pairs ...string) *[]oscal.Property {
	props := make([]oscal.Property, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			props = append(props, oscal.Property{Name: pair[0], Ns: oscalNamespace, Value: pair[1]})
		}
	}
	return &props
}

// reviewed are the controls, and of these the parts of the objectives, under
// which something was observed.
func reviewed(d evidence.Document) oscal.ReviewedControls {
	var controls []oscal.AssessedControlsSelectControlById
	var objectives []oscal.SelectObjectiveById
	seen := map[guard.Control]bool{}
	for _, rule := range d.Rules {
		if !slices.ContainsFunc(d.Claims, func(c evidence.Claim) bool { return c.Rule == rule.ID && c.Observed() }) {
			continue
		}
		for _, c := range rule.Controls {
			if !seen[c.ID] {
				seen[c.ID] = true
				controls = append(controls, oscal.AssessedControlsSelectControlById{ControlId: string(c.ID)})
				objectives = append(objectives, oscal.SelectObjectiveById{ObjectiveId: c.Objective})
			}
		}
	}
	if len(controls) == 0 {
		// OSCAL requires a selection. This one excludes all that it includes.
		none := []oscal.AssessedControlsSelectControlById{{ControlId: string(guard.SC13)}}
		return oscal.ReviewedControls{ControlSelections: []oscal.AssessedControls{{
			Description: "No control was reviewed: nothing was observed.", IncludeControls: &none, ExcludeControls: &none,
		}}}
	}
	return oscal.ReviewedControls{
		ControlSelections:          []oscal.AssessedControls{{Description: "Of these controls only the parts that the objectives name.", IncludeControls: &controls}},
		ControlObjectiveSelections: &[]oscal.ReferencedControlObjectives{{IncludeObjectives: &objectives}},
	}
}

// unobserved lists the claims of which there is no observation.
func unobserved(d evidence.Document) string {
	var lines []string
	for _, c := range d.Claims {
		if c.At == nil {
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", c.Result, c.Rule, c.Subject, c.Reason))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "Not observed:\n" + bounded(lines)
}

// uuid is the same for the same names: of version 5 in form, with SHA-256 in the
// place of SHA-1, which FIPS mode does not have.
func uuid(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

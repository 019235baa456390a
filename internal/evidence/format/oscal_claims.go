package format

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"

	oscal "github.com/defenseunicorns/go-oscal/src/types/oscal-1-2-2"
)

// observe makes observations of claims, and inventory items of their subjects.
func observe(d evidence.Document, origin *[]oscal.Origin) (observations []oscal.Observation, subjects []oscal.InventoryItem) {
	methods := map[guard.RuleID][]string{}
	for _, r := range d.Rules {
		methods[r.ID] = []string{string(r.Method)}
	}
	items := map[string]bool{}
	// 10,000 tasks have some 30,000 observations, which share what they have in
	// common.
	observations = make([]oscal.Observation, 0, len(d.Claims))
	types, props := &[]string{"control-objective"}, map[outward]*[]oscal.Property{}
	for i, c := range d.Claims {
		if c.At == nil {
			continue
		}
		item := subjectUUID(d, c)
		if !items[item] {
			items[item] = true
			subjects = append(subjects, oscal.InventoryItem{UUID: item, Description: line(c.Subject)})
		}
		as := outward{c.Result, c.Seen, c.Fixed}
		if props[as] == nil {
			props[as] = oscalProps("result", c.Result.String(), "seen", string(c.Seen), "fixed-in-this-scan", onlyTrue(c.Fixed))
		}
		observations = append(observations, oscal.Observation{
			UUID: observationUUID(d, i), Title: string(c.Rule), Description: line(c.Reason),
			Methods: methods[c.Rule], Types: types, Collected: *c.At, Expires: c.Until,
			Subjects: &[]oscal.SubjectReference{{SubjectUuid: item, Type: "inventory-item"}}, Origins: origin,
			Props: props[as],
		})
	}
	return observations, subjects
}

// outward is how a claim came about.
type outward struct {
	result evidence.Result
	seen   guard.How
	fixed  bool
}

// subjectUUID is the same in every report of the account and Region.
func subjectUUID(d evidence.Document, c evidence.Claim) string {
	return uuid("subject", d.Account, d.Region, c.Subject)
}

// observationUUID names the observation of a claim by its place in the report.
func observationUUID(d evidence.Document, claim int) string {
	return uuid(d.ID, "observation", strconv.Itoa(claim))
}

func onlyTrue(is bool) string {
	if is {
		return "true"
	}
	return ""
}

// line is a text that OSCAL accepts as a string: not empty, without blanks at its
// ends.
func line(text string) string { return cmp.Or(strings.TrimSpace(sanitize.Printable(text)), "unknown") }

// violations are the claims of a rule's violations: those that were fixed in the
// scan, or those that stand.
func violations(d evidence.Document, rule guard.RuleID, fixed bool) (lines []string, observed []oscal.RelatedObservation) {
	for i, c := range d.Claims {
		if c.Rule != rule || c.Result != evidence.NonCompliant || c.Fixed != fixed {
			continue
		}
		lines = append(lines, line(c.Subject)+": "+line(c.Reason))
		if c.At != nil {
			observed = append(observed, oscal.RelatedObservation{ObservationUuid: observationUUID(d, i)})
		}
	}
	return lines, observed
}

// risksOf are the violations by rule; what was fixed in the scan is closed.
func risksOf(d evidence.Document, origin *[]oscal.Origin) []oscal.Risk {
	var risks []oscal.Risk
	for _, rule := range d.Rules {
		for _, fixed := range []bool{false, true} {
			lines, observed := violations(d, rule.ID, fixed)
			if len(lines) == 0 {
				continue
			}
			risk := oscal.Risk{
				UUID: riskUUID(d, rule.ID, fixed), Title: "Violated: " + rule.Requirement, Statement: rule.Why, Status: "open",
				Description: strings.TrimSpace(bounded(lines)), Origins: origin, Props: oscalProps("rule", string(rule.ID)),
			}
			if fixed {
				risk.Status = "closed"
			}
			if len(observed) > 0 {
				risk.RelatedObservations = &observed
			}
			risks = append(risks, risk)
		}
	}
	return risks
}

func riskUUID(d evidence.Document, rule guard.RuleID, fixed bool) string {
	return uuid(d.ID, "risk", string(rule), onlyTrue(fixed))
}

// findingsOf are the parts of objectives that open violations speak to, each once.
func findingsOf(d evidence.Document, origin *[]oscal.Origin) []oscal.Finding {
	var findings []oscal.Finding
	at := map[guard.Control]int{}
	for _, rule := range d.Rules {
		lines, observed := violations(d, rule.ID, false)
		if len(lines) == 0 {
			continue
		}
		for _, c := range rule.Controls {
			i, ok := at[c.ID]
			if !ok {
				i = len(findings)
				at[c.ID] = i
				findings = append(findings, notSatisfied(d, c, origin))
			}
			f := &findings[i]
			*f.RelatedRisks = append(*f.RelatedRisks, oscal.AssociatedRisk{RiskUuid: riskUUID(d, rule.ID, false)})
			if len(observed) > 0 {
				if f.RelatedObservations == nil {
					f.RelatedObservations = &[]oscal.RelatedObservation{}
				}
				*f.RelatedObservations = append(*f.RelatedObservations, observed...)
			}
		}
	}
	return findings
}

func notSatisfied(d evidence.Document, c evidence.Control, origin *[]oscal.Origin) oscal.Finding {
	return oscal.Finding{
		UUID: uuid(d.ID, "finding", string(c.ID)), Title: "Part of " + c.Title + " is not satisfied", Origins: origin,
		Description: fmt.Sprintf("Violations of rules that relate to %s were observed. This covers a part of the control.", c.Title),
		Target: oscal.FindingTarget{
			Type: "objective-id", TargetId: c.Objective, Status: oscal.ObjectiveStatus{State: "not-satisfied", Reason: "fail"},
		},
		RelatedRisks: &[]oscal.AssociatedRisk{},
	}
}

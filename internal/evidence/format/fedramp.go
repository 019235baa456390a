package format

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Record is a part of a security decision record of FedRAMP's 2026 rules
// (github.com/FedRAMP/schemas, fedramp-security-decision-record-schema-2026-06-24):
// what a report can tell of it, for the provider to merge into its own.
type Record struct {
	Overview     string        `json:"certificationPackageOverviewUri"`
	Requirements []Requirement `json:"fedRampRequirements"`
	Indicators   []Indicator   `json:"keySecurityIndicators"`
}

// Requirement is how a requirement of FedRAMP's is met.
type Requirement struct {
	ID             string   `json:"frrID"`
	Implementation []string `json:"frrImplementation"`
	Validation     []string `json:"frrValidation"`
}

// Indicator is what there is to show for a Key Security Indicator.
type Indicator struct {
	ID             string   `json:"ksiId"`
	Implementation []string `json:"ksiImplementation"`
	Validation     []string `json:"ksiValidation"`
	Assessment     []string `json:"ksiAssessment"` // by an independent assessor: none
	Tests          []string `json:"ksiTests"`
	Evidence       []Object `json:"ksiEvidence"`
}

// Object is an evidence object.
type Object struct {
	Type        string `json:"evidenceType"` // one of the schema's words
	Description string `json:"evidenceDescription"`
	Location    string `json:"evidenceLocation"` // URI of the report
	Text        string `json:"evidenceText"`
	LastUpdated string `json:"lastUpdated,omitempty"` // the day on which all of it was observed; absent when nothing was
}

// overview stands for the provider's own document, which the guard does not know.
const overview = "https://fipsguard.example/set-by-the-provider"

// indicator is the Key Security Indicator that a rule's claims are evidence for.
func indicator(r evidence.Rule) string {
	switch {
	case r.ID == guard.GuardTrail || r.ID == evidence.TrailVouched:
		return "KSI-CMT-LMC" // changes are logged
	case r.ID == guard.TaskExposed:
		return "KSI-SVC-ACM" // drift is reviewed
	case r.Group == guard.GroupPlatform || r.Group == guard.GroupManaged || r.Group == guard.GroupKernel:
		return "KSI-MLA-EVC" // configurations are evaluated and tested
	}
	return "KSI-CNA-EIS" // the intended state is enforced
}

// FedRAMP makes the record of a document.
func FedRAMP(d evidence.Document) Record {
	original := cmp.Or(d.Chain.Location, "urn:fipsguard:report:"+d.ID)
	record := Record{
		Overview: overview,
		Requirements: []Requirement{{
			ID: d.Cycle.Rule, Implementation: []string{d.Cycle.Keeps},
			Validation: []string{"Report " + d.ID + ", " + between(d) + ". " + evidence.Summary(d), "Original: " + d.Original() + "."},
		}},
		Indicators: []Indicator{},
	}
	if d.Past != nil {
		record.Requirements = []Requirement{} // an audit keeps no cycle
	}
	at := map[string]int{}
	for _, rule := range d.Rules {
		id := indicator(rule)
		i, ok := at[id]
		if !ok {
			i = len(record.Indicators)
			at[id] = i
			record.Indicators = append(record.Indicators, Indicator{ID: id, Validation: []string{}, Assessment: []string{}})
		}
		n := &record.Indicators[i]
		n.Implementation = append(n.Implementation, fmt.Sprintf("Rule %s: %s Relates to NIST SP 800-53 r5 %s.", rule.ID, rule.Requirement, titles(rule.Controls)))
		n.Tests = append(n.Tests, fmt.Sprintf("%s, %s: %s", rule.ID, rule.Method, rule.Requirement))
		n.Evidence = append(n.Evidence, objects(d, rule, original)...)
	}
	return record
}

// WriteFedRAMP writes the record as JSON.
func WriteFedRAMP(out io.Writer, d evidence.Document) error {
	if err := json.NewEncoder(out).Encode(FedRAMP(d)); err != nil {
		return fmt.Errorf("write the FedRAMP record of report %s: %w", d.ID, err)
	}
	return nil
}

func between(d evidence.Document) string {
	return d.Started.Format(time.RFC3339) + " to " + d.Finished.Format(time.RFC3339)
}

func titles(controls []evidence.Control) string {
	var all []string
	for _, c := range controls {
		all = append(all, c.Title)
	}
	return strings.Join(all, ", ")
}

// objects are a rule's claims by the day on which they were observed, which is
// all that FedRAMP's schema has room for; the lines have the times.
func objects(d evidence.Document, rule evidence.Rule, original string) []Object {
	days := map[string][]string{} // lines by day; of what was not observed by no day
	for _, c := range d.Claims {
		if c.Rule == rule.ID {
			days[dayOf(c.At)] = append(days[dayOf(c.At)], claimLine(c))
		}
	}
	for _, t := range d.Timelines {
		if (rule.ID == guard.FIPSModeDefault && t.Principal == "") || (rule.ID == guard.FIPSModeOverride && t.Principal != "") {
			days[dayOf(&d.Finished)] = append(days[dayOf(&d.Finished)], spanLines(t)...)
		}
	}
	kind := "Verification"
	if rule.Group == guard.GroupKernel {
		kind = "Validation"
	}
	var all []Object
	for _, day := range slices.Sorted(maps.Keys(days)) {
		all = append(all, Object{
			Type: string(rule.Evidence), Location: original, LastUpdated: day,
			Description: fmt.Sprintf("%s, account %s, Region %s, rule %s: %s", kind, d.Account, d.Region, rule.ID, rule.Requirement),
			Text:        bounded(days[day]),
		})
	}
	return all
}

func dayOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.DateOnly)
}

// claimLine is a claim in a line, with what it rests on.
func claimLine(c evidence.Claim) string {
	said := fmt.Sprintf("%s %s", c.Result, line(c.Subject))
	if c.At != nil {
		said += fmt.Sprintf(", %s at %s", c.Seen, c.At.Format(time.RFC3339))
	}
	if c.Until != nil {
		said += ", shown until " + c.Until.Format(time.RFC3339)
	}
	if c.Fixed {
		said += ", fixed in this scan"
	}
	return said + ": " + line(c.Reason)
}

// spanLines are what a setting was over the time.
func spanLines(t evidence.Timeline) []string {
	var lines []string
	for _, s := range t.Spans {
		lines = append(lines, line(fmt.Sprintf("%s %s – %s: %s %s %s", t.Principal, s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339), s.Mode, s.API, s.By)))
	}
	return lines
}

// maxLines bounds the text of one object; the report has all.
const maxLines = 200

func bounded(lines []string) string {
	more := ""
	if n := len(lines) - maxLines; n > 0 {
		lines, more = lines[:maxLines], fmt.Sprintf("… and %d more in the report\n", n)
	}
	return strings.Join(lines, "\n") + "\n" + more
}

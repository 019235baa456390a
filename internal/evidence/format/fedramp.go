package format

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Object is an evidence object of FedRAMP's 2026 rules: the definition
// "evidence" in the schema of a security decision record
// (github.com/FedRAMP/schemas, fedramp-security-decision-record-schema-2026-06-24).
// docs/schema/fedramp-evidence.v1.schema.json says the same.
type Object struct {
	Type        string `json:"evidenceType"` // one of the schema's words
	Description string `json:"evidenceDescription"`
	Location    string `json:"evidenceLocation"` // URI of the report
	Text        string `json:"evidenceText"`
	LastUpdated string `json:"lastUpdated"` // a date
}

// FedRAMP makes evidence objects of a document: for the verification of what is
// configured, and for the validation that it works.
func FedRAMP(d evidence.Document) []Object {
	object := func(kind guard.EvidenceType, what string, relates []guard.Rule, text string) Object {
		return Object{
			Type:        string(kind),
			Description: fmt.Sprintf("%s in account %s, Region %s. Relates to NIST SP 800-53 r5 %s.", what, d.Account, d.Region, controlList(relates)),
			Location:    cmp.Or(d.Chain.Location, d.ID+".json"),
			Text:        text + "Original: " + d.Original() + ".\n",
			LastUpdated: d.Finished.Format(time.DateOnly),
		}
	}
	setting := rulesOf(guard.Configuration, guard.GroupSetting)
	platforms := rulesOf(guard.Configuration, guard.GroupPlatform)
	parts := rulesOf(guard.Configuration, guard.GroupComponents, guard.GroupPolicy)
	kernels := rulesOf(guard.Log, guard.GroupKernel)
	launches := rulesOf(guard.AuditRecord, guard.GroupKernel)
	return []Object{
		object(guard.Configuration, "Verification: the account setting fargateFIPSMode as ECS returned it, and who changed it", setting, about(d, setting)+history(d)),
		object(guard.Configuration, "Verification: task definitions in use, services and tasks on Fargate by operating system, architecture and platform version", platforms, about(d, platforms)),
		object(guard.Configuration, "Verification: the guard itself (trail, rules, subscriptions, failure queues, cryptographic module)", parts, about(d, parts)),
		object(guard.Log, "Validation: /proc/sys/crypto/fips_enabled as read in running tasks on Fargate", kernels, answers(d)),
		object(guard.AuditRecord, "Validation: running tasks on Fargate that were launched while FIPS mode was off, by CloudTrail's records", launches, about(d, launches)),
	}
}

// WriteFedRAMP writes the evidence objects as a JSON array.
func WriteFedRAMP(out io.Writer, d evidence.Document) error {
	if err := json.NewEncoder(out).Encode(FedRAMP(d)); err != nil {
		return fmt.Errorf("write evidence objects of report %s: %w", d.ID, err)
	}
	return nil
}

func controlList(rules []guard.Rule) string {
	var titles []string
	for _, c := range controlsOf(rules) {
		titles = append(titles, c.Title())
	}
	return strings.Join(titles, ", ")
}

// about is what was found under some rules: violations and unknown
// results, as far as they can be listed, and what passed.
func about(d evidence.Document, rules []guard.Rule) string {
	of := map[guard.RuleID]bool{}
	for _, rule := range rules {
		of[rule.ID] = true
	}
	var lines []string
	for _, f := range d.Findings {
		if of[f.Rule] {
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.Status, f.Rule, f.Subject, f.Reason))
		}
	}
	for _, p := range d.Passed {
		if of[p.Rule] {
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", p.Status, p.Rule, p.Subject, p.Reason))
		}
	}
	if len(lines) == 0 {
		return "No violations and nothing unknown at " + d.Finished.Format(time.RFC3339) + ". Tasks that pass are in the report.\n"
	}
	return bounded(lines)
}

// history is the account default's timeline.
func history(d evidence.Document) string {
	var lines []string
	for _, line := range d.Timelines {
		for _, s := range line.Spans {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s – %s: %s %s %s", line.Principal, s.From.Format(time.RFC3339), s.Until.Format(time.RFC3339), s.Mode, s.API, s.By)))
		}
	}
	return bounded(lines)
}

// answers are the raw answers of containers.
func answers(d evidence.Document) string {
	lines := []string{evidence.Summary(d)}
	for _, t := range d.Tasks {
		switch {
		case t.Kernel.Result == evidence.NotInScope:
		case t.Kernel.At == nil:
			lines = append(lines, fmt.Sprintf("%s: not checked yet", t.ARN))
		case t.Kernel.Answer == "":
			lines = append(lines, fmt.Sprintf("%s at %s: no answer, because %s", t.ARN, t.Kernel.At.Format(time.RFC3339), t.Kernel.Reason))
		default:
			lines = append(lines, fmt.Sprintf("%s, container %s, at %s answered %q", t.ARN, t.Kernel.Container, t.Kernel.At.Format(time.RFC3339), t.Kernel.Answer))
		}
	}
	return bounded(lines)
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

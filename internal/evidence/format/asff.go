package format

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

// SecurityFinding is a finding in AWS's Security Finding Format, as far as the
// guard fills it in (Security Hub user guide, "ASFF syntax").
type SecurityFinding struct {
	SchemaVersion string
	ID            string `json:"Id"`
	ProductARN    string `json:"ProductArn"`
	GeneratorID   string `json:"GeneratorId"`
	AccountID     string `json:"AwsAccountId"`
	Types         []string
	CreatedAt     string
	UpdatedAt     string
	Severity      Severity
	Title         string
	Description   string
	Remediation   Remediation
	Resources     []Resource
	Compliance    Compliance
	RecordState   string
}

// Severity is how much a finding matters: INFORMATIONAL, MEDIUM, HIGH, CRITICAL.
type Severity struct{ Label string }

// Remediation is what a person does.
type Remediation struct{ Recommendation Recommendation }

// Recommendation is a text.
type Recommendation struct{ Text string }

// Resource is what a finding is about.
type Resource struct {
	Type      string
	ID        string `json:"Id"`
	Partition string
	Region    string
}

// Compliance is FAILED or NOT_AVAILABLE.
type Compliance struct{ Status string }

// GeneratorPrefix is what the GeneratorId of all of the guard's findings begins
// with.
const GeneratorPrefix = "fipsguard/"

// The bounds of the texts in AWS's Security Finding Format (Security Hub user
// guide).
const (
	maxTitle       = 256
	maxDescription = 1024
	maxRemedy      = 512
	maxID          = 512
)

// SecurityFindings returns findings of what is open after a scan: not of a
// setting that the scan fixed, nor of tasks whose turn to be checked has not
// come. A finding keeps its ID as long as it is open, so that importing it again
// updates it.
func SecurityFindings(d evidence.Document) []SecurityFinding {
	waiting := map[string]bool{}
	for _, t := range d.Tasks {
		waiting[t.ARN] = t.Kernel.Result == evidence.NotCheckedYet && t.Kernel.Reason == ""
	}
	var found []SecurityFinding
	for _, f := range d.Findings {
		if f.Rule.AboutSetting() && repaired(d, f.Subject) || f.Rule == guard.TaskKernelProof && waiting[f.Subject] {
			continue
		}
		found = append(found, securityFinding(d, f))
	}
	return found
}

func repaired(d evidence.Document, subject string) bool {
	for _, o := range d.Outcomes {
		if o.Subject == subject && o.Result == guard.Done {
			return true
		}
	}
	return false
}

func securityFinding(d evidence.Document, f evidence.Finding) SecurityFinding {
	compliance := "FAILED"
	if f.Status == guard.InsufficientData {
		compliance = "NOT_AVAILABLE"
	}
	finished := d.Finished.Format(time.RFC3339)
	return SecurityFinding{
		SchemaVersion: "2018-10-08",
		ID:            stableID(d, f),
		ProductARN:    ProductARN(d.Account, d.Region),
		GeneratorID:   GeneratorPrefix + string(f.Rule),
		AccountID:     d.Account,
		Types:         []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		CreatedAt:     finished,
		UpdatedAt:     finished,
		Severity:      Severity{label(f.Severity)},
		Title:         within(string(f.Rule)+": "+f.Requirement, maxTitle),
		Description:   within(f.Reason+" ("+f.Subject+")", maxDescription),
		Remediation:   Remediation{Recommendation{within(f.Remedy, maxRemedy)}},
		Resources:     []Resource{{Type: kindOf(f.Subject), ID: within(f.Subject, maxID), Partition: "aws-us-gov", Region: d.Region}},
		Compliance:    Compliance{compliance},
		RecordState:   "ACTIVE",
	}
}

// ProductARN is the product that an account's own findings belong to.
func ProductARN(account, region string) string {
	return fmt.Sprintf("arn:aws-us-gov:securityhub:%s:%s:product/%s/default", region, account, account)
}

// stableID names the rule and the resource, not the scan: two unknown results and
// then a violation are one finding.
func stableID(d evidence.Document, f evidence.Finding) string {
	id := guard.Identity{Rule: f.Rule, Resource: f.Subject}
	sum := sha256.Sum256([]byte(id.Resource))
	return fmt.Sprintf("fipsguard/%s/%s/%s/%s", d.Region, d.Account, id.Rule, hex.EncodeToString(sum[:16]))
}

// label: an unknown result is not informational, since it may hide a violation.
func label(s guard.Severity) string {
	switch s {
	case guard.Critical:
		return "CRITICAL"
	case guard.High:
		return "HIGH"
	case guard.Warning:
		return "MEDIUM"
	case guard.Info:
	}
	return "INFORMATIONAL"
}

func kindOf(subject string) string {
	for part, kind := range map[string]string{":task/": "AwsEcsTask", ":service/": "AwsEcsService", ":task-definition/": "AwsEcsTaskDefinition"} {
		if strings.HasPrefix(subject, "arn:") && strings.Contains(subject, part) {
			return kind
		}
	}
	return "Other"
}

// within keeps a foreign text within a number of characters.
func within(text string, limit int) string {
	text = cmp.Or(sanitize.Printable(text), "unknown")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit-1]) + "…"
	}
	return text
}

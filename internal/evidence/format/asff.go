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
	CreatedAt     string // of Security Hub's record: of the one that is there already, its own
	FirstObserved string `json:"FirstObservedAt,omitempty"`
	LastObserved  string `json:"LastObservedAt,omitempty"`
	UpdatedAt     string
	Title         string
	Description   string
	Remediation   Remediation
	Resources     []Resource
	Compliance    Compliance
	RecordState   string
	Provider      Provider `json:"FindingProviderFields"`
}

// Provider is what providers say of a finding and may change later; Security Hub
// makes its own members of it, which people change.
type Provider struct {
	Severity Severity
	Types    []string
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
type Compliance struct {
	Status              string
	RelatedRequirements []string // controls, by which people filter
}

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

// SecurityFindings returns findings of what is open after a scan: not of what the
// scan fixed, nor of tasks whose turn to be checked has not come, nor of what was
// not examined. A finding keeps its ID as long as it is open, so that importing
// it again updates it.
func SecurityFindings(d evidence.Document) []SecurityFinding {
	waiting := map[string]bool{}
	for _, t := range d.Tasks {
		waiting[t.ARN] = t.Kernel.Result == evidence.NotCheckedYet && t.Kernel.Reason == ""
	}
	var found []SecurityFinding
	for _, c := range d.Claims {
		if !c.Open() && c.Result != evidence.InsufficientData || c.Rule == guard.TaskKernelProof && waiting[c.Subject] {
			continue
		}
		found = append(found, securityFinding(d, c))
	}
	return found
}

func securityFinding(d evidence.Document, c evidence.Claim) SecurityFinding {
	rule := d.Rule(c.Rule)
	f := SecurityFinding{
		SchemaVersion: "2018-10-08",
		ID:            stableID(d, c),
		ProductARN:    ProductARN(d.Account, d.Region),
		GeneratorID:   GeneratorPrefix + string(c.Rule),
		AccountID:     d.Account,
		CreatedAt:     d.Finished.Format(time.RFC3339),
		UpdatedAt:     d.Finished.Format(time.RFC3339),
		Title:         within(string(c.Rule)+": "+rule.Requirement, maxTitle),
		Description:   within(c.Reason+" ("+c.Subject+")", maxDescription),
		Remediation:   Remediation{Recommendation{remedyText(c)}},
		Resources:     []Resource{{Type: kindOf(c.Subject), ID: within(c.Subject, maxID), Partition: "aws-us-gov", Region: d.Region}},
		Compliance:    Compliance{Status: "FAILED"},
		RecordState:   "ACTIVE",
		Provider: Provider{
			Severity: Severity{label(c.Severity)}, Types: []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		},
	}
	for _, control := range rule.Controls {
		f.Compliance.RelatedRequirements = append(f.Compliance.RelatedRequirements, "NIST.800-53.r5 "+control.Title)
	}
	if c.Result == evidence.InsufficientData {
		f.Compliance.Status = "NOT_AVAILABLE"
	}
	if c.At != nil {
		f.FirstObserved = c.At.Format(time.RFC3339)
		f.LastObserved = f.FirstObserved
	}
	return f
}

// remedyText is what a person does, with the whole command or none.
func remedyText(c evidence.Claim) string {
	text := within(c.Remedy, maxRemedy)
	if c.Command == "" || strings.Contains(c.Remedy, c.Command) {
		return text
	}
	if long := c.Remedy + " Run: " + c.Command; long == within(long, maxRemedy) {
		return long
	}
	return text
}

// ProductARN is the product that an account's own findings belong to.
func ProductARN(account, region string) string {
	return fmt.Sprintf("arn:aws-us-gov:securityhub:%s:%s:product/%s/default", region, account, account)
}

// stableID names the rule and the resource, not the scan: two unknown results and
// then a violation are one finding.
func stableID(d evidence.Document, c evidence.Claim) string {
	id := guard.Identity{Rule: c.Rule, Resource: c.Subject}
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

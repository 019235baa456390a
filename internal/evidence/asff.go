package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// SecurityFinding is a finding in AWS's Security Finding Format, version
// 2018-10-08 (Security Hub user guide).
type SecurityFinding struct {
	SchemaVersion string
	ID            string `json:"Id"`
	ProductARN    string `json:"ProductArn"`
	GeneratorID   string `json:"GeneratorId"`
	AWSAccountID  string `json:"AwsAccountId"`
	Region        string
	Types         []string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Severity      Severity
	Title         string
	Description   string
	Remediation   Remediation
	Resources     []ResourceOf
	Compliance    Compliance
	RecordState   string // ACTIVE or ARCHIVED
}

// Severity is ASFF's.
type Severity struct{ Label string }

// Remediation is ASFF's.
type Remediation struct{ Recommendation Recommendation }

// Recommendation is ASFF's.
type Recommendation struct{ Text string }

// ResourceOf is ASFF's Resource.
type ResourceOf struct {
	Type, Partition, Region string
	ID                      string `json:"Id"`
}

// Compliance is ASFF's.
type Compliance struct{ Status string }

// The bounds of ASFF's texts.
const (
	maxTitle       = 256
	maxDescription = 1024
	maxRemedy      = 512
	maxID          = 512
)

// ASFF makes findings for Security Hub: those of the document, and those of
// the report before that are no more, archived. A finding keeps its ID as long
// as it stands, so that importing it again updates it.
func ASFF(before, now Document) []SecurityFinding {
	var found []SecurityFinding
	stands := map[string]bool{}
	for _, f := range now.Findings {
		if isSetting(f.Rule) && now.repaired(f.Subject) {
			continue // put right in the same look
		}
		finding := now.securityFinding(f)
		stands[finding.ID] = true
		found = append(found, finding)
	}
	for _, f := range before.Findings {
		finding := before.securityFinding(f)
		if stands[finding.ID] || isSetting(f.Rule) && before.repaired(f.Subject) {
			continue
		}
		finding.UpdatedAt, finding.RecordState = now.Finished, "ARCHIVED"
		found = append(found, finding)
	}
	return found
}

func isSetting(rule guard.RuleID) bool {
	return rule == guard.FIPSModeDefault || rule == guard.FIPSModeDeleted || rule == guard.FIPSModeOverride
}

func (d Document) repaired(subject string) bool {
	for _, o := range d.Outcomes {
		if o.Subject == subject && o.Result == guard.Done {
			return true
		}
	}
	return false
}

func (d Document) securityFinding(f Finding) SecurityFinding {
	compliance := "FAILED"
	if f.Verdict == guard.InsufficientData {
		compliance = "NOT_AVAILABLE"
	}
	return SecurityFinding{
		SchemaVersion: "2018-10-08",
		ID:            d.stableID(f),
		ProductARN:    fmt.Sprintf("arn:aws-us-gov:securityhub:%s:%s:product/%s/default", d.Region, d.Account, d.Account),
		GeneratorID:   "fipsguard/" + string(f.Rule),
		AWSAccountID:  d.Account,
		Region:        d.Region,
		Types:         []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		CreatedAt:     d.Finished,
		UpdatedAt:     d.Finished,
		Severity:      Severity{label(f.Severity)},
		Title:         within(string(f.Rule)+": "+f.Requirement, maxTitle),
		Description:   within(f.Reason+" ("+f.Subject+")", maxDescription),
		Remediation:   Remediation{Recommendation{within(f.Remedy, maxRemedy)}},
		Resources:     []ResourceOf{{Type: kindOf(f.Subject), ID: within(f.Subject, maxID), Partition: "aws-us-gov", Region: d.Region}},
		Compliance:    Compliance{compliance},
		RecordState:   "ACTIVE",
	}
}

// stableID is of the rule and the thing, not of the look. Two doubtful looks
// and a violation are one story about one thing.
func (d Document) stableID(f Finding) string {
	sum := sha256.Sum256([]byte(f.Subject))
	return fmt.Sprintf("fipsguard/%s/%s/%s/%s", d.Region, d.Account, f.Rule, hex.EncodeToString(sum[:16]))
}

// label: a doubt is worth a look, no more; it is not informational, since it
// may hide a violation.
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

// within keeps a text within a number of characters.
func within(text string, limit int) string {
	if runes := []rune(printable(text)); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return cmp.Or(printable(text), "unknown")
}

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
	RecordState   string // ACTIVE
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

// GeneratorPrefix is what the GeneratorId of all of the guard's findings begins
// with.
const GeneratorPrefix = "fipsguard/"

// ASFF makes findings for Security Hub of what stands after a look: not of a
// setting that was put right in it, nor of tasks whose turn to be asked has not
// come. A finding keeps its ID as long as it stands, so that importing it again
// updates it.
func ASFF(d Document) []SecurityFinding {
	waiting := map[string]bool{}
	for _, t := range d.Tasks {
		waiting[t.ARN] = t.Proof.Result == NotAttempted && t.Proof.Reason == ""
	}
	var found []SecurityFinding
	for _, f := range d.Findings {
		if f.Rule.AboutSetting() && d.repaired(f.Subject) || f.Rule == guard.TaskKernelProof && waiting[f.Subject] {
			continue
		}
		found = append(found, d.securityFinding(f))
	}
	return found
}

// ProductARN is the product that an account's own findings belong to.
func ProductARN(account, region string) string {
	return fmt.Sprintf("arn:aws-us-gov:securityhub:%s:%s:product/%s/default", region, account, account)
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
		ProductARN:    ProductARN(d.Account, d.Region),
		GeneratorID:   GeneratorPrefix + string(f.Rule),
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

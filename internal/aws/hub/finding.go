package hub

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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"
)

// generatorPrefix is what the GeneratorId of all of the guard's findings begins
// with.
const generatorPrefix = "fipsguard/"

// The bounds of the texts in AWS's Security Finding Format (Security Hub user
// guide).
const (
	maxTitle       = 256
	maxDescription = 1024
	maxRemedy      = 512
	maxID          = 512
)

// standing are findings of what stands after a look: not of a setting that was
// put right in it, nor of tasks whose turn to be asked has not come. A finding
// keeps its ID as long as it stands, so that importing it again updates it.
func standing(d evidence.Document) []types.AwsSecurityFinding {
	waiting := map[string]bool{}
	for _, t := range d.Tasks {
		waiting[t.ARN] = t.Proof.Result == evidence.NotAttempted && t.Proof.Reason == ""
	}
	var found []types.AwsSecurityFinding
	for _, f := range d.Findings {
		if f.Rule.AboutSetting() && repaired(d, f.Subject) || f.Rule == guard.TaskKernelProof && waiting[f.Subject] {
			continue
		}
		found = append(found, finding(d, f))
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

func finding(d evidence.Document, f evidence.Finding) types.AwsSecurityFinding {
	compliance := types.ComplianceStatusFailed
	if f.Verdict == guard.InsufficientData {
		compliance = types.ComplianceStatusNotAvailable
	}
	finished := aws.String(d.Finished.Format(time.RFC3339))
	return types.AwsSecurityFinding{
		SchemaVersion: aws.String("2018-10-08"),
		Id:            aws.String(stableID(d, f)),
		ProductArn:    aws.String(productARN(d.Account, d.Region)),
		GeneratorId:   aws.String(generatorPrefix + string(f.Rule)),
		AwsAccountId:  aws.String(d.Account),
		Types:         []string{"Software and Configuration Checks/Industry and Regulatory Standards"},
		CreatedAt:     finished,
		UpdatedAt:     finished,
		Severity:      &types.Severity{Label: label(f.Severity)},
		Title:         within(string(f.Rule)+": "+f.Requirement, maxTitle),
		Description:   within(f.Reason+" ("+f.Subject+")", maxDescription),
		Remediation:   &types.Remediation{Recommendation: &types.Recommendation{Text: within(f.Remedy, maxRemedy)}},
		Resources: []types.Resource{{
			Type: aws.String(kindOf(f.Subject)), Id: within(f.Subject, maxID), Partition: types.PartitionAwsUsGov, Region: aws.String(d.Region),
		}},
		Compliance:  &types.Compliance{Status: compliance},
		RecordState: types.RecordStateActive,
	}
}

// productARN is the product that an account's own findings belong to.
func productARN(account, region string) string {
	return fmt.Sprintf("arn:aws-us-gov:securityhub:%s:%s:product/%s/default", region, account, account)
}

// stableID is made from the finding's identity, not from the scan: two scans
// that cannot tell and one that finds a violation are one story about one
// resource. Security Hub lists resources, so each task of a service is one.
func stableID(d evidence.Document, f evidence.Finding) string {
	id := guard.Identity{Rule: f.Rule, Resource: f.Subject}
	sum := sha256.Sum256([]byte(id.Resource))
	return fmt.Sprintf("fipsguard/%s/%s/%s/%s", d.Region, d.Account, id.Rule, hex.EncodeToString(sum[:16]))
}

// label: a doubt is worth a look, no more; it is not informational, since it
// may hide a violation.
func label(s guard.Severity) types.SeverityLabel {
	switch s {
	case guard.Critical:
		return types.SeverityLabelCritical
	case guard.High:
		return types.SeverityLabelHigh
	case guard.Warning:
		return types.SeverityLabelMedium
	case guard.Info:
	}
	return types.SeverityLabelInformational
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
func within(text string, limit int) *string {
	text = cmp.Or(sanitize.Printable(text), "unknown")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit-1]) + "…"
	}
	return &text
}

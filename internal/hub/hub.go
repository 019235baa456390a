// Package hub sends findings to AWS Security Hub.
package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/evidence"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"
)

// Importer is the part of Security Hub that is used; *securityhub.Client has
// it.
type Importer interface {
	BatchImportFindings(context.Context, *securityhub.BatchImportFindingsInput, ...func(*securityhub.Options)) (*securityhub.BatchImportFindingsOutput, error)
}

// Hub is Security Hub in one account and Region.
type Hub struct{ Importer Importer }

// batch is how many findings one call takes.
const batch = 100

// Import sends what a look found, and archives what is no more since the look
// before. It is safe to repeat.
func (h Hub) Import(ctx context.Context, before, now evidence.Document) error {
	var errs []error
	for some := range slices.Chunk(evidence.ASFF(before, now), batch) {
		findings := make([]types.AwsSecurityFinding, len(some))
		for i, f := range some {
			findings[i] = finding(f)
		}
		out, err := h.Importer.BatchImportFindings(ctx, &securityhub.BatchImportFindingsInput{Findings: findings})
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("import findings: %w", err))...)
		}
		for _, f := range out.FailedFindings {
			errs = append(errs, fmt.Errorf("import finding %s: %s: %s", aws.ToString(f.Id), aws.ToString(f.ErrorCode), aws.ToString(f.ErrorMessage)))
		}
	}
	return errors.Join(errs...)
}

func finding(f evidence.SecurityFinding) types.AwsSecurityFinding {
	made := types.AwsSecurityFinding{
		SchemaVersion: aws.String(f.SchemaVersion),
		Id:            aws.String(f.ID),
		ProductArn:    aws.String(f.ProductARN),
		GeneratorId:   aws.String(f.GeneratorID),
		AwsAccountId:  aws.String(f.AWSAccountID),
		Types:         f.Types,
		CreatedAt:     aws.String(f.CreatedAt.Format(time.RFC3339)),
		UpdatedAt:     aws.String(f.UpdatedAt.Format(time.RFC3339)),
		Severity:      &types.Severity{Label: types.SeverityLabel(f.Severity.Label)},
		Title:         aws.String(f.Title),
		Description:   aws.String(f.Description),
		Remediation:   &types.Remediation{Recommendation: &types.Recommendation{Text: aws.String(f.Remediation.Recommendation.Text)}},
		Compliance:    &types.Compliance{Status: types.ComplianceStatus(f.Compliance.Status)},
		RecordState:   types.RecordState(f.RecordState),
	}
	for _, r := range f.Resources {
		made.Resources = append(made.Resources, types.Resource{
			Type: aws.String(r.Type), Id: aws.String(r.ID), Partition: types.Partition(r.Partition), Region: aws.String(r.Region),
		})
	}
	return made
}

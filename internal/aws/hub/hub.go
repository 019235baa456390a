// Package hub sends findings to AWS Security Hub.
package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"
)

// Hub is Security Hub in one account and Region.
type Hub struct{ API *securityhub.Client }

// New calls Security Hub in the account and Region of a configuration.
func New(config aws.Config) Hub { return Hub{API: securityhub.NewFromConfig(config)} }

// batch is how many findings one call takes, and answers.
const batch = 100

// Import sends what is open after a scan and, if the scan was a complete one,
// archives what Security Hub still shows of the guard and is not open any more.
// What a scan did not see may still be open. It is safe to repeat.
func (h Hub) Import(ctx context.Context, d evidence.Document, complete bool) error {
	var findings []types.AwsSecurityFinding
	open := map[string]bool{}
	for _, f := range format.SecurityFindings(d) {
		findings = append(findings, active(f))
		open[f.ID] = true
	}
	var errs []error
	if complete {
		shown, err := h.shown(ctx, d.Account, d.Region)
		errs = append(errs, err)
		for _, f := range shown {
			if !open[aws.ToString(f.Id)] {
				findings = append(findings, archived(f, d.Finished))
			}
		}
	}
	for some := range slices.Chunk(findings, batch) {
		out, err := h.API.BatchImportFindings(ctx, &securityhub.BatchImportFindingsInput{Findings: some})
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("import findings: %w", err))...)
		}
		for _, f := range out.FailedFindings {
			errs = append(errs, fmt.Errorf("import finding %s: %s: %s", aws.ToString(f.Id), aws.ToString(f.ErrorCode), aws.ToString(f.ErrorMessage)))
		}
	}
	return errors.Join(errs...)
}

// shown are the guard's own active findings: a Region that aggregates others
// shows theirs, too, of other products.
func (h Hub) shown(ctx context.Context, account, region string) ([]types.AwsSecurityFinding, error) {
	is := func(comparison types.StringFilterComparison, value string) []types.StringFilter {
		return []types.StringFilter{{Comparison: comparison, Value: aws.String(value)}}
	}
	pages := securityhub.NewGetFindingsPaginator(h.API, &securityhub.GetFindingsInput{
		MaxResults: aws.Int32(batch),
		Filters: &types.AwsSecurityFindingFilters{
			ProductArn:  is(types.StringFilterComparisonEquals, format.ProductARN(account, region)),
			GeneratorId: is(types.StringFilterComparisonPrefix, format.GeneratorPrefix),
			RecordState: is(types.StringFilterComparisonEquals, string(types.RecordStateActive)),
		},
	})
	var shown []types.AwsSecurityFinding
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("get findings: %w", err)
		}
		shown = append(shown, page.Findings...)
	}
	return shown, nil
}

// active is a finding in the SDK's types.
func active(f format.SecurityFinding) types.AwsSecurityFinding {
	var resources []types.Resource
	for _, r := range f.Resources {
		resources = append(resources, types.Resource{
			Type: aws.String(r.Type), Id: aws.String(r.ID), Partition: types.Partition(r.Partition), Region: aws.String(r.Region),
		})
	}
	return types.AwsSecurityFinding{
		SchemaVersion: aws.String(f.SchemaVersion), Id: aws.String(f.ID), ProductArn: aws.String(f.ProductARN),
		GeneratorId: aws.String(f.GeneratorID), AwsAccountId: aws.String(f.AccountID), Types: f.Types,
		CreatedAt: aws.String(f.CreatedAt), UpdatedAt: aws.String(f.UpdatedAt), Severity: &types.Severity{Label: types.SeverityLabel(f.Severity.Label)},
		Title: aws.String(f.Title), Description: aws.String(f.Description),
		Remediation: &types.Remediation{Recommendation: &types.Recommendation{Text: aws.String(f.Remediation.Recommendation.Text)}},
		Resources:   resources, Compliance: &types.Compliance{Status: types.ComplianceStatus(f.Compliance.Status)}, RecordState: types.RecordState(f.RecordState),
	}
}

// archived is a finding as it was imported, archived. What Security Hub or
// people added to it is not for a provider to send.
func archived(f types.AwsSecurityFinding, at time.Time) types.AwsSecurityFinding {
	made := types.AwsSecurityFinding{
		SchemaVersion: f.SchemaVersion, Id: f.Id, ProductArn: f.ProductArn, GeneratorId: f.GeneratorId, AwsAccountId: f.AwsAccountId,
		Types: f.Types, CreatedAt: f.CreatedAt, UpdatedAt: aws.String(at.Format(time.RFC3339)),
		Title: f.Title, Description: f.Description, Remediation: f.Remediation, Resources: f.Resources,
		RecordState: types.RecordStateArchived,
	}
	if f.Severity != nil {
		made.Severity = &types.Severity{Label: f.Severity.Label}
	}
	if f.Compliance != nil {
		made.Compliance = &types.Compliance{Status: f.Compliance.Status}
	}
	return made
}

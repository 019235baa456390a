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
// What a scan did not see may still be open. What is shown already keeps its age.
// It is safe to repeat.
func (h Hub) Import(ctx context.Context, d evidence.Document, complete bool) error {
	shown, err := h.shown(ctx, d.Account, d.Region)
	errs := []error{err}
	before := map[string]types.AwsSecurityFinding{}
	for _, f := range shown {
		before[aws.ToString(f.Id)] = f
	}
	var findings []types.AwsSecurityFinding
	for _, f := range format.SecurityFindings(d) {
		finding := active(f)
		if err != nil {
			finding.FirstObservedAt = nil // it may be older
		}
		if was, ok := before[f.ID]; ok {
			finding.CreatedAt, finding.FirstObservedAt = was.CreatedAt, was.FirstObservedAt
			delete(before, f.ID)
		}
		findings = append(findings, finding)
	}
	if complete {
		for _, f := range shown {
			if _, gone := before[aws.ToString(f.Id)]; gone {
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
		GeneratorId: aws.String(f.GeneratorID), AwsAccountId: aws.String(f.AccountID),
		CreatedAt: aws.String(f.CreatedAt), UpdatedAt: aws.String(f.UpdatedAt),
		FirstObservedAt: optional(f.FirstObserved), LastObservedAt: optional(f.LastObserved),
		FindingProviderFields: &types.FindingProviderFields{
			Severity: &types.FindingProviderSeverity{Label: types.SeverityLabel(f.Provider.Severity.Label)}, Types: f.Provider.Types,
		},
		Title: aws.String(f.Title), Description: aws.String(f.Description),
		Remediation: &types.Remediation{Recommendation: &types.Recommendation{Text: aws.String(f.Remediation.Recommendation.Text)}},
		Resources:   resources, RecordState: types.RecordState(f.RecordState),
		Compliance: &types.Compliance{Status: types.ComplianceStatus(f.Compliance.Status), RelatedRequirements: f.Compliance.RelatedRequirements},
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// archived is a finding as it was imported, archived. What Security Hub or
// people added to it is not for a provider to send.
func archived(f types.AwsSecurityFinding, at time.Time) types.AwsSecurityFinding {
	made := types.AwsSecurityFinding{
		SchemaVersion: f.SchemaVersion, Id: f.Id, ProductArn: f.ProductArn, GeneratorId: f.GeneratorId, AwsAccountId: f.AwsAccountId,
		CreatedAt: f.CreatedAt, UpdatedAt: aws.String(at.Format(time.RFC3339)), FirstObservedAt: f.FirstObservedAt, LastObservedAt: f.LastObservedAt,
		Title: f.Title, Description: f.Description, Remediation: f.Remediation, Resources: f.Resources,
		RecordState: types.RecordStateArchived,
	}
	if p := f.FindingProviderFields; p != nil {
		made.FindingProviderFields = &types.FindingProviderFields{Types: p.Types}
		if p.Severity != nil {
			made.FindingProviderFields.Severity = &types.FindingProviderSeverity{Label: p.Severity.Label}
		}
	}
	if f.Compliance != nil {
		made.Compliance = &types.Compliance{Status: f.Compliance.Status, RelatedRequirements: f.Compliance.RelatedRequirements}
	}
	return made
}

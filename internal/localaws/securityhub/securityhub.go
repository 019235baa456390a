// Package securityhub is Security Hub: the findings that were imported into an
// account.
package securityhub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fipsguard/internal/localaws/kernel"
)

// Hub is an account's Security Hub.
type Hub struct {
	kernel   *kernel.Kernel
	findings []finding
}

// finding is known by its Region, product and Id.
type finding struct {
	region      kernel.Region
	product, id string
	text        json.RawMessage
}

// New adds Security Hub to an account.
func New(k *kernel.Kernel) *Hub {
	h := &Hub{kernel: k}
	k.Serve(kernel.Service{
		Name: "securityhub",
		Protocol: kernel.RESTJSON{Operations: map[string]string{
			"POST /findings":        "GetFindings",
			"POST /findings/import": "BatchImportFindings",
		}},
		Operations: map[string]kernel.Operation{
			"BatchImportFindings": {Perform: kernel.With(h.importFindings)},
			"GetFindings":         {Perform: kernel.With(h.getFindings)},
		},
	})
	return h
}

// SecurityFindings are the findings in Security Hub as they were imported
// last, in the order in which they came first.
func (h *Hub) SecurityFindings() []json.RawMessage {
	h.kernel.Lock()
	defer h.kernel.Unlock()
	all := []json.RawMessage{}
	for _, f := range h.findings {
		all = append(all, slices.Clone(f.text))
	}
	return all
}

// The bounds of BatchImportFindings, and of one finding in bytes.
const (
	maxFindings = 100
	maxFinding  = 240 << 10
)

type importFindingsInput struct{ Findings []json.RawMessage }

type importFindingsOutput struct {
	SuccessCount   int
	FailedCount    int
	FailedFindings []failedFinding
}

type failedFinding struct{ Id, ErrorCode, ErrorMessage string }

func (h *Hub) importFindings(r *kernel.Request, in importFindingsInput) (*importFindingsOutput, error) {
	if len(in.Findings) == 0 || len(in.Findings) > maxFindings {
		return nil, kernel.ClientError("InvalidInputException", "Invalid parameter 'Findings'. It must have between 1 and %d members, not %d.", maxFindings, len(in.Findings))
	}
	findings := make([]asff, len(in.Findings))
	for i, text := range in.Findings {
		if err := json.Unmarshal(text, &findings[i]); err != nil {
			return nil, kernel.NotSerialized(err)
		}
		// Who may import is decided by product.
		if product := findings[i].ProductArn; product != "" && product != ownProduct(r.Region) {
			return nil, kernel.AccessDenied(r.Principal, r.Action())
		}
	}
	out := &importFindingsOutput{FailedFindings: []failedFinding{}}
	for i, text := range in.Findings {
		f := &findings[i]
		if faults := f.faults(text); len(faults) > 0 {
			out.FailedFindings = append(out.FailedFindings, failedFinding{
				f.Id, "InvalidInput", "Finding does not adhere to Amazon Finding Format. " + strings.Join(faults, ", ") + ".",
			})
			continue
		}
		h.keep(finding{r.Region, f.ProductArn, f.Id, text})
	}
	out.FailedCount = len(out.FailedFindings)
	out.SuccessCount = len(in.Findings) - out.FailedCount
	return out, nil
}

// ownProduct is for findings of an account's own (Security Hub user guide,
// "Integrating Security Hub with custom products").
func ownProduct(r kernel.Region) string {
	return r.ARN("securityhub", "product/"+kernel.AccountID+"/default")
}

// keep adds a finding, or replaces the one that it is an update of.
func (h *Hub) keep(f finding) {
	i := slices.IndexFunc(h.findings, func(g finding) bool {
		return g.region == f.region && g.product == f.product && g.id == f.id
	})
	if i < 0 {
		h.findings = append(h.findings, f)
		return
	}
	h.findings[i] = f
}

// findingFilter is one value of a filter; values of a field are alternatives,
// fields have to match together (API reference, StringFilter).
type findingFilter struct{ Comparison, Value string }

type getFindingsInput struct {
	Filters    map[string][]findingFilter
	NextToken  *string
	MaxResults *int32
}

type getFindingsOutput struct {
	Findings  []json.RawMessage
	NextToken *string `json:",omitempty"`
}

// getFindings knows the filters that can tell the guard's own findings from
// others; it refuses the rest, rather than answering too much.
func (h *Hub) getFindings(r *kernel.Request, in getFindingsInput) (*getFindingsOutput, error) {
	texts := map[string]json.RawMessage{}
	var keys []string
	for _, f := range h.findings {
		matches, err := f.matches(in.Filters)
		if err != nil {
			return nil, err
		}
		if matches && f.region == r.Region {
			key := f.product + " " + f.id
			texts[key], keys = f.text, append(keys, key)
		}
	}
	slices.Sort(keys)
	shown, next, err := kernel.Page(keys, strings.Compare, in.NextToken, in.MaxResults, maxFindings)
	if err != nil {
		return nil, kernel.ClientError("InvalidInputException", "MaxResults or NextToken is not valid.")
	}
	out := &getFindingsOutput{Findings: []json.RawMessage{}, NextToken: next}
	for _, key := range shown {
		out.Findings = append(out.Findings, texts[key])
	}
	return out, nil
}

func (f finding) matches(filters map[string][]findingFilter) (bool, error) {
	var has asff
	if err := json.Unmarshal(f.text, &has); err != nil {
		return false, err
	}
	values := map[string]string{
		"ProductArn": has.ProductArn, "GeneratorId": has.GeneratorId, "AwsAccountId": has.AwsAccountId,
		"Region": string(f.region), "RecordState": cmp.Or(has.RecordState, "ACTIVE"), "Id": has.Id,
	}
	all := true
	for field, alternatives := range filters {
		value, known := values[field]
		if !known {
			return false, kernel.ClientError("InvalidInputException", "The local account does not know filter %s.", field)
		}
		matched := false
		for _, filter := range alternatives {
			switch filter.Comparison {
			case "EQUALS":
				matched = matched || value == filter.Value
			case "PREFIX":
				matched = matched || strings.HasPrefix(value, filter.Value)
			default:
				return false, kernel.ClientError("InvalidInputException", "The local account does not know comparison %s.", filter.Comparison)
			}
		}
		all = all && matched
	}
	return all, nil
}

// asff is what is checked of the AWS Security Finding Format.
type asff struct {
	SchemaVersion, Id, ProductArn, GeneratorId, AwsAccountId string
	CreatedAt, UpdatedAt, Title, Description                 string
	RecordState                                              string
	Types                                                    []string
	Severity                                                 *asffSeverity
	Resources                                                []struct{ Id, Type string }
	Compliance                                               *struct{ Status string }
	Remediation                                              struct {
		Recommendation struct{ Text, URL string }
	}
	FindingProviderFields struct {
		Types    []string
		Severity *asffSeverity
	}
}

type asffSeverity struct {
	Label      string
	Normalized *int
}

// faults are what is wrong with a finding (Security Hub user guide, "Required
// top-level ASFF attributes"; API reference, AwsSecurityFinding).
func (f *asff) faults(text []byte) []string {
	var all []string
	check := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	check(len(text) <= maxFinding, "data should NOT be larger than 240 KB")
	check(f.SchemaVersion == "2018-10-08", "data.SchemaVersion should be equal to 2018-10-08")
	check(f.AwsAccountId == kernel.AccountID, "data.AwsAccountId should be the caller's account")
	for _, s := range []struct {
		name, value string
		most        int
	}{
		{"Id", f.Id, 512}, {"ProductArn", f.ProductArn, 2048}, {"GeneratorId", f.GeneratorId, 512},
		{"Title", f.Title, 256}, {"Description", f.Description, 1024},
	} {
		check(strings.TrimSpace(s.value) != "", "data should have required property '%s'", s.name)
		check(utf8.RuneCountInString(s.value) <= s.most, "data.%s should NOT be longer than %d characters", s.name, s.most)
	}
	for _, s := range []struct{ name, value string }{{"CreatedAt", f.CreatedAt}, {"UpdatedAt", f.UpdatedAt}} {
		_, err := time.Parse(time.RFC3339, s.value)
		check(err == nil, "data.%s should match format date-time", s.name)
	}
	f.checkLists(check)
	check(slices.Contains([]string{"", "ACTIVE", "ARCHIVED"}, f.RecordState), "data.RecordState should be ACTIVE or ARCHIVED")
	check(utf8.RuneCountInString(f.Remediation.Recommendation.Text) <= 512, "data.Remediation.Recommendation.Text should NOT be longer than 512 characters")
	check(f.Compliance == nil || slices.Contains([]string{"PASSED", "WARNING", "FAILED", "NOT_AVAILABLE"}, f.Compliance.Status),
		"data.Compliance.Status should be equal to one of the allowed values")
	return all
}

func (f *asff) checkLists(check func(bool, string, ...any)) {
	check(len(f.Resources) >= 1 && len(f.Resources) <= 32, "data.Resources should have between 1 and 32 items")
	for i, r := range f.Resources {
		check(r.Id != "" && r.Type != "", "data.Resources[%d] should have required properties 'Id' and 'Type'", i)
	}
	severity, kinds := f.Severity, f.Types
	if severity == nil {
		severity = f.FindingProviderFields.Severity
	}
	if len(kinds) == 0 {
		kinds = f.FindingProviderFields.Types
	}
	check(len(kinds) >= 1 && len(kinds) <= 50, "data.Types should have between 1 and 50 items")
	for i, kind := range kinds {
		check(strings.Count(kind, "/") <= 2 && strings.TrimSpace(kind) != "", "data.Types[%d] should be of the form namespace/category/classifier", i)
	}
	labels := []string{"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"}
	check(severity != nil && (slices.Contains(labels, severity.Label) || severity.Label == "" && severity.Normalized != nil),
		"data.Severity should have a Label of the allowed values or be Normalized")
}

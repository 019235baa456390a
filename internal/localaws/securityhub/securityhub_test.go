package securityhub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"
	"github.com/google/go-cmp/cmp"
)

func securityHubOf(a *localaws.Account, p localaws.Principal, region string) *securityhub.Client {
	return securityhub.NewFromConfig(localtest.Config(a, p, region))
}

// finding is one that Security Hub takes, but for what is changed in it.
func finding(id string, change func(*types.AwsSecurityFinding)) types.AwsSecurityFinding {
	f := types.AwsSecurityFinding{
		SchemaVersion: aws.String("2018-10-08"), Id: &id, GeneratorId: aws.String("FIPS-001"), AwsAccountId: aws.String(localaws.AccountID),
		ProductArn: aws.String("arn:aws-us-gov:securityhub:us-gov-west-1:111122223333:product/111122223333/default"),
		CreatedAt:  aws.String("2026-11-02T12:00:00Z"), UpdatedAt: aws.String("2026-11-02T12:00:00.123Z"),
		Title: aws.String("FIPS mode is off"), Description: aws.String("The account's default is disabled."),
		Severity: &types.Severity{Label: types.SeverityLabelCritical}, Types: []string{"Software and Configuration Checks/FIPS"},
		Resources: []types.Resource{{Id: aws.String("AWS::::Account:111122223333"), Type: aws.String("AwsAccount")}},
	}
	if change != nil {
		change(&f)
	}
	return f
}

// kept are the findings in Security Hub as "Id Title".
func kept(t *testing.T, a *localaws.Account) []string {
	t.Helper()
	all := []string{}
	for _, text := range a.SecurityFindings() {
		var f struct{ Id, Title string }
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Id+" "+f.Title)
	}
	return all
}

func TestFindingsWithTheSameIdAreUpdates(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := securityHubOf(a, localaws.Everyone().Guard, localtest.West)
	imported := func(findings ...types.AwsSecurityFinding) {
		t.Helper()
		out, err := client.BatchImportFindings(t.Context(), &securityhub.BatchImportFindingsInput{Findings: findings})
		if err != nil {
			t.Fatal(err)
		}
		if aws.ToInt32(out.SuccessCount) != int32(len(findings)) || aws.ToInt32(out.FailedCount) != 0 {
			t.Errorf("of %d findings: %+v", len(findings), out)
		}
	}
	imported(finding("account", nil), finding("task", nil))
	imported(finding("account", func(f *types.AwsSecurityFinding) { f.Title = aws.String("FIPS mode is on again") }))
	want := []string{"account FIPS mode is on again", "task FIPS mode is off"}
	if diff := cmp.Diff(want, kept(t, a)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestFindingsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := securityHubOf(a, localaws.Everyone().Guard, localtest.West)
	cases := map[string]func(*types.AwsSecurityFinding){
		"another schema":            func(f *types.AwsSecurityFinding) { f.SchemaVersion = aws.String("2018-10-09") },
		"another account":           func(f *types.AwsSecurityFinding) { f.AwsAccountId = aws.String("999999999999") },
		"no title":                  func(f *types.AwsSecurityFinding) { f.Title = aws.String("") },
		"a title of 257":            func(f *types.AwsSecurityFinding) { f.Title = aws.String(strings.Repeat("ü", 257)) },
		"a description of 1025":     func(f *types.AwsSecurityFinding) { f.Description = aws.String(strings.Repeat("x", 1025)) },
		"a day as time":             func(f *types.AwsSecurityFinding) { f.UpdatedAt = aws.String("2026-11-02") },
		"no resources":              func(f *types.AwsSecurityFinding) { f.Resources = []types.Resource{} },
		"no severity":               func(f *types.AwsSecurityFinding) { f.Severity = nil },
		"a severity of no kind":     func(f *types.AwsSecurityFinding) { f.Severity.Label = "BAD" },
		"no types":                  func(f *types.AwsSecurityFinding) { f.Types = nil },
		"a type of four parts":      func(f *types.AwsSecurityFinding) { f.Types = []string{"a/b/c/d"} },
		"a record state of no kind": func(f *types.AwsSecurityFinding) { f.RecordState = "GONE" },
		"a compliance of no kind":   func(f *types.AwsSecurityFinding) { f.Compliance = &types.Compliance{Status: "COMPLIANT"} },
		"a finding over 240 KB": func(f *types.AwsSecurityFinding) {
			f.ProductFields = map[string]string{"x": strings.Repeat("x", 240<<10)}
		},
		"a long recommendation": func(f *types.AwsSecurityFinding) {
			f.Remediation = &types.Remediation{Recommendation: &types.Recommendation{Text: aws.String(strings.Repeat("x", 513))}}
		},
	}
	for name, change := range cases {
		out, err := client.BatchImportFindings(t.Context(), &securityhub.BatchImportFindingsInput{
			Findings: []types.AwsSecurityFinding{finding(name, change), finding("good", nil)},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if aws.ToInt32(out.SuccessCount) != 1 || aws.ToInt32(out.FailedCount) != 1 || aws.ToString(out.FailedFindings[0].Id) != name ||
			aws.ToString(out.FailedFindings[0].ErrorCode) != "InvalidInput" || strings.Count(aws.ToString(out.FailedFindings[0].ErrorMessage), "data") != 1 {
			t.Errorf("%s: %+v %+v", name, out, out.FailedFindings)
		}
	}
	longest := finding("longest", func(f *types.AwsSecurityFinding) {
		f.Title, f.Description = aws.String(strings.Repeat("ü", 256)), aws.String(strings.Repeat("x", 1024))
		f.FindingProviderFields = &types.FindingProviderFields{Severity: &types.FindingProviderSeverity{Label: types.SeverityLabelLow}, Types: f.Types}
		f.Severity, f.Types = nil, nil
	})
	if _, err := client.BatchImportFindings(t.Context(), &securityhub.BatchImportFindingsInput{Findings: []types.AwsSecurityFinding{longest}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"good FIPS mode is off", "longest " + strings.Repeat("ü", 256)}, kept(t, a)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestImportsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	in := func(n int) *securityhub.BatchImportFindingsInput {
		out := &securityhub.BatchImportFindingsInput{Findings: []types.AwsSecurityFinding{}}
		for i := range n {
			out.Findings = append(out.Findings, finding(fmt.Sprint(i), nil))
		}
		return out
	}
	cases := []struct {
		name, region string
		in           *securityhub.BatchImportFindingsInput
		effect       localaws.Effect
		code         string
	}{
		{"a hundred", localtest.West, in(100), "", ""},
		{"over a hundred", localtest.West, in(101), "", "InvalidInputException"},
		{"none", localtest.West, in(0), "", "InvalidInputException"},
		{"the product of another Region", localtest.East, in(1), "", "AccessDeniedException"},
		{"throttled", localtest.West, in(1), localaws.Throttle, "TooManyRequestsException"},
		{"failing", localtest.West, in(1), localaws.ServerError, "InternalException"},
		{"denied", localtest.West, in(1), localaws.DenyAccess, "AccessDeniedException"},
	}
	for _, c := range cases {
		if c.effect != "" {
			a.Inject(localaws.Fault{Operation: "BatchImportFindings", Times: 1, Effect: c.effect})
		}
		if _, err := securityHubOf(a, all.Guard, c.region).BatchImportFindings(t.Context(), c.in); localtest.Code(err) != c.code {
			t.Errorf("%s: got %q, want %q (%v)", c.name, localtest.Code(err), c.code, err)
		}
	}
	if got := len(a.SecurityFindings()); got != 100 {
		t.Errorf("%d findings are kept, want those of the one call that was good", got)
	}
	a.Deny(all.Guard, "securityhub:BatchImportFindings")
	if _, err := securityHubOf(a, all.Guard, localtest.West).BatchImportFindings(t.Context(), in(1)); localtest.Code(err) != "AccessDeniedException" {
		t.Errorf("denied by policy: %v", err)
	}
	if _, err := securityHubOf(a, all.Guard, localtest.West).EnableSecurityHub(t.Context(), &securityhub.EnableSecurityHubInput{}); localtest.Code(err) != "UnknownOperationException" {
		t.Errorf("an operation that is not here: %v", err)
	}
}

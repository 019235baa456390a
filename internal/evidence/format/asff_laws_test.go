package format_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"
)

// TestSecurityHubIsToldNoMoreThanTheClaims: nothing passes there, only what
// stands has failed, and each age is the claim's.
func TestSecurityHubIsToldNoMoreThanTheClaims(t *testing.T) {
	for seed := range uint64(300) {
		d := evidencetest.Random(seed)
		claims := map[string]evidence.Claim{}
		want := 0
		for _, c := range d.Claims {
			claims[string(c.Rule)+" "+c.Subject] = c
			if c.Open() {
				want++
			}
		}
		failed := 0
		for _, f := range format.SecurityFindings(d) {
			c := claims[strings.TrimPrefix(f.GeneratorID, format.GeneratorPrefix)+" "+f.Resources[0].ID]
			at := ""
			if c.At != nil {
				at = c.At.Format(time.RFC3339)
			}
			if f.FirstObserved != at || f.LastObserved != at {
				t.Errorf("seed %d: %s was observed at %s, not from %s to %s", seed, f.ID, at, f.FirstObserved, f.LastObserved)
			}
			switch f.Compliance.Status {
			case "FAILED":
				failed++
				if !c.Open() {
					t.Errorf("seed %d: %s has failed, and is %s, fixed %t", seed, f.ID, c.Result, c.Fixed)
				}
			case "NOT_AVAILABLE":
				if c.Result != evidence.InsufficientData {
					t.Errorf("seed %d: %s is not available, and is %s", seed, f.ID, c.Result)
				}
			default:
				t.Errorf("seed %d: %s is %s", seed, f.ID, f.Compliance.Status)
			}
		}
		if failed != want {
			t.Errorf("seed %d: %d findings have failed, %d violations stand", seed, failed, want)
		}
	}
}

func TestSecurityHubCanFilterByControl(t *testing.T) {
	for _, f := range format.SecurityFindings(evidencetest.Everything()) {
		rule, _ := guard.RuleOf(guard.RuleID(strings.TrimPrefix(f.GeneratorID, format.GeneratorPrefix)))
		if len(f.Compliance.RelatedRequirements) != len(rule.Controls) || f.Compliance.RelatedRequirements[0] != "NIST.800-53.r5 "+rule.Controls[0].Title() {
			t.Errorf("%s relates to %q", f.ID, f.Compliance.RelatedRequirements)
		}
	}
}

// botocore holds findings against AWS's own model of BatchImportFindings.
const botocore = `import json, sys
try:
    import botocore.session, botocore.validate
except ImportError:
    sys.exit("no botocore")
operation = botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings")
report = botocore.validate.ParamValidator().validate({"Findings": json.load(open(sys.argv[1]))}, operation.input_shape)
print(report.generate_report())`

func TestAWSsModelTakesTheFindings(t *testing.T) {
	python := independent.Program(t, "python3")
	check := func(findings any) string {
		t.Helper()
		data, err := json.Marshal(findings)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "findings.json")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", botocore, file).CombinedOutput()
		switch said := strings.TrimSpace(string(out)); {
		case strings.HasPrefix(said, "no botocore"):
			t.Skip("python3 has no botocore")
		case err != nil:
			t.Fatalf("%v: %s", err, out)
		default:
			return said
		}
		return ""
	}
	for name, d := range reports() {
		findings := format.SecurityFindings(d)
		if len(findings) == 0 {
			continue // nothing is imported
		}
		if said := check(findings[:min(100, len(findings))]); said != "" {
			t.Errorf("%s: %s", name, said)
		}
	}
	if said := check([]map[string]string{{"Id": "x"}}); said == "" {
		t.Error("the model takes a finding of nothing but its ID: the test tests nothing")
	}
}

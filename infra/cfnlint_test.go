package main

import (
	"encoding/json"
	"fipsguard/internal/independent"
	"os/exec"
	"testing"
)

// TestCfnLint lints the committed templates for both GovCloud Regions. W3005
// is about dependencies that the CDK says twice.
func TestCfnLint(t *testing.T) {
	linter := independent.Program(t, "cfn-lint")
	// The exit status says whether there are findings, which are read anyway.
	out, err := exec.CommandContext(t.Context(), linter, "--format", "json", "--regions", "us-gov-west-1", "us-gov-east-1",
		"--template", "template/"+accountStack+".template.json", "template/"+organizationStack+".template.json").Output()
	var findings []struct {
		Filename, Message string
		Rule              struct{ ID string }
	}
	if jsonErr := json.Unmarshal(out, &findings); jsonErr != nil {
		t.Fatalf("cfn-lint answered %q: %v, %v", out, jsonErr, err)
	}
	for _, f := range findings {
		if f.Rule.ID != "W3005" {
			t.Errorf("%s: %s %s", f.Filename, f.Rule.ID, f.Message)
		}
	}
}

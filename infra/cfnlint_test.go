package main

import "testing"

// TestCfnLint lints the committed templates.
func TestCfnLint(t *testing.T) {
	lint(t, "template/"+accountStack+".template.json", "template/"+organizationStack+".template.json")
}

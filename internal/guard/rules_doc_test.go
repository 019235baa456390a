package guard

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// TestRulesDocument holds docs/rules.md equal to the rule table.
func TestRulesDocument(t *testing.T) {
	const path = "../../docs/rules.md"
	got := rulesDocument()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/rules.md is not the rule table; run make golden (-want +got):\n%s", diff)
	}
}

func rulesDocument() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the rule table in internal/guard by `make golden`. IDs are stable and never reused. " +
		"What the guard does by default can be changed by a [policy](policy.md).\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n%s\n\n- Severity: %s\n- By default: %s\n- Remedy: %s\n", r.ID, r.Requirement, r.Why, r.Severity, r.Default, r.Remedy(nil))
		if r.Steps != nil {
			b.WriteString("- Commands, in this order:\n")
			for _, step := range r.Steps(nil) {
				fmt.Fprintf(&b, "  - %s`` %s ``\n", after(step.If, ": "), step.Command)
			}
		}
		if r.Doubt != "" {
			fmt.Fprintf(&b, "- If unknown: %s\n", r.Doubt)
		}
	}
	b.WriteString("\n## Verdicts\n\n" +
		"`COMPLIANT`, `NON_COMPLIANT`, `NOT_APPLICABLE` (FIPS mode does not concern it) and `INSUFFICIENT_DATA` " +
		"(it could not be known: it never passes and is never repaired, except that FIPS mode is turned on where someone may have turned it off).\n")
	return b.String()
}

func after(text, what string) string {
	if text == "" {
		return ""
	}
	return text + what
}

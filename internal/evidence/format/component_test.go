package format_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
)

// TestTheRulesAsAComponentDefinition holds docs/oscal-component-definition.json
// equal to the rule table, and of NIST's schema.
func TestTheRulesAsAComponentDefinition(t *testing.T) {
	changed := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	got := evidencetest.Written(t, func(out io.Writer) error { return format.WriteComponent(out, "0.1.0", changed) })
	if err := evidencetest.Schema(t, oscalSchema(t))(got); err != nil {
		t.Error(err)
	}
	evidencetest.Holds(t, "../../../docs/oscal-component-definition.json", evidencetest.Indented(t, got), *update)
	for _, r := range guard.Rules() {
		if n := strings.Count(string(got), `"name":"Rule_Id","ns":"https://fipsguard.example/ns/oscal","value":"`+string(r.ID)+`"`); n != len(r.Controls) {
			t.Errorf("rule %s stands under %d controls, want %d", r.ID, n, len(r.Controls))
		}
		for _, c := range r.Controls {
			if c.Objective() == "" || !strings.HasPrefix(c.Objective(), string(c)+"_obj") {
				t.Errorf("control %s has objective %q", c, c.Objective())
			}
		}
	}
}

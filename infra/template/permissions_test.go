package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPermissionsAreDocumented: docs/permissions.md lists exactly what the template
// grants to the functions' roles.
func TestPermissionsAreDocumented(t *testing.T) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				PolicyDocument struct{ Statement []struct{ Action any } }
			}
		}
	}
	if err := json.Unmarshal(JSON(), &template); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, name := range []string{"Enforcer", "Gate", "Verifier"} {
		actions := map[string]bool{}
		for id, r := range template.Resources {
			if r.Type != "AWS::IAM::ManagedPolicy" || !strings.HasPrefix(id, name) {
				continue
			}
			for _, s := range r.Properties.PolicyDocument.Statement {
				switch some := s.Action.(type) {
				case string:
					actions[some] = true
				case []any:
					for _, one := range some {
						actions[fmt.Sprint(one)] = true
					}
				}
			}
		}
		fmt.Fprintf(&rows, "| `fipsguard-%s-REGION` | %s |\n", strings.ToLower(name), strings.Join(slices.Sorted(maps.Keys(actions)), ", "))
	}
	text, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), rows.String()) {
		t.Errorf("docs/permissions.md should have these rows:\n%s", rows.String())
	}
}

package template

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the rows into docs/permissions.md")

// TestPermissionsAreDocumented: docs/permissions.md lists exactly what the template
// grants to the functions' roles.
func TestPermissionsAreDocumented(t *testing.T) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				PolicyDocument struct{ Statement []map[string]any }
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
				if parts, ok := s["Fn::If"].([]any); ok { // where the condition of the template holds
					s = parts[1].(map[string]any)
				}
				switch some := s["Action"].(type) {
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
	const page = "../../docs/permissions.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		listed := regexp.MustCompile("(\\| `fipsguard-[a-z]+-REGION` \\|.*\n)+")
		if err := os.WriteFile(page, listed.ReplaceAllLiteral(text, []byte(rows.String())), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !strings.Contains(string(text), rows.String()) {
		t.Errorf("docs/permissions.md should have these rows:\n%s", rows.String())
	}
}

package config

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The documents shown in docs/policy.md are read as shown: each is good, or is
// followed by its faults.
func TestDocumentedPolicies(t *testing.T) {
	page, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```json\n(.*?)```\n(?:\n```text\n(.*?)```\n)?").FindAllStringSubmatch(string(page), -1)
	if len(shown) < 2 {
		t.Fatalf("docs/policy.md shows %d documents", len(shown))
	}
	for _, document := range shown {
		var faults string
		if _, err := ParsePolicy([]byte(document[1]), now); err != nil {
			faults = err.Error()
		}
		if diff := cmp.Diff(strings.TrimSpace(document[2]), faults); diff != "" {
			t.Errorf("%s(-docs +parser):\n%s", document[1], diff)
		}
	}
}

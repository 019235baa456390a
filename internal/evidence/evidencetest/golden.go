package evidencetest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"fipsguard/internal/evidence"

	"github.com/google/go-cmp/cmp"
)

// Documents are the ones that every format is held for in golden files, by the
// names of these files.
func Documents() map[string]evidence.Document {
	past := Past()
	return map[string]evidence.Document{
		"past": past[0], "past-well": past[1],
		"everything": Everything(), "well": AllIsWell(), "nothing-seen": NothingSeen(), "not-examined": NotExamined(), "interrupted": Interrupted(),
	}
}

// Holds compares with a golden file, or writes it anew.
func Holds(t *testing.T, golden string, got []byte, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the report reads otherwise (-want +got):\n%s", diff)
	}
}

// Indented is a JSON document for people.
func Indented(t *testing.T, document []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", "  "); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

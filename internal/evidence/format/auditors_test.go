package format_test

import (
	"bytes"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
)

func TestFedRAMPObjects(t *testing.T) {
	const original = "s3://fipsguard-evidence/reports/111122223333/us-gov-west-1/2026/11/02/report.dsse.json"
	schema := evidencetest.Schema(t, "../../../docs/schema/fedramp-evidence.v1.schema.json")
	for name, d := range map[string]evidence.Document{"everything": evidencetest.Everything(), "nothing seen": evidencetest.Empty()} {
		data := evidencetest.Written(t, func(out io.Writer) error { return format.WriteFedRAMP(out, d) })
		if err := schema(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "nothing seen" {
			continue
		}
		for _, want := range []string{original, "SC-13", `answered \"0\\r\\n\"`, "jane.doe", "Trail main is not logging", `"lastUpdated":"2026-11-02"`} {
			if !strings.Contains(string(data), want) {
				t.Errorf("nothing about %s", want)
			}
		}
	}
	kinds := map[string]int{}
	for _, o := range format.FedRAMP(evidencetest.Everything()) {
		kind, _, _ := strings.Cut(o.Description, ":")
		kinds[kind]++
	}
	if kinds["Verification"] != 3 || kinds["Validation"] != 2 {
		t.Errorf("kinds of evidence: %v", kinds)
	}
}

// oscalSchema is the one that go-oscal ships.
func oscalSchema(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/defenseunicorns/go-oscal").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "src/internal/schemas/oscal_complete_schema-1-1-3.json")
}

func TestOSCALIsOfItsSchema(t *testing.T) {
	schema := evidencetest.Schema(t, oscalSchema(t))
	for name, d := range map[string]evidence.Document{"everything": evidencetest.Everything(), "nothing seen": evidencetest.Empty()} {
		data := evidencetest.Written(t, func(out io.Writer) error { return format.WriteOSCAL(out, d) })
		if err := schema(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again := evidencetest.Written(t, func(out io.Writer) error { return format.WriteOSCAL(out, d) })
		if !bytes.Equal(data, again) {
			t.Errorf("%s: the same report makes two different results", name)
		}
	}
	results := format.OSCAL(evidencetest.Everything()).AssessmentResults.Results[0]
	states := map[string]string{}
	for _, f := range *results.Findings {
		states[f.Title] = f.Target.Status.State + " " + f.Target.Status.Reason
	}
	for title, want := range map[string]string{
		"task-kernel-proof for SC-13":        "not-satisfied fail",
		"guard-queues for SI-4":              "satisfied ",
		"guard-alerts for SI-4":              "not-satisfied other",
		"task-definition-platform for SC-13": "satisfied ",
	} {
		if states[title] != want {
			t.Errorf("%s is %q, want %q of %v", title, states[title], want, states)
		}
	}
}

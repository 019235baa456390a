package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"github.com/joshdk/go-junit"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const checkCases = "../../internal/manifest/testdata/cases"

// TestCheckCases holds the status and the exit status of what people have: a
// file of each kind that once passed, was refused or was a false alarm.
func TestCheckCases(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(checkCases, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"cases.tsv": true}
	t.Chdir(checkCases)
	for n, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("cases.tsv, line %d: not three cells", n+2)
		}
		arguments := strings.Fields(cells[0])
		for _, a := range arguments {
			listed[a] = true
		}
		t.Run(cells[0], func(t *testing.T) {
			code, out, talk := fipsguard("", append([]string{"check", "--format", "json"}, arguments...)...)
			if got := worstIn(t, out); !strings.Contains("|"+cells[1]+"|", "|"+got+"|") {
				t.Errorf("is %s, want %s:\n%s%s", got, cells[1], out, talk)
			}
			if strconv.Itoa(int(code)) != cells[2] {
				t.Errorf("exits %d, want %s: %s", code, cells[2], talk)
			}
		})
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !f.IsDir() && !listed[f.Name()] {
			t.Errorf("%s is in no case", f.Name())
		}
	}
}

// worstIn is the worst status in a report, or none where nothing was found.
func worstIn(t *testing.T, report string) string {
	t.Helper()
	var r struct{ Findings []checked }
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatalf("%v:\n%s", err, report)
	}
	if len(r.Findings) == 0 {
		return "none"
	}
	var all []guard.Finding
	for _, f := range r.Findings {
		all = append(all, guard.Finding{Verdict: f.Status})
	}
	return guard.Worst(all).String()
}

// TestCheckReportsAreOfTheirFormats holds what is said of all cases together
// against each format's own definition.
func TestCheckReportsAreOfTheirFormats(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/check.v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := fipsguard("", "check", "--format", "json", checkCases, manifests, "absent.json")
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil || code != exitFindings {
		t.Errorf("exits %d with what is not of its schema: %v", code, err)
	}
	_, out, _ = fipsguard("", "check", "--format", "junit", checkCases, manifests, "absent.json")
	if suites, err := junit.Ingest([]byte(out)); err != nil || len(suites) < 50 {
		t.Errorf("JUnit has %d suites: %v", len(suites), err)
	}
	for _, format := range []string{"sarif", "gitlab"} {
		_, out, _ = fipsguard("", "check", "--format", format, checkCases, manifests, "absent.json")
		if !json.Valid([]byte(out)) || strings.Count(out, "absent.json") == 0 {
			t.Errorf("%s is not JSON or does not name the file that could not be read", format)
		}
	}
	_, out, _ = fipsguard("", "check", "--format", "github", checkCases, manifests, "absent.json")
	if !strings.HasPrefix(out, "::") || !strings.Contains(out, "::error file=absent.json") {
		t.Errorf("not annotations: %.200s", out)
	}
}

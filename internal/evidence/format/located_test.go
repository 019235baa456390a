package format

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fipsguard/internal/guard"
	"fipsguard/internal/independent"

	"github.com/joshdk/go-junit"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sample has a finding of each kind, with characters that formats have to
// escape.
func sample() ([]Located, []Unread) {
	return []Located{
			{File: "well.json", Line: 1, Column: 1, Name: "web", Rule: guard.TaskDefinitionPlatform, Status: guard.Compliant},
			{File: "well.json", Line: 4, Name: "ec2", Rule: guard.TaskDefinitionPlatform, Status: guard.NotApplicable, Message: "It is not meant for Fargate."},
			{File: "dir/../a b.yaml", Line: 3, Column: 5, Name: `Web "<1>"`, Rule: guard.TaskDefinitionPlatform, Status: guard.NonCompliant, Severity: guard.High, Message: "100%25 wrong: ARM64 <é>, \"x\" & y\nsecond line"},
			{File: "a b.yaml", Line: 9, Column: 2, Name: `Web "<1>"`, Rule: guard.TaskDefinitionPlatform, Status: guard.NonCompliant, Severity: guard.High, Message: "the same in another place"},
			{File: "-", Name: "aws_ecs_service.s", Rule: guard.ServicePlatform, Status: guard.InsufficientData, Severity: guard.Warning, Message: "unknown"},
			{File: "c.yaml", Line: 7, Column: 1, Name: "Old", Rule: guard.ServicePlatform, Status: guard.NonCompliant, Severity: guard.High, Message: "old", Ignored: "ignored until 2027-03-31: vendor", InFile: true},
			{File: "c.yaml", Line: 8, Column: 1, Name: "Older", Rule: guard.ServicePlatform, Status: guard.NonCompliant, Severity: guard.High, Message: "older", Ignored: "ignored until 2027-03-31: vendor"},
			{File: "fips.json", Line: 2, Column: 3, Name: "Fips", Rule: guard.FIPSModeDefault, Status: guard.NonCompliant, Severity: guard.Critical, Message: "off"},
		}, []Unread{
			{"broken.yaml", "line 3: not YAML"},
		}
}

func written(t *testing.T, write func(io.Writer, []Located, []Unread) error, all []Located, unread []Unread) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, all, unread); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sarif(out io.Writer, all []Located, unread []Unread) error {
	return WriteSARIF(out, "1.2.3", all, unread)
}

// TestSARIFIsOfItsSchemas: of the standard body's and of the one by which
// GitHub's upload action refuses a file.
func TestSARIFIsOfItsSchemas(t *testing.T) {
	all, unread := sample()
	for name, text := range map[string][]byte{"findings": written(t, sarif, all, unread), "nothing": written(t, sarif, nil, nil)} {
		for _, file := range []string{"sarif-schema-2.1.0.oasis.json", "sarif-schema-2.1.0.codeql-action.json"} {
			schema := schemaIn(t, filepath.Join("testdata", file))
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document); err != nil {
				t.Errorf("%s: not of %s: %v", name, file, err)
			}
			if err := schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}); err == nil {
				t.Errorf("%s accepts a run without a tool", file)
			}
		}
	}
}

// schemaIn compiles a schema. GitHub's copy has the anyOf of a region among its
// properties, where no validator but GitHub's takes it: it is put where the
// standard body's copy has it.
func schemaIn(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	region := document.(map[string]any)["definitions"].(map[string]any)["region"].(map[string]any)
	if properties := region["properties"].(map[string]any); properties["anyOf"] != nil {
		region["anyOf"] = properties["anyOf"]
		delete(properties, "anyOf")
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(file, document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile(file)
}

// TestSARIFPassesMicrosoftsValidator holds it against the rules of the SDK's
// authors and of GitHub, too.
func TestSARIFPassesMicrosoftsValidator(t *testing.T) {
	multitool := independent.Program(t, "sarif-multitool")
	all, unread := sample()
	file := filepath.Join(t.TempDir(), "report.sarif")
	if err := os.WriteFile(file, written(t, sarif, all, unread), 0o644); err != nil {
		t.Fatal(err)
	}
	// The program hands its arguments to a shell.
	out, err := exec.Command(multitool, "validate", file, "--rule-kind", "'Sarif;Gh'").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("completed successfully")) {
		t.Fatalf("%v: %s", err, out)
	}
	if wrong := regexp.MustCompile(`(?m)^.*: (error|warning) .*$`).FindAll(out, -1); len(wrong) > 0 {
		t.Errorf("%s", bytes.Join(wrong, []byte("\n")))
	}
}

func TestSARIFSaysWhereAndHowBad(t *testing.T) {
	all, unread := sample()
	var log sarifLog
	if err := json.Unmarshal(written(t, sarif, all, unread), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != 6 {
		t.Fatalf("%d results of 8 findings, of which two pass", len(run.Results))
	}
	seen := map[string]bool{}
	for i, want := range []struct {
		level, uri   string
		line, column int
		suppressed   string
	}{
		{"error", "a%20b.yaml", 3, 5, ""}, {"error", "a%20b.yaml", 9, 2, ""}, {"warning", "stdin", 1, 1, ""},
		{"error", "c.yaml", 7, 1, "inSource"}, {"error", "c.yaml", 8, 1, "external"}, {"error", "fips.json", 2, 3, ""},
	} {
		r := run.Results[i]
		place, suppressed := r.Locations[0].Physical, ""
		if len(r.Suppressions) > 0 {
			suppressed = r.Suppressions[0].Kind
		}
		if r.Level != want.level || place.Artifact.URI != want.uri || *place.Region != (sarifRegion{want.line, want.column}) || suppressed != want.suppressed {
			t.Errorf("result %d is %s %+v %s, want %+v", i, r.Level, place, suppressed, want)
		}
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("result %d is of rule %s and of %s", i, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
		}
		if print := r.Fingerprints["fipsguard/v1"]; seen[print] || print == "" {
			t.Errorf("result %d has the fingerprint %q of another one", i, print)
		} else {
			seen[print] = true
		}
	}
	if i := run.Invocations[0]; i.Successful || len(i.Notifications) != 1 || i.Notifications[0].Message.Text != "line 3: not YAML" {
		t.Errorf("of the file that could not be read it says %+v", i)
	}
}

// TestFingerprintsStay: a finding that moves to another line is the same one.
func TestFingerprintsStay(t *testing.T) {
	all, _ := sample()
	before := fingerprints(all)
	for i := range all {
		all[i].Line += 10
		all[i].Message += "!"
	}
	for i, after := range fingerprints(all) {
		if after != before[i] {
			t.Errorf("finding %d has another fingerprint", i)
		}
	}
}

// TestJUnitIsReadByAnotherParser: by one that we did not write.
func TestJUnitIsReadByAnotherParser(t *testing.T) {
	all, unread := sample()
	suites, err := junit.Ingest(written(t, WriteJUnit, all, unread))
	if err != nil {
		t.Fatal(err)
	}
	total := junit.Totals{}
	for _, s := range suites {
		s.Aggregate()
		total.Tests += s.Totals.Tests
		total.Passed += s.Totals.Passed
		total.Skipped += s.Totals.Skipped
		total.Failed += s.Totals.Failed
		total.Error += s.Totals.Error
	}
	if want := (junit.Totals{Tests: 9, Passed: 1, Skipped: 3, Failed: 4, Error: 1}); total != want {
		t.Errorf("it counts %+v, want %+v", total, want)
	}
	test := suites[1].Tests[0]
	if test.Name != `Web "<1>"` || test.Classname != "task-definition-platform" || !strings.Contains(test.Error.Error(), `100%25 wrong: ARM64 <é>, "x" & y`) {
		t.Errorf("it reads %+v", test)
	}
	if empty, err := junit.Ingest(written(t, WriteJUnit, nil, nil)); err != nil || len(empty) > 0 {
		t.Errorf("of nothing it reads %v: %v", empty, err)
	}
}

// TestGitLabReport holds what GitLab asks of each issue.
func TestGitLabReport(t *testing.T) {
	all, unread := sample()
	var issues []map[string]any
	if err := json.Unmarshal(written(t, WriteGitLab, all, unread), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 5 {
		t.Errorf("%d issues of 4 findings and a file that could not be read", len(issues))
	}
	prints := map[any]bool{}
	for _, i := range issues {
		location, _ := i["location"].(map[string]any)
		lines, _ := location["lines"].(map[string]any)
		begin, _ := lines["begin"].(float64)
		path, _ := location["path"].(string)
		severity, _ := i["severity"].(string)
		if i["description"] == "" || i["check_name"] == "" || begin < 1 || path == "" || strings.HasPrefix(path, "./") || !strings.Contains(" info minor major critical blocker ", " "+severity+" ") {
			t.Errorf("not an issue: %v", i)
		}
		if prints[i["fingerprint"]] {
			t.Errorf("two issues have the fingerprint %v", i["fingerprint"])
		}
		prints[i["fingerprint"]] = true
	}
	if text := written(t, WriteGitLab, nil, nil); string(text) != "[]\n" {
		t.Errorf("of nothing it is %q", text)
	}
}

// TestGitHubAnnotations reads the commands as GitHub's runner does: each on a
// line, properties and message unescaped.
func TestGitHubAnnotations(t *testing.T) {
	all, unread := sample()
	command := regexp.MustCompile(`^::(error|warning) ([^:]*)::(.*)$`)
	lines := strings.Split(strings.TrimSuffix(string(written(t, WriteGitHub, all, unread)), "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines of 4 findings and a file that could not be read", len(lines))
	}
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace
	parts := command.FindStringSubmatch(lines[0])
	if parts == nil {
		t.Fatalf("not a command: %s", lines[0])
	}
	if got := unescape(parts[3]); got != all[2].Message {
		t.Errorf("the message is %q, want %q", got, all[2].Message)
	}
	if parts[2] != "file=a b.yaml,line=3,col=5,title=task-definition-platform" {
		t.Errorf("the properties are %s", parts[2])
	}
}

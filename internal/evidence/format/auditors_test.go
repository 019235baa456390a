package format_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// reports are those that every format has to be valid for.
func reports() map[string]evidence.Document {
	all := evidencetest.Documents()
	all["empty"] = evidence.New(evidence.About{Started: time.Unix(1, 0), Finished: time.Unix(2, 0)}, guard.Report{})
	if !testing.Short() {
		all["ten thousand tasks"] = evidencetest.Crowd(10_000)
	}
	return all
}

func TestOSCALIsOfItsSchema(t *testing.T) {
	schema := evidencetest.Schema(t, oscalSchema(t))
	for name, d := range reports() {
		data := evidencetest.Written(t, func(out io.Writer) error { return format.WriteOSCAL(out, d) })
		if err := schema(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again := evidencetest.Written(t, func(out io.Writer) error { return format.WriteOSCAL(out, d) })
		if !bytes.Equal(data, again) {
			t.Errorf("%s: the same report makes two different results", name)
		}
		t.Logf("%s: %d bytes", name, len(data))
	}
}

// oscalSchema is NIST's, as go-oscal ships it.
func oscalSchema(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/defenseunicorns/go-oscal").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "src/internal/schemas/oscal_complete_schema-1-2-2.json")
}

func TestFedRAMPIsOfItsSchema(t *testing.T) {
	schema := fedRAMPSchema(t)
	for name, d := range reports() {
		data := evidencetest.Written(t, func(out io.Writer) error { return format.WriteFedRAMP(out, d) })
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if schema.Validate(map[string]any{"fedRampRequirements": []any{}}) == nil {
		t.Error("the schema accepts a record without an overview")
	}
}

// fedRAMPSchema is FedRAMP's own, of a security decision record. Its references
// to the common definitions lack the # before the path in the file.
func fedRAMPSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const record, common = "fedramp-security-decision-record-schema-2026-06-24.json", "fedramp-common-definitions-schema-2026-06-24.json"
	for _, name := range []string{common, record} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.ReplaceAll(text, []byte(".json/$defs/"), []byte(".json#/$defs/"))))
		if err == nil {
			err = compiler.AddResource("https://fedramp.gov/schemas/"+name, document)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return compiler.MustCompile("https://fedramp.gov/schemas/" + record)
}

// TestOSCALSaysNoMoreThanTheClaims: no control is ever satisfied, each
// observation is one claim with its times, and a part of an objective is not
// satisfied once, where a violation stands.
func TestOSCALSaysNoMoreThanTheClaims(t *testing.T) {
	for seed := range uint64(300) {
		d := evidencetest.Random(seed)
		if data := evidencetest.Written(t, func(out io.Writer) error { return format.WriteOSCAL(out, d) }); bytes.Contains(data, []byte(`"state":"satisfied"`)) {
			t.Fatalf("seed %d: an objective is satisfied", seed)
		}
		result := format.OSCAL(d).AssessmentResults.Results[0]
		want, subjects := []string{}, map[string]string{}
		objectives, observed := map[string]bool{}, map[string]bool{}
		for _, c := range d.Claims {
			if c.At != nil {
				want = append(want, fmt.Sprintf("%s %s of %s at %s until %s", c.Rule, c.Result, c.Subject, c.At, until(c.Until)))
			}
			for _, control := range d.Rule(c.Rule).Controls {
				observed[string(control.ID)] = observed[string(control.ID)] || c.Observed()
				if c.Open() {
					objectives[control.Objective] = true
				}
			}
		}
		got := []string{}
		if result.LocalDefinitions.InventoryItems != nil {
			for _, item := range *result.LocalDefinitions.InventoryItems {
				subjects[item.UUID] = item.Description
			}
		}
		if result.Observations != nil {
			for _, o := range *result.Observations {
				got = append(got, fmt.Sprintf("%s %s of %s at %s until %s", o.Title, (*o.Props)[0].Value, subjects[(*o.Subjects)[0].SubjectUuid], o.Collected, until(o.Expires)))
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("seed %d: the observations are\n%s\nthe claims\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		found := map[string]bool{}
		if result.Findings != nil {
			for _, f := range *result.Findings {
				if found[f.Target.TargetId] || !objectives[f.Target.TargetId] || f.Target.Status.State != "not-satisfied" {
					t.Errorf("seed %d: finding of %s, %s", seed, f.Target.TargetId, f.Target.Status.State)
				}
				found[f.Target.TargetId] = true
			}
		}
		if len(found) != len(objectives) {
			t.Errorf("seed %d: findings of %v; violations stand of %v", seed, found, objectives)
		}
		if reviewed := result.ReviewedControls.ControlSelections[0].IncludeControls; reviewed != nil {
			for _, c := range *reviewed {
				if !observed[c.ControlId] && result.ReviewedControls.ControlSelections[0].ExcludeControls == nil {
					t.Errorf("seed %d: control %s is reviewed, and nothing about it was observed", seed, c.ControlId)
				}
			}
		}
	}
}

func until(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.String()
}

// TestFedRAMPSaysNoMoreThanTheClaims: each claim is in one evidence object, and
// the date of an object is the day of each claim in it.
func TestFedRAMPSaysNoMoreThanTheClaims(t *testing.T) {
	for seed := range uint64(300) {
		d := evidencetest.Random(seed)
		lines := map[string]int{}
		for _, indicator := range format.FedRAMP(d).Indicators {
			for _, object := range indicator.Evidence {
				for line := range strings.Lines(object.Text) {
					lines[object.LastUpdated+" "+strings.TrimSpace(line)]++
				}
			}
		}
		passes := 0
		for line, n := range lines {
			if strings.Contains(line, " COMPLIANT ") || strings.HasPrefix(line, "COMPLIANT ") {
				passes += n
			}
		}
		if passes != d.Results.Compliant {
			t.Errorf("seed %d: %d lines say compliant of %d claims", seed, passes, d.Results.Compliant)
		}
		for _, c := range d.Claims {
			day, when := "", ""
			if c.At != nil {
				day, when = c.At.Format(time.DateOnly), ", "+string(c.Seen)+" at "+c.At.Format(time.RFC3339)
			}
			begin, n := fmt.Sprintf("%s %s %s%s", day, c.Result, c.Subject, when), 0
			for line := range lines {
				if strings.HasPrefix(line, begin) {
					n++
				}
			}
			if n == 0 {
				t.Errorf("seed %d: no object says %q", seed, begin)
			}
		}
	}
}

// TestTheGuardItselfIsNotExamined where a scan did not look: FedRAMP's record
// must not call that good.
func TestTheGuardItselfIsNotExamined(t *testing.T) {
	data := string(evidencetest.Written(t, func(out io.Writer) error { return format.WriteFedRAMP(out, evidencetest.NotExamined()) }))
	for _, want := range []string{"NOT_EXAMINED 111122223333/us-gov-west-1: This scan did not examine the guard itself.", "NOT_EXAMINED 111122223333/us-gov-west-1: This scan read no kernel.", "it sets no cycle for Class D"} {
		if !strings.Contains(data, want) {
			t.Errorf("nothing about %q", want)
		}
	}
}

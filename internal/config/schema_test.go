package config

import (
	"encoding/json"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(PolicySchema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("policy.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("policy.json") // also holds it against its own metaschema
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func schemaAccepts(t testing.TB, schema *jsonschema.Schema, document string) bool {
	t.Helper()
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatalf("not JSON: %q: %v", document, err)
	}
	return schema.Validate(instance) == nil
}

func parserAccepts(document string) bool {
	_, err := ParsePolicy([]byte(document), now)
	return err == nil
}

func jsonText(t testing.TB, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}

func TestSchemaAndParserAgree(t *testing.T) {
	documents := []string{
		`{}`, `[]`, `null`, `"x"`, `{"version":1}`, `{"version":2}`, `{"version":"1"}`, `{"version":null}`,
		`{"version":1,"$schema":"x"}`, `{"version":1,"$schema":1}`, `{"version":1,"x":1}`, `{"version":1,"Rules":{}}`,
		`{"version":1,"rules":{}}`, `{"version":1,"rules":[]}`, `{"version":1,"rules":null}`, `{"version":1,"rules":{"x":"audit"}}`,
		`{"version":1,"serviceRemedy":"alert"}`, `{"version":1,"serviceRemedy":"rollback"}`, `{"version":1,"serviceRemedy":"scale-to-zero"}`,
		`{"version":1,"exposureRemedy":"recycle"}`, `{"version":1,"exposureRemedy":"recycle-and-stop"}`, `{"version":1,"exposureRemedy":"rollback"}`,
		`{"version":1,"serviceRemedy":"recycle"}`, `{"version":1,"serviceRemedy":""}`, `{"version":1,"serviceRemedy":1}`,
		`{"version":1,"exemptions":[]}`, `{"version":1,"exemptions":{}}`, `{"version":1,"exemptions":[{}]}`, `{"version":1,"exemptions":["*"]}`,
		exempting("", ""), exempting("resource", "x"), exempting("reason", "x"), exempting("approver", "x"), exempting("expires", "x"),
		exempting(`"ticket 311"`, "1"), exempting(`"jane.doe"`, "null"), exempting(`"2027-03-31"`, "2027"),
		exempting("ticket 311", ""), exempting("ticket 311", "  "), exempting("ticket 311", `a\nb`), exempting("ticket 311", `a\u2028b`),
		exempting("ticket 311", `a\u007fb`), exempting("ticket 311", "Überprüfung № 3"),
		exempting("ticket 311", strings.Repeat("é", 300)), exempting("ticket 311", strings.Repeat("é", 301)),
		exempting("jane.doe", strings.Repeat("é", 100)), exempting("jane.doe", strings.Repeat("é", 101)),
		exempting("2027-03-31", "never"), exempting("2027-03-31", ""), exempting("2027-03-31", "2027-3-31"), exempting("2027-03-31", "2027-13-01"),
		exempting("2027-03-31", "2027-03-31T12:00:00Z"), exempting("2027-03-31", "2027-03-31T12:00:00.5+01:00"), exempting("2027-03-31", "2027-03-31T12:00:00"),
		exempting("2027-03-31", "2027-03-31t12:00:00z"), exempting("2027-03-31", "2027-03-31 12:00:00Z"), exempting("2027-03-31", "2027-03-31T9:00:00Z"),
		exempting("2027-03-31", "2027-03-31T12:00:00,5Z"), exempting("2027-03-31", "2027-03-31T24:00:00Z"), exempting("2027-03-31", "2027-03-31T12:00:00+99:00"),
	}
	for _, freeze := range []string{
		`{}`, `[]`, `{"reason":"a","approver":"b","expires":"2027-01-01"}`, `{"reason":"a","approver":"b","expires":"2020-01-01"}`, `{"reason":"a","approver":"b","expires":"soon"}`,
		`{"rules":[],"reason":"a","approver":"b","expires":"2027-01-01"}`, `{"rules":"service-platform","reason":"a","approver":"b","expires":"2027-01-01"}`,
		`{"rules":[1],"reason":"a","approver":"b","expires":"2027-01-01"}`, `{"reason":"","approver":"b","expires":"2027-01-01"}`, `{"mode":"audit","reason":"a","approver":"b","expires":"2027-01-01"}`,
	} {
		documents = append(documents, `{"version":1,"freezes":[`+freeze+`]}`)
	}
	documents = append(documents, `{"version":1,"freezes":{}}`, `{"version":1,"freezes":[]}`)
	for _, rule := range append(guard.Rules(), guard.Rule{ID: "no-such-rule"}) {
		documents = append(documents, `{"version":1,"freezes":[{"rules":["`+string(rule.ID)+`"],"reason":"a","approver":"b","expires":"2027-01-01"}]}`)
		for _, mode := range []string{`"enforce"`, `"audit"`, `"off"`, `"Audit"`, `""`, `true`} {
			documents = append(documents, `{"version":1,"rules":{"`+string(rule.ID)+`":`+mode+`}}`)
		}
	}
	for pattern := range patterns {
		documents = append(documents, exempting(`"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/legacy:*"`, jsonText(t, pattern)))
	}
	schema := compileSchema(t)
	for _, document := range documents {
		if s, p := schemaAccepts(t, schema, document), parserAccepts(document); s != p {
			t.Errorf("schema accepts: %t, parser accepts: %t: %s", s, p, document)
		}
	}
}

// What the schema's description says that it cannot express.
func TestSchemaIsWiderThanTheParser(t *testing.T) {
	schema := compileSchema(t)
	for _, document := range []string{
		exempting("2027-03-31", "2020-03-31"),
		exempting("2027-03-31", "2027-02-29"),
		`{"version":1.0}`,
	} {
		if !schemaAccepts(t, schema, document) || parserAccepts(document) {
			t.Errorf("schema and parser were expected to differ: %s", document)
		}
	}
}

func TestSchemaTellsOfEveryRule(t *testing.T) {
	type rule struct{ Description, Default string }
	var schema struct {
		Properties struct {
			Rules struct{ Properties map[string]rule }
		}
		Examples []json.RawMessage
	}
	if err := json.Unmarshal([]byte(PolicySchema()), &schema); err != nil {
		t.Fatal(err)
	}
	want := map[string]rule{}
	for _, r := range guard.Rules() {
		if !r.AboutGuard() && !r.ID.AboutSetting() {
			want[string(r.ID)] = rule{r.Requirement, string(r.Default)}
		}
	}
	if diff := cmp.Diff(want, schema.Properties.Rules.Properties); diff != "" {
		t.Errorf("guard.Rules and the schema differ (-rules +schema):\n%s", diff)
	}
	if len(schema.Examples) == 0 {
		t.Error("the schema has no example")
	}
	for _, example := range schema.Examples {
		if _, err := ParsePolicy(example, now); err != nil {
			t.Errorf("the schema's example: %v", err)
		}
	}
}

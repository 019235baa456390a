package evidence

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/product"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	account = "111122223333"
	region  = "us-gov-west-1"
)

var (
	at    = time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	cause = guard.Cause{EventID: "6afced68-75cd-4d44-8076-0be000000001", EventName: "PutAccountSettingDefault", Time: at.Add(-2 * time.Hour), Actor: guard.Actor{Name: "role Admin, session jane.doe"}}
)

func running(name string) guard.Task {
	return guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Cluster: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main",
		Group: "service:web", Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Fargate: guard.Yes,
		Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}, PlatformVersion: "1.4.0", LastStatus: "RUNNING", DesiredStatus: "RUNNING", Created: at.Add(-90 * time.Minute),
	}
}

// everything is a report with a state of every kind and verdict, and hostile
// names.
func everything() guard.Report {
	timelines := []guard.Timeline{
		{Spans: []guard.Span{
			{From: at.AddDate(0, 0, -90), Until: at.Add(-2 * time.Hour), Mode: guard.ModeUnknown, Unknown: "no record says what it was before"},
			{From: at.Add(-2 * time.Hour), Until: at.Add(-time.Hour), Mode: guard.ModeOff, Cause: cause},
			{From: at.Add(-time.Hour), Until: at, Mode: guard.ModeOn, Cause: guard.Cause{EventID: "2", EventName: "PutAccountSettingDefault", Time: at.Add(-time.Hour), Actor: guard.Actor{Name: "role fipsguard-enforcer"}}},
		}},
		{Principal: "arn:aws-us-gov:iam::111122223333:role/app", Spans: []guard.Span{{From: at.AddDate(0, 0, -90), Until: at, Mode: guard.ModeOff, Cause: cause}}},
	}
	proven, refuted, silent, fresh, arm, hostile := running("proven"), running("refuted"), running("silent"), running("fresh"), running("arm"), running("<script>alert(1)</script>\x00")
	proven.Created = at.Add(-30 * time.Minute)
	arm.Platform.Architecture, arm.Group = "ARM64", "family:arm"
	setting := guard.Setting{Account: account, Region: region, Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	states := []guard.State{
		setting,
		guard.TaskDefinition{ARN: proven.Definition, Family: "web", Platform: proven.Platform, Fargate: guard.Yes},
		guard.Service{ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Cluster: "main", Fargate: guard.Yes, Definition: guard.TaskDefinition{Platform: proven.Platform}},
		proven, refuted, silent, fresh, arm, hostile,
		guard.KernelCheck{Task: proven, Container: "main", Answer: "1\r\n", At: at},
		guard.KernelCheck{Task: refuted, Container: "main", Answer: "0\r\n", At: at},
		guard.KernelCheck{Task: silent, At: at, Unknown: "ECS Exec is off for the task"},
		guard.KernelCheck{Task: fresh},
		guard.KernelCheck{Task: hostile, Container: "<b>", Answer: "</pre>\x1b[2J\u202e", At: at},
		guard.Component{Rule: guard.GuardTrail, Name: "CloudTrail", Faults: []string{"trail main is not logging"}},
		guard.Component{Rule: guard.GuardQueues, Name: "https://sqs.example/failed", Seen: "Queue failed is empty."},
		guard.Component{Rule: guard.GuardAlerts, Name: "topic", Unknown: "AWS answered ListSubscriptionsByTopic with AccessDenied"},
	}
	for _, t := range []guard.Task{proven, refuted, silent, fresh, hostile} {
		states = append(states, guard.ExposureOf(t, timelines, t.ARN == proven.ARN))
	}
	r := guard.Report{
		Cause:     guard.Cause{Account: account, Region: region, EventName: "scheduled look", Time: at},
		Findings:  guard.CheckAll(states),
		Timelines: timelines,
	}
	for _, a := range guard.Plan(guard.Check(setting), guard.DefaultPolicy()) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Remediation: a, Result: guard.Done, Detail: "Read back: the account default is enabled.", At: at})
	}
	return r
}

func documentOf(r guard.Report) Document {
	return New(About{
		Why: "scheduled look", Started: at, Finished: at.Add(time.Minute), Tool: Tool(product.ThisBuild()),
		Scope:       Scope{Clusters: []string{"arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main"}, All: true, Exec: true},
		Predecessor: &Predecessor{ID: "before", SHA256: Digest([]byte("before"))},
	}, r)
}

func encoded(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func compiled(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, data []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

const schemaFile = "../../docs/schema/evidence.v1.schema.json"

func TestReportsAreOfTheirSchema(t *testing.T) {
	schema := compiled(t, schemaFile)
	for name, d := range map[string]Document{"everything": documentOf(everything()), "nothing": New(About{}, guard.Report{})} {
		data := encoded(t, func(out *bytes.Buffer) error { return WriteJSON(out, d) })
		if err := validate(schema, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		back, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Errorf("%s: read back (-written +read):\n%s", name, diff)
		}
	}
	good := string(encoded(t, func(out *bytes.Buffer) error { return WriteJSON(out, documentOf(everything())) }))
	for name, change := range map[string][2]string{
		"another version":     {`"schema":"fipsguard.evidence/v1"`, `"schema":"fipsguard.evidence/v2"`},
		"an unknown verdict":  {`"status":"NON_COMPLIANT"`, `"status":"FINE"`},
		"a member too many":   {`"why":`, `"secret":1,"why":`},
		"a time that is none": {`"finished":"2026-11-02T10:16:30Z"`, `"finished":"today"`},
		"a negative count":    {`"proven":1`, `"proven":-1`},
		"a hash that is none": {`"sha256":"`, `"sha256":"x`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if validate(schema, []byte(bad)) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

// TestTheSchemaExplainsEveryMember compares it with the types.
func TestTheSchemaExplainsEveryMember(t *testing.T) {
	type node struct {
		Ref         string `json:"$ref"`
		Description string
		Properties  map[string]*node
		Items       *node
		Defs        map[string]*node `json:"$defs"`
	}
	var root node
	data, err := exec.Command("cat", schemaFile).Output()
	if err == nil {
		err = json.Unmarshal(data, &root)
	}
	if err != nil {
		t.Fatal(err)
	}
	var compare func(path string, n *node, of reflect.Type)
	compare = func(path string, n *node, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			if of.Kind() == reflect.Slice {
				n = n.Items
			}
			of = of.Elem()
		}
		if n != nil && n.Ref != "" {
			n = root.Defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
			return
		}
		if n == nil || len(n.Properties) != of.NumField() {
			t.Errorf("%s: the schema and the type have not the same members", path)
			return
		}
		for i := range of.NumField() {
			name := of.Field(i).Tag.Get("json")
			member := n.Properties[name]
			if member == nil || member.Description == "" {
				t.Errorf("%s.%s is not explained", path, name)
				continue
			}
			compare(path+"."+name, member, of.Field(i).Type)
		}
	}
	compare("report", &root, reflect.TypeFor[Document]())
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema":"fipsguard.evidence/v9"}`: `its schema is "fipsguard.evidence/v9"; this program reads fipsguard.evidence/v1`,
		`[]`:                                 "read report",
		``:                                   "read report",
		`{"schema":"fipsguard.evidence/v1","status":"FINE"}`: "FINE",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCounts(t *testing.T) {
	d := documentOf(everything())
	if want := (Proofs{Proven: 1, Refuted: 1, CannotVerify: 2, NotAttempted: 1}); d.Proofs != want {
		t.Errorf("proofs %+v, want %+v", d.Proofs, want)
	}
	if d.Tasks[0].Proof.Result != Refuted {
		t.Errorf("the first task is %+v; want the refuted one", d.Tasks[0])
	}
	if got := d.Timelines[0].Spans[1].Launched; got != 5 {
		t.Errorf("%d tasks were launched while FIPS mode was off, want 5", got)
	}
	if d.Status != guard.NonCompliant || d.Severity != guard.Critical {
		t.Errorf("the report is %s, %s", d.Status, d.Severity)
	}
}

func TestTheTextHasNoControlCharacters(t *testing.T) {
	text := encoded(t, func(out *bytes.Buffer) error { return WriteText(out, documentOf(everything())) })
	for _, r := range string(text) {
		if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') {
			t.Fatalf("the text has %q:\n%s", r, text)
		}
	}
	for _, want := range []string{"NON_COMPLIANT", "1 proven, 1 refuted", "OFF", "jane.doe", "What this does not prove"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("nothing about %q in:\n%s", want, text)
		}
	}
}

func TestFedRAMPObjects(t *testing.T) {
	const original = "s3://fipsguard-evidence/reports/111122223333/us-gov-west-1/2026/11/02/report.json"
	schema := compiled(t, "../../docs/schema/fedramp-evidence.v1.schema.json")
	for name, d := range map[string]Document{"everything": documentOf(everything()), "nothing seen": documentOf(guard.Report{Cause: guard.Cause{Account: account, Region: region}})} {
		data := encoded(t, func(out *bytes.Buffer) error { return WriteFedRAMP(out, d, original) })
		if err := validate(schema, data); err != nil {
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
	for _, o := range FedRAMP(documentOf(everything()), original) {
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
	schema := compiled(t, oscalSchema(t))
	for name, d := range map[string]Document{"everything": documentOf(everything()), "nothing seen": documentOf(guard.Report{Cause: guard.Cause{Account: account, Region: region}})} {
		data := encoded(t, func(out *bytes.Buffer) error { return WriteOSCAL(out, d) })
		if err := validate(schema, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again := encoded(t, func(out *bytes.Buffer) error { return WriteOSCAL(out, d) })
		if !bytes.Equal(data, again) {
			t.Errorf("%s: the same report makes two different results", name)
		}
	}
	results := OSCAL(documentOf(everything())).AssessmentResults.Results[0]
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

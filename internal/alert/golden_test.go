package alert

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/dedup"
	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the golden files anew")

const schemaFile = "../../docs/schema/alert.v1.schema.json"

func TestKindsOfAlerts(t *testing.T) {
	messages := map[string]Message{}
	for _, reports := range []map[string]guard.Report{kinds(), moreKinds()} {
		for name, r := range reports {
			messages[name] = Render(r)
		}
	}
	messages["flapping-summary"] = flappingSummary(t)
	messages["storm-summary"] = stormSummary(t)
	messages["storm-of-kinds-summary"] = Render(stormOfKinds())

	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range messages {
		t.Run(name, func(t *testing.T) {
			compare(t, name, m)
			if err := validate(schema, m); err != nil {
				t.Errorf("the JSON is not of its schema: %v", err)
			}
			if err := fault(m); err != nil {
				t.Error(err)
			}
		})
	}
	goldens, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range goldens {
		if _, ok := messages[strings.TrimSuffix(filepath.Base(path), ".golden")]; !ok {
			t.Errorf("%s is of no kind of alert", path)
		}
	}
}

func validate(schema *jsonschema.Schema, m Message) error {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.JSON))
	if err != nil {
		return err
	}
	return schema.Validate(document)
}

func compare(t *testing.T, name string, m Message) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, m.JSON, "", "  "); err != nil {
		t.Fatalf("the JSON is none: %v", err)
	}
	attributes, err := json.MarshalIndent(m.Attributes, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("Subject: %s\n\n%s\n--- attributes\n%s\n--- JSON\n%s\n", m.Subject, m.Text, attributes, pretty.String())
	golden := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the alert reads otherwise (-want +got):\n%s", diff)
	}
}

// flappingSummary is what goes out after a script fought the guard.
func flappingSummary(t *testing.T) Message {
	t.Helper()
	var j dedup.Joiner
	r := kinds()["default-repaired"]
	for minute, who := range []string{"user terraform", "user terraform", "role Admin, session joe", "user terraform"} {
		r.Cause.Actor.Name, r.Cause.Time = who, at.Add(time.Duration(minute)*time.Minute)
		if with, send := j.Admit(r, r.Cause.Time); send {
			j.Settle(with, true, r.Cause.Time)
		}
	}
	r.Cause.Time = at.Add(16 * time.Minute)
	r.Outcomes[0].At = r.Cause.Time.Add(2 * time.Second)
	return last(t, &j, r)
}

// stormSummary is what goes out after a deployment of bad task definitions.
func stormSummary(t *testing.T) Message {
	t.Helper()
	var j dedup.Joiner
	storm := func(i int) guard.Report {
		r := report("RegisterTaskDefinition", definitionNumber(i), guard.Answered, "AWS answered that the revision is INACTIVE.")
		r.Cause.Time = at.Add(time.Duration(i) * time.Second)
		r.Outcomes[0].At = r.Cause.Time.Add(2 * time.Second)
		return r
	}
	for i := range 500 {
		r := storm(i)
		if with, send := j.Admit(r, r.Cause.Time); send {
			j.Settle(with, true, r.Cause.Time)
		}
	}
	return last(t, &j, storm(901))
}

func last(t *testing.T, j *dedup.Joiner, r guard.Report) Message {
	t.Helper()
	with, send := j.Admit(r, r.Cause.Time)
	if !send {
		t.Fatal("an alert after the interval does not go out")
	}
	return Render(with)
}

// stormOfKinds is what goes out after twelve people turned off twelve
// overrides, of which each is a kind of its own, when there was no room left.
func stormOfKinds() guard.Report {
	r := kinds()["default-repaired"]
	t := guard.Tally{Count: 12, First: at, Last: at.Add(11 * time.Second), OtherActors: 2, OtherSubjects: 2}
	for i := range 10 {
		t.Actors = append(t.Actors, guard.Counted{Name: fmt.Sprintf("user robot-%d", i), Count: 1})
		t.Subjects = append(t.Subjects, guard.Counted{Name: fmt.Sprintf("%s-%d", override.Subject(), i), Count: 1})
	}
	r.JoinedOthers = t
	return r
}

// TestTheSchemaRefuses shows that validation is not a formality.
func TestTheSchemaRefuses(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(Render(kinds()["default-repaired"]).JSON)
	for _, broken := range []string{
		strings.Replace(whole, "fipsguard.alert/v1", "fipsguard.alert/v2", 1),
		strings.Replace(whole, `"outcome":"DONE"`, `"outcome":"FINE"`, 1),
		strings.Replace(whole, `"humanNeeded":false,`, ``, 1),
		strings.Replace(whole, `"schema"`, `"environment":{},"schema"`, 1),
	} {
		if broken == whole {
			t.Fatal("nothing was broken")
		}
		if validate(schema, Message{JSON: []byte(broken)}) == nil {
			t.Errorf("the schema takes %.200s", broken)
		}
	}
}

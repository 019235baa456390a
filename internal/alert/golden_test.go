package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	messages["storm-of-kinds-summary"] = render(kinds()["default-repaired"], joined{others: stormTally()})

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
	var j joiner
	r := kinds()["default-repaired"]
	for minute, who := range []string{"user terraform", "user terraform", "role Admin, session joe", "user terraform"} {
		r.Cause.Actor.Name, r.Cause.Time = who, at.Add(time.Duration(minute)*time.Minute)
		if send, with := j.admit(r, r.Cause.Time); send {
			j.settle(r, with, true, r.Cause.Time)
		}
	}
	r.Cause.Time = at.Add(16 * time.Minute)
	r.Outcomes[0].At = r.Cause.Time.Add(2 * time.Second)
	return last(t, &j, r)
}

// stormSummary is what goes out after a deployment of bad task definitions.
func stormSummary(t *testing.T) Message {
	t.Helper()
	var j joiner
	storm := func(i int) guard.Report {
		r := report("RegisterTaskDefinition", definitionNumber(i), guard.Done, "AWS answered that the revision is INACTIVE.")
		r.Cause.Time = at.Add(time.Duration(i) * time.Second)
		r.Outcomes[0].At = r.Cause.Time.Add(2 * time.Second)
		return r
	}
	for i := range 500 {
		r := storm(i)
		if send, with := j.admit(r, r.Cause.Time); send {
			j.settle(r, with, true, r.Cause.Time)
		}
	}
	return last(t, &j, storm(901))
}

func last(t *testing.T, j *joiner, r guard.Report) Message {
	t.Helper()
	send, with := j.admit(r, r.Cause.Time)
	if !send {
		t.Fatal("an alert after the interval does not go out")
	}
	return render(r, with)
}

func stormTally() tally {
	var counted tally
	for i := range 12 {
		s := override
		s.Principal = fmt.Sprintf("%s-%d", s.Principal, i)
		r := report("PutAccountSetting", s, guard.Done, "")
		r.Cause.Actor.Name, r.Cause.Time = fmt.Sprintf("user robot-%d", i), at.Add(time.Duration(i)*time.Second)
		counted.add(r, r.Cause.Time)
	}
	return counted
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

// TestAlertsReachTheTopicAsRendered follows one alert to SNS.
func TestAlertsReachTheTopicAsRendered(t *testing.T) {
	p := &topic{}
	r := kinds()["override-human-needed"]
	if sent, err := NewNotifier(p, "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts").Notify(context.Background(), r, at); err != nil || !sent {
		t.Fatalf("sent %t, error %v", sent, err)
	}
	in, want := p.published[0], Render(r)
	if *in.Subject != want.Subject || *in.MessageStructure != "json" || *in.TopicArn != "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts" {
		t.Errorf("subject %q, structure %q, topic %q", *in.Subject, *in.MessageStructure, *in.TopicArn)
	}
	var variants map[string]string
	if err := json.Unmarshal([]byte(*in.Message), &variants); err != nil {
		t.Fatal(err)
	}
	machine := string(want.JSON)
	if diff := cmp.Diff(map[string]string{"default": want.Text, "email": want.Text, "sqs": machine, "lambda": machine, "https": machine}, variants); diff != "" {
		t.Errorf("variants (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for name, a := range in.MessageAttributes {
		if *a.DataType != "String" {
			t.Errorf("attribute %s is a %s", name, *a.DataType)
		}
		got[name] = *a.StringValue
	}
	if diff := cmp.Diff(want.Attributes, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

package evidence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

const schemaFile = "../../docs/schema/evidence.v1.schema.json"

func documents() map[string]evidence.Document {
	all := evidencetest.Documents()
	all["nothing"] = evidence.New(evidence.About{}, guard.Report{})
	for seed := range uint64(50) {
		all[fmt.Sprint("random ", seed)] = evidencetest.Random(seed)
	}
	return all
}

func TestReportsAreOfTheirSchema(t *testing.T) {
	schema := evidencetest.Schema(t, schemaFile)
	for name, d := range documents() {
		data := evidencetest.Written(t, func(out io.Writer) error { return evidence.WriteJSON(out, d) })
		if err := schema(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		back, err := evidence.Read(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d.SHA256 = evidence.Digest(data)
		if diff := cmp.Diff(d, back); diff != "" {
			t.Errorf("%s: read back (-written +read):\n%s", name, diff)
		}
	}
	good := string(evidencetest.Written(t, func(out io.Writer) error {
		return evidence.WriteJSON(out, evidencetest.Everything())
	}))
	for name, change := range map[string][2]string{
		"another version":                     {`"schema":"fipsguard.evidence/v1"`, `"schema":"fipsguard.evidence/v2"`},
		"an unknown verdict":                  {`"status":"NON_COMPLIANT"`, `"status":"FINE"`},
		"a member too many":                   {`"why":`, `"secret":1,"why":`},
		"a time that is none":                 {`"finished":"2026-11-02T10:16:30Z"`, `"finished":"today"`},
		"what was not looked into has a time": {`"result":"NON_COMPLIANT"`, `"result":"NOT_EXAMINED"`},
		"a doubt holds until":                 {`"result":"COMPLIANT"`, `"result":"INSUFFICIENT_DATA"`},
		"a pass asks for something":           {`Queue failed is empty.","remedy":""`, `Queue failed is empty.","remedy":"x"`},
		"a negative count":                    {`"on":2`, `"on":-1`},
		"a hash that is none":                 {`"sha256":"`, `"sha256":"x`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if schema([]byte(bad)) == nil {
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
	data, err := os.ReadFile(schemaFile)
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
		members := slices.DeleteFunc(reflect.VisibleFields(of), func(f reflect.StructField) bool { return f.Tag.Get("json") == "-" })
		if n == nil || len(n.Properties) != len(members) {
			t.Errorf("%s: the schema and the type have not the same members", path)
			return
		}
		for _, field := range members {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			member := n.Properties[name]
			if member == nil || member.Description == "" {
				t.Errorf("%s.%s is not explained", path, name)
				continue
			}
			compare(path+"."+name, member, field.Type)
		}
	}
	compare("report", &root, reflect.TypeFor[evidence.Document]())
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema":"fipsguard.evidence/v9"}`: `its schema is "fipsguard.evidence/v9"; this program reads fipsguard.evidence/v1`,
		`[]`:                                 "read report",
		``:                                   "read report",
		`{"schema":"fipsguard.evidence/v1","status":"FINE"}`: "FINE",
	} {
		if _, err := evidence.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCounts(t *testing.T) {
	d := evidencetest.Everything()
	if want := (evidence.Kernels{On: 2, Off: 2, CouldNotBeChecked: 2, NotCheckedYet: 1}); d.Kernels != want {
		t.Errorf("kernels %+v, want %+v", d.Kernels, want)
	}
	if d.Tasks[0].Kernel.Result != evidence.KernelOff {
		t.Errorf("the first task is %+v; want the refuted one", d.Tasks[0])
	}
	if got := d.Timelines[0].Spans[1].Launched; got != 5 {
		t.Errorf("%d tasks were launched while FIPS mode was off, want 5", got)
	}
	if d.Status != guard.NonCompliant || d.Severity != guard.Critical {
		t.Errorf("the report is %s, %s", d.Status, d.Severity)
	}
}

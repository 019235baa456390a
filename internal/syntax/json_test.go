package syntax

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestValuesKnowWhereTheyStand(t *testing.T) {
	text := "{\n  \"ä\": [1, \"two\",\n\ttrue], \"b\\u0021\": {\"c\": null}}"
	root, faults := JSON([]byte(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	list := root.Get("ä")
	object := root.Get("b!")
	for name, c := range map[string]struct {
		at   Position
		kind Kind
		text string
		want string
	}{
		"the document":           {root.Position, root.Kind, root.Text, "line 1, column 1 object "},
		"a member's name":        {root.Members[0].Position, String, root.Members[0].Name, "line 2, column 3 string ä"},
		"a list":                 {list.Position, list.Kind, list.Text, "line 2, column 9 list "},
		"a number":               {list.Elements[0].Position, list.Elements[0].Kind, list.Elements[0].Text, "line 2, column 10 number 1"},
		"a text":                 {list.Elements[1].Position, list.Elements[1].Kind, list.Elements[1].Text, "line 2, column 13 string two"},
		"after a line break":     {list.Elements[2].Position, list.Elements[2].Kind, list.Elements[2].Text, "line 3, column 2 bool true"},
		"after escapes":          {object.Position, object.Kind, object.Text, "line 3, column 20 object "},
		"null, which Get is not": {object.Members[0].Value.Position, object.Members[0].Value.Kind, object.Members[0].Value.Text, "line 3, column 26 null null"},
	} {
		kinds := map[Kind]string{Null: "null", Bool: "bool", Number: "number", String: "string", List: "list", Object: "object"}
		if got := fmt.Sprintf("%v %s %s", c.at, kinds[c.kind], c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if object.Get("c") != nil || !object.Has("c") {
		t.Error("a null member is got, or is not there")
	}
}

func TestJSONFaults(t *testing.T) {
	for text, want := range map[string]string{
		``:                       "line 1, column 1: the text ends inside a JSON value",
		"{\n\"a\": [1,":          "line 2, column 9: the text ends inside a JSON value",
		`{"a":1,}`:               "line 1, column 7: not JSON: nothing before or after this comma",
		"{\n 'a': 1}":            "line 2, column 2: not JSON: invalid character '\\'' at start of value",
		"{}\n\n {}":              "line 3, column 2: the document has ended, but more text follows",
		"{\"a\":1,\n\"a\":null}": `line 2, column 1: "a" appears twice; keep one of them`,
		`{"a":1,"\u0061":2}`:     `line 1, column 8: "a" appears twice; keep one of them`,
		"[[{\"b\":1,\"b\":2}],\n{\"c\":1,\"c\":1}]": "line 1, column 10: \"b\" appears twice; keep one of them\nline 2, column 8: \"c\" appears twice; keep one of them",
		"{\"\xff\":1}":            "line 1, column 3: not JSON: invalid UTF-8",
		strings.Repeat("[", 5000): "line 1, column 202: the value is nested more than 200 deep",
	} {
		if _, faults := JSON([]byte(text)); faults.Error() != want {
			t.Errorf("%.40q: %q, want %q", text, faults.Error(), want)
		}
	}
	if root, _ := JSON([]byte(`{"a":1,"a":2}`)); root.Get("a").Text != "1" {
		t.Error("of a name that appears twice, the object has not the first")
	}
}

func TestValuesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	text := "[1" + strings.Repeat(",1", MaxValues) + "]"
	if root, faults := JSON([]byte(text)); root != nil || !strings.Contains(faults.Error(), "more than 2000000 values") {
		t.Errorf("a list of %d values is read: %v", MaxValues+1, faults)
	}
}

// TestManyNamesTakeNoLongerThanTheyAreMany: an object is indexed, so that
// neither finding a name nor noticing one twice searches all of it. A search
// would take half a minute here.
func TestManyNamesTakeNoLongerThanTheyAreMany(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const many = 100_000
	var text bytes.Buffer
	text.WriteString(`{"last":0`)
	for i := range many {
		fmt.Fprintf(&text, `,"name%d":0`, i)
	}
	text.WriteString(`,"last":1}`)
	start := time.Now()
	root, faults := JSON(text.Bytes())
	if len(faults) != 1 || len(root.Members) != many+1 {
		t.Fatalf("%d faults, %d members", len(faults), len(root.Members))
	}
	for i := range many {
		if root.Get(fmt.Sprintf("name%d", i)) == nil {
			t.Fatalf("name%d is not found", i)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%d names took %v", many, took)
	}
}

// FuzzJSON: what is read is what encoding/json reads, each name is there once,
// each value lies in the text; and a fault is one line that lies in it, too.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b",null,true,{"c":-1.5e3}],"d":{}}`, `{"a":1,"a":2}`, `[[[[]]]]`, "{\n\"x\" : \"\\ud83d\\ude00\"\n}", `"\u2028"`, `1 2`, `{"a":1,}`,
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"a":10}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, faults := JSON(text)
		lines := bytes.Split(text, []byte("\n"))
		in := func(at Position) bool {
			return at.Line >= 1 && at.Line <= len(lines) && at.Column >= 1 && at.Column <= len(lines[at.Line-1])+1
		}
		for _, fault := range faults {
			if !in(fault.Position) || strings.ContainsAny(fault.Error(), "\n\r") {
				t.Errorf("%q is not one line in the text", fault.Error())
			}
		}
		if len(faults) > 0 {
			return
		}
		if _, err := json.Marshal(json.RawMessage(text)); err != nil {
			t.Fatalf("%q is read, and encoding/json refuses it: %v", text, err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("%q is read, and encoding/json refuses it: %v", text, err)
		}
		compare(t, root, want, in)
	})
}

func compare(t *testing.T, got *Value, want any, in func(Position) bool) {
	t.Helper()
	if !in(got.Position) {
		t.Fatalf("%v lies outside of the text", got.Position)
	}
	ok := false
	switch want := want.(type) {
	case nil:
		ok = got.Kind == Null
	case bool:
		ok = got.Kind == Bool && got.Text == fmt.Sprint(want)
	case json.Number:
		ok = got.Kind == Number && got.Text == string(want)
	case string:
		ok = got.Kind == String && got.Text == want
	case []any:
		if ok = got.Kind == List && len(got.Elements) == len(want); ok {
			for i, element := range got.Elements {
				compare(t, element, want[i], in)
			}
		}
	case map[string]any:
		if ok = got.Kind == Object && len(got.Members) == len(want); ok {
			for _, m := range got.Members {
				if value, known := want[m.Name]; known && in(m.Position) && got.Has(m.Name) {
					compare(t, m.Value, value, in)
					continue
				}
				t.Errorf("%q is not in the text", m.Name)
			}
		}
	}
	if !ok {
		t.Errorf("at %v is %+v, want %v", got.Position, got, want)
	}
}

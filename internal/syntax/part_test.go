package syntax

import (
	"bytes"
	"strings"
	"testing"
)

func TestDocumentsStandOneAfterAnother(t *testing.T) {
	documents, faults := Documents([]byte("{\"a\": 1}\n [2,\n 3] \"x\"\n"))
	if len(faults) > 0 || len(documents) != 3 {
		t.Fatalf("%d documents: %v", len(documents), faults)
	}
	for i, want := range []string{"line 1, column 1", "line 2, column 2", "line 3, column 5"} {
		if got := documents[i].String(); got != want {
			t.Errorf("document %d is at %s, want %s", i+1, got, want)
		}
	}
	if none, faults := Documents([]byte(" \n")); len(none) > 0 || len(faults) > 0 {
		t.Errorf("a blank text has %d documents: %v", len(none), faults)
	}
}

func TestPartsFaults(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"a\": [1,":       "line 2, column 9: the text ends inside a JSON value",
		"{}\n{\"a\":1,}":      "line 2, column 7: not JSON: nothing before or after this comma",
		"{\"a\":1,\n\"a\":2}": `line 2, column 1: "a" appears twice; keep one of them`,
		"{}\n x":              "line 2, column 2: not JSON: invalid character 'x' at start of value",
	} {
		if faults := faultsOf([]byte(text)); faults.Error() != want {
			t.Errorf("%q: %q, want %q", text, faults.Error(), want)
		}
	}
}

func faultsOf(text []byte) Faults {
	documents, faults := Documents(text)
	for _, d := range documents {
		if _, more := d.Parts(); len(more) > 0 {
			faults = append(faults, more...)
		}
	}
	return faults
}

// FuzzParts: the parts of a text are what JSON reads in one go, each where it
// stands.
func FuzzParts(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b",null,true,{"c":-1.5e3}],"d":{}}`, "[\n[[ ]],\n {\"\\u0061\" : 2}]", "{\n\"x\" : \"\\ud83d\\ude00\"\n}", "{\"ä\": [\"ö\",\n 1]}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, faults := JSON(text)
		if len(faults) > 0 {
			return
		}
		documents, faults := Documents(text)
		if len(faults) > 0 || len(documents) != 1 {
			t.Fatalf("%d documents: %v", len(documents), faults)
		}
		sameParts(t, documents[0], root)
	})
}

func sameParts(t *testing.T, p Part, v *Value) {
	t.Helper()
	if p.Position != v.Position {
		t.Fatalf("a part is at %v, its value at %v", p.Position, v.Position)
	}
	read, faults := p.Read()
	if len(faults) > 0 || read.Kind != v.Kind || read.Text != v.Text || read.Position != v.Position {
		t.Fatalf("read by itself it is %+v, else %+v: %v", read, v, faults)
	}
	parts, faults := p.Parts()
	if len(faults) > 0 || len(parts) != len(v.Members)+len(v.Elements) {
		t.Fatalf("%d parts of %d: %v", len(parts), len(v.Members)+len(v.Elements), faults)
	}
	for i, part := range parts {
		if v.Kind == Object {
			if part.Name != v.Members[i].Name {
				t.Fatalf("the name is %q, want %q", part.Name, v.Members[i].Name)
			}
			sameParts(t, part, v.Members[i].Value)
			continue
		}
		sameParts(t, part, v.Elements[i])
	}
}

// BenchmarkParts lists the parts of a document of 38 MB.
func BenchmarkParts(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(`{"resource_changes":[`)
	element := `{"type":"aws_iam_policy","change":{"after":{"policy":"` + strings.Repeat(`{\"Effect\":\"Allow\"}`, 50) + `"}}},` + "\n"
	for text.Len() < 38<<20 {
		text.WriteString(element)
	}
	text.WriteString(`{}]}`)
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		documents, _ := Documents(text.Bytes())
		members, _ := documents[0].Parts()
		if elements, faults := members[0].Parts(); len(elements) == 0 || len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}

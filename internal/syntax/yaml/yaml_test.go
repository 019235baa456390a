package yaml

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/syntax"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// print writes a tree on one line: texts quoted, other plain values as written.
func print(v *syntax.Value) string {
	switch v.Kind {
	case syntax.Object:
		var all []string
		for _, m := range v.Members {
			all = append(all, m.Name+": "+print(m.Value))
		}
		return "{" + strings.Join(all, ", ") + "}"
	case syntax.List:
		var all []string
		for _, e := range v.Elements {
			all = append(all, print(e))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case syntax.Tagged:
		return v.Text + " " + print(v.Elements[0])
	case syntax.String:
		return fmt.Sprintf("%q", v.Text)
	case syntax.Null:
		return "null"
	case syntax.Bool, syntax.Number:
	}
	return v.Text
}

func printAll(roots []*syntax.Value) string {
	var all []string
	for _, root := range roots {
		all = append(all, print(root))
	}
	return strings.Join(all, " --- ")
}

// TestRead holds what each construct of YAML becomes.
func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain values":                {"a: x\nb: 1.5\nc: true\nd: ~\ne: '1'\nf: 2026-01-01\ng:", `{a: "x", b: 1.5, c: true, d: null, e: "1", f: "2026-01-01", g: null}`},
		"flow":                        {"{a: [x, 'y'], b: {c: d}}", `{a: ["x", "y"], b: {c: "d"}}`},
		"an application's tag":        {"a: !Ref b\nc: !GetAtt [d, e]\nf: !If {g: h}", `{a: !Ref "b", c: !GetAtt ["d", "e"], f: !If {g: "h"}}`},
		"a tag in a tag":              {"a: !If [c, !Ref b]", `{a: !If ["c", !Ref "b"]}`},
		"YAML's tags":                 {"a: !!str 1\nb: !!map {c: d}\ne: !!seq [f]\ng: !!int 1", `{a: "1", b: {c: "d"}, e: ["f"], g: 1}`},
		"an alias":                    {"a: &x [1]\nb: *x", `{a: [1], b: [1]}`},
		"an anchor given again":       {"a: &x 1\nb: *x\nc: &x 2\nd: *x", `{a: 1, b: 1, c: 2, d: 2}`},
		"an alias as a key":           {"a: &x k\n*x : v", `{a: "k", k: "v"}`},
		"a tagged value by its alias": {"a: &x !Ref b\nc: *x", `{a: !Ref "b", c: !Ref "b"}`},
		"a merge":                     {"a: &x {k: 1, l: 2}\nb: {<<: *x, m: 3}", `{a: {k: 1, l: 2}, b: {m: 3, k: 1, l: 2}}`},
		"a merge written out":         {"b: {<<: {k: 1}}", `{b: {k: 1}}`},
		"a merge behind its own":      {"a: &x {k: 1}\nb: {k: 2, <<: *x}", `{a: {k: 1}, b: {k: 2}}`},
		"a merge before its own":      {"a: &x {k: 1}\nb: {<<: *x, k: ~}", `{a: {k: 1}, b: {k: null}}`},
		"a merge of several":          {"a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}", `{a: {k: 1}, b: {k: 2, l: 3}, c: {k: 1, l: 3}}`},
		"a merge of a merge":          {"a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}", `{a: {k: 1}, b: {l: 2, k: 1}, c: {l: 2, k: 1}}`},
		"a merge of nothing":          {"b: {<<: [], k: 1}", `{b: {k: 1}}`},
		"no merge: a quoted name":     {"b: {'<<': {k: 1}}", `{b: {<<: {k: 1}}}`},
		"no merge: a value":           {"b: <<", `{b: "<<"}`},
		"empty documents around":      {"---\n---\na: 1\n---\n", `{a: 1}`},
		"two documents":               {"a: 1\n---\n- b\n", `{a: 1} --- ["b"]`},
		"an anchor of another one":    {"a: &x 1\n---\nb: &x 2\nc: *x", `{a: 1} --- {b: 2, c: 2}`},
		"nothing":                     {"# a comment\n", ``},
		"the end of the document":     {"a: 1\n...\n", `{a: 1}`},
	} {
		t.Run(name, func(t *testing.T) {
			roots, faults := Read([]byte(c.text))
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if diff := cmp.Diff(c.want, printAll(roots)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRefusals: what the tree has no place for is refused, with a line.
func TestRefusals(t *testing.T) {
	const key = "this key is not a plain text; write it as one"
	const merge = "<< merges what is not a mapping; give it a mapping or a list of mappings"
	for name, c := range map[string]struct{ text, want string }{
		"a name twice":                {"a: 1\nb: 2\na: 3", `line 3, column 1: "a" appears twice; keep one of them`},
		"a name twice, null first":    {"a:\na: 3", `line 2, column 1: "a" appears twice; keep one of them`},
		"a name twice, by alias":      {"a: &x a\n*x : 1", `line 2, column 1: "a" appears twice; keep one of them`},
		"a name twice, merged":        {"a: &x {k: 1, k: 2}\nb: {<<: *x}", `line 1, column 14: "k" appears twice; keep one of them` + "\n" + `line 1, column 14: "k" appears twice; keep one of them`},
		"a list as a key":             {"? [a]\n: b", "line 1, column 3: " + key},
		"a mapping as a key":          {"? {a: b}\n: c", "line 1, column 3: " + key},
		"a mapping as a key by alias": {"a: &x {b: c}\n*x : d", "line 2, column 1: " + key},
		"a tagged key":                {"!Ref a: b", "line 1, column 1: " + key},
		"a second merge":              {"a: {<<: {k: 1}, <<: {l: 2}}", "line 1, column 17: a second << in one mapping; give one << a list of what to merge"},
		"a merge of a text":           {"a: {<<: k}", "line 1, column 9: " + merge},
		"a merge of null":             {"a: {<<: }", "line 1, column 9: " + merge},
		"a merge of texts":            {"a: {<<: [{k: 1}, l]}", "line 1, column 9: " + merge},
		"a merge of a tagged value":   {"a: {<<: !Ref k}", "line 1, column 9: " + merge},
		"binary":                      {"a: !!binary QVJNNjQ=", `line 1, column 4: the tag "!!binary" is not supported here; write the value itself`},
		"a set":                       {"a: !!set {b, c}", `line 1, column 4: the tag "!!set" is not supported here; write the value itself`},
		"null by tag":                 {"a: !!null b", `line 1, column 4: the tag "!!null" is not supported here; write the value itself`},
		"a text that is a mapping":    {"a: !!str {b: c}", `line 1, column 4: the tag "!!str" is not supported here; write the value itself`},
		"somebody's tag":              {"a: !<tag:example.org,2000:b> c", `line 1, column 4: the tag "tag:example.org,2000:b" is not supported here; write the value itself`},
		"an alias in itself":          {"a: &x [*x]", "line 1, column 8: the alias *x stands inside of what it refers to; write out what is meant"},
		"a merge of itself":           {"a: &x {<<: *x}", "line 1, column 12: the alias *x stands inside of what it refers to; write out what is meant"},
		"an unknown alias":            {"a: *x", "not YAML: unknown anchor 'x' referenced"},
		"another document's anchor":   {"a: &x 1\n---\nb: *x", "line 3, column 4: the alias *x refers to another document; write out what is meant"},
		"a name twice in the second":  {"a: 1\n---\nb: 2\nb: 3", `line 4, column 1: "b" appears twice; keep one of them`},
		"a fault in a later document": {"a: 1\n---\n\tb", "not YAML: line 3: found character that cannot start any token"},
		"nesting":                     {strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "line 1, column 202: the value is nested more than 200 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			roots, faults := Read([]byte(c.text))
			if len(roots) > 0 {
				t.Errorf("it is read as %s", printAll(roots))
			}
			if diff := cmp.Diff(c.want, faults.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHostileTextsEndSoon: no text takes longer than it is long, nor more
// memory. Each would take minutes if names, aliases or merges were searched or
// written out without a bound.
func TestHostileTextsEndSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	var bomb, chain bytes.Buffer
	bomb.WriteString("a: &a [x, x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c <= 'k'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	chain.WriteString("m0: &m0 {k0: 0}\n")
	for i := 1; i < 3000; i++ {
		fmt.Fprintf(&chain, "m%d: &m%d {<<: *m%d, k%d: 0}\n", i, i, i-1, i)
	}
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"many names":                 {lines(100_000, "name%d: x\n"), true},
		"many names in flow":         {"{" + lines(100_000, "name%d: x, ") + "}", true},
		"many names, the last twice": {lines(100_000, "name%d: x\n") + "name0: x\n", false},
		"many anchors":               {lines(100_000, "name%d: &a x\n"), true},
		"many aliases":               {"a: &a x\n" + lines(100_000, "name%d: *a\n"), true},
		"many merges of many":        {"a: &a {" + lines(1000, "k%d: x, ") + "}\n" + lines(3000, "name%d: {<<: *a}\n"), false},
		"an alias bomb":              {bomb.String(), false},
		"a chain of merges":          {chain.String(), false},
		"many documents":             {strings.Repeat("---\n", 100_000) + "a: 1", true},
		"many comments":              {strings.Repeat("# c\n", 100_000) + "a: 1", true},
		"many brackets":              {strings.Repeat("[", 1_000_000), false},
		"many braces":                {strings.Repeat("{a: ", 1_000_000), false},
		"many dashes":                {strings.Repeat("- ", 1_000_000), false},
		"many questions":             {strings.Repeat("? ", 1_000_000), false},
		"a long line":                {"a: " + strings.Repeat("x", 10<<20), true},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, faults := Read([]byte(c.text))
			if c.good != (len(faults) == 0) || len(faults) > 0 && len(faults[0].Error()) > 300 {
				t.Errorf("faults: %.300s", faults.Error())
			}
			took := time.Since(start)
			t.Logf("%d KiB took %v", len(c.text)>>10, took)
			if took > 20*time.Second {
				t.Errorf("%d KiB took %v", len(c.text)>>10, took)
			}
		})
	}
}

// FuzzYAML: what is read has the structure that the library itself decodes, with
// merges; a fault is one line.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"a: &x {k: 1}\nb: {<<: *x, l: [1, 'x', ~]}", "a: &x {k: 1}\nb: {<<: [*x, {k: 2}]}", "---\n---\na: !Ref b\n", "a: !!binary eA==", "? [a]\n: b", "a: &x [*x]",
		"a: |\n  text\n  more\n", "- a\n- {b: c}\n", "a: 1\na: 2", "%TAG ! tag:x,2000:\n---\na: !y z", "a: &x k\n*x : v", "'<<': {a: b}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		roots, faults := Read(text)
		for _, fault := range faults {
			if strings.ContainsAny(fault.Error(), "\n\r") {
				t.Errorf("%q is not one line", fault.Error())
			}
		}
		if len(faults) > 0 {
			return
		}
		in := yaml.NewDecoder(bytes.NewReader(text))
		for _, root := range roots {
			var want any
			for want == nil {
				// The library refuses more than Read does, such as invalid dates.
				if err := in.Decode(&want); err != nil {
					return
				}
			}
			compare(t, root, want)
		}
	})
}

func compare(t *testing.T, got *syntax.Value, want any) {
	t.Helper()
	if got.Kind == syntax.Tagged {
		compare(t, got.Elements[0], want)
		return
	}
	switch want := want.(type) {
	case map[string]any:
		names := map[any]any{}
		for name, v := range want {
			names[name] = v
		}
		compareObjects(t, got, names)
	case map[any]any:
		compareObjects(t, got, want)
	case []any:
		if got.Kind != syntax.List || len(got.Elements) != len(want) {
			t.Fatalf("at %v is %s, want %v", got.Position, print(got), want)
		}
		for i, e := range got.Elements {
			compare(t, e, want[i])
		}
	case nil:
		if got.Kind != syntax.Null {
			t.Errorf("at %v is %s, want null", got.Position, print(got))
		}
	case string:
		if got.Kind != syntax.String || got.Text != want {
			t.Errorf("at %v is %s, want %q", got.Position, print(got), want)
		}
	default:
		if !got.IsPlain() {
			t.Errorf("at %v is %s, want %v", got.Position, print(got), want)
		}
	}
}

// compareObjects: the library makes one key of two names that mean one number,
// and knows keys that are no texts.
func compareObjects(t *testing.T, got *syntax.Value, want map[any]any) {
	t.Helper()
	if got.Kind != syntax.Object || len(got.Members) < len(want) {
		t.Fatalf("at %v is %s, want %v", got.Position, print(got), want)
	}
	for name, v := range want {
		if name, ok := name.(string); ok {
			if !got.Has(name) {
				t.Fatalf("%s has not %q", print(got), name)
			}
			if m := got.Get(name); m != nil {
				compare(t, m, v)
			} else if v != nil {
				t.Errorf("%q is null, want %v", name, v)
			}
		}
	}
}

package manifest

import (
	"regexp"
	"strings"

	"fipsguard/internal/syntax"
	"fipsguard/internal/syntax/yaml"
)

// embedded is a document that a value is the text of, such as a container's
// properties in Terraform; an object is that itself.
func embedded(v value) value { return embeddedWith(v, value{}) }

// embeddedWith fills in what a document leaves to substitutions, ${NAME}.
func embeddedWith(v, substitutions value) value {
	if v.node != nil && !v.node.IsPlain() {
		if substitutions.node != nil {
			v.from = document{source: v.from, substitutions: substitutions}
		}
		return v
	}
	if v.node == nil {
		return v
	}
	text := substitute(v.node.Text, substitutions)
	root, ok := parseEmbedded(text)
	if !ok {
		v.cause.kind = placeholder
		return v.but("the text in it cannot be read")
	}
	v.node, v.pending, v.written = root, nil, nil
	v.from = document{source: v.from, at: v.at}
	return v
}

// bareMark is a mark that stands for a whole value that is no text in JSON.
var bareMark = regexp.MustCompile(`([:\[,]\s*)(` + markBegin + `[^` + markEnd + `]*` + markEnd + `)(\s*[,}\]])`)

func parseEmbedded(text string) (*syntax.Value, bool) {
	if start := strings.TrimSpace(text); strings.HasPrefix(start, "{") || strings.HasPrefix(start, "[") {
		if root, faults := syntax.JSON([]byte(text)); len(faults) == 0 {
			return root, true
		}
		root, faults := syntax.JSON([]byte(bareMark.ReplaceAllString(text, `$1"$2"$3`)))
		return root, len(faults) == 0
	}
	roots, faults := yaml.Read([]byte(text))
	if len(faults) > 0 || len(roots) != 1 || roots[0].Kind != syntax.Object {
		return nil, false
	}
	return roots[0], true
}

// substitution is a ${NAME} that a state machine's definition has filled in.
var substitution = regexp.MustCompile(`\$\{([A-Za-z0-9_]+)\}`)

func substitute(text string, with value) string {
	if with.node == nil || !strings.Contains(text, "${") {
		return text
	}
	return substitution.ReplaceAllStringFunc(text, func(found string) string {
		called := found[2 : len(found)-1]
		switch v := with.get(name, called); {
		case v.unknown != "":
			return mark("?" + v.unknown)
		case v.node != nil:
			return v.node.Text
		}
		return found
	})
}

// document is the source of a document in a document: names are as AWS's API has
// them, and what it refers to is in the file around it.
type document struct {
	source
	at            syntax.Position // of its text; zero where it is an object of the file
	substitutions value
}

func (d document) member(of value, name string) value {
	n, key := find(of.node, name)
	if n == nil && of.node.Get(name+".$", lowerFirst(name)+".$") != nil {
		return value{unknown: name + " is known only when it runs", at: d.position(of.at), from: d, cause: cause{kind: placeholder}}
	}
	v := d.value(n, of.at)
	v.key = key
	return v
}

func (d document) element(of value, index int) value { return d.value(of.node.Elements[index], of.at) }

func (d document) value(n *syntax.Value, around syntax.Position) value {
	v := value{node: n, from: d, at: d.position(around)}
	if n == nil {
		v.cause.kind = absent
		return v
	}
	v.at = d.position(n.Position)
	if d.substitutions.node != nil {
		// An object of the file may call functions.
		v = d.source.element(value{node: &syntax.Value{Kind: syntax.List, Elements: []*syntax.Value{n}}, from: d.source}, 0)
		v.from = d
		if v.node.IsPlain() {
			filled := *v.node
			filled.Text = substitute(filled.Text, d.substitutions)
			v.node = &filled
		}
	}
	return v
}

// position: what is in a text stands where the text does.
func (d document) position(at syntax.Position) syntax.Position {
	if d.at.Line > 0 {
		return d.at
	}
	return at
}

func (d document) block(of value) value       { return of }
func (d document) spelled(name string) string { return name }

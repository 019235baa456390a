package launch

import (
	"regexp"
	"strings"

	"fipsguard/internal/syntax"
	"fipsguard/internal/syntax/yaml"
)

// embedded is a document that a value is the text of, such as a container's
// properties in Terraform; an object is that itself.
func embedded(v Value) Value { return embeddedWith(v, Value{}) }

// embeddedWith fills in what a document leaves to substitutions, ${NAME}.
func embeddedWith(v, substitutions Value) Value {
	if v.Node != nil && !v.Node.IsPlain() {
		if substitutions.Node != nil {
			v.From = document{Source: v.From, substitutions: substitutions}
		}
		return v
	}
	if v.Node == nil {
		return v
	}
	text := substitute(v.Node.Text, substitutions)
	root, ok := parseEmbedded(text)
	if !ok {
		v.Cause.Kind = Placeholder
		return v.But("the text in it cannot be read")
	}
	v.Node, v.Pending, v.Written = root, nil, nil
	v.From = document{Source: v.From, at: v.At}
	return v
}

// bareMark is a mark that stands for a whole value that is no text in JSON.
var bareMark = regexp.MustCompile(`([:\[,]\s*)(` + MarkBegin + `[^` + markEnd + `]*` + markEnd + `)(\s*[,}\]])`)

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

func substitute(text string, with Value) string {
	if with.Node == nil || !strings.Contains(text, "${") {
		return text
	}
	return substitution.ReplaceAllStringFunc(text, func(found string) string {
		called := found[2 : len(found)-1]
		switch v := with.get(name, called); {
		case v.Unknown != "":
			return Mark("?" + v.Unknown)
		case v.Node != nil:
			return v.Node.Text
		}
		return found
	})
}

// document is the source of a document in a document: names are as AWS's API has
// them, and what it refers to is in the file around it.
type document struct {
	Source
	at            syntax.Position // of its text; zero where it is an object of the file
	substitutions Value
}

func (d document) Member(of Value, name string) Value {
	n, key := Find(of.Node, name)
	if n == nil && of.Node.Get(name+".$", lowerFirst(name)+".$") != nil {
		return Value{Unknown: name + " is known only when it runs", At: d.position(of.At), From: d, Cause: Cause{Kind: Placeholder}}
	}
	v := d.value(n, of.At)
	v.Key = key
	return v
}

func (d document) Element(of Value, index int) Value { return d.value(of.Node.Elements[index], of.At) }

func (d document) value(n *syntax.Value, around syntax.Position) Value {
	v := Value{Node: n, From: d, At: d.position(around)}
	if n == nil {
		v.Cause.Kind = Absent
		return v
	}
	v.At = d.position(n.Position)
	if d.substitutions.Node != nil {
		// An object of the file may call functions.
		v = d.Source.Element(Value{Node: &syntax.Value{Kind: syntax.List, Elements: []*syntax.Value{n}}, From: d.Source}, 0)
		v.From = d
		if v.Node.IsPlain() {
			filled := *v.Node
			filled.Text = substitute(filled.Text, d.substitutions)
			v.Node = &filled
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

func (d document) Block(of Value) Value       { return of }
func (d document) Spelled(name string) string { return name }

// Find is a member in CloudFormation's or the API's spelling.
func Find(n *syntax.Value, name string) (member *syntax.Value, key string) {
	if member := n.Get(name); member != nil {
		return member, name
	}
	if member := n.Get(lowerFirst(name)); member != nil {
		return member, lowerFirst(name)
	}
	return nil, ""
}

package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// node is a value of a JSON or YAML document that knows where it stands.
type node struct {
	line, column int
	kind         kind
	text         string // of a scalar, as written
	members      []member
	elements     []*node
}

type kind uint8

const (
	null kind = iota
	scalar
	object
	list
)

func (k kind) String() string {
	switch k {
	case scalar:
		return "a plain value"
	case object:
		return "an object"
	case list:
		return "a list"
	case null:
	}
	return "null"
}

type member struct {
	name  string
	value *node
}

// get is an object's member, or nil. Of several names the first there is.
func (n *node) get(names ...string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	for _, name := range names {
		for _, m := range n.members {
			if m.name == name && m.value.kind != null {
				return m.value
			}
		}
	}
	return nil
}

// MaxBytes bounds a document.
const MaxBytes = 16 << 20

// The bounds on what is in a document.
const (
	maxNodes = 2_000_000
	maxDepth = 200
)

// parse reads one JSON or YAML document.
func parse(data []byte) (*node, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the file has %d MiB; at most %d are read", len(data)>>20, MaxBytes>>20)
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 {
		return nil, errors.New("the file is empty")
	}
	if text[0] == '{' || text[0] == '[' {
		return parseJSON(data)
	}
	return parseYAML(data)
}

func parseJSON(data []byte) (*node, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	p := jsonParser{in: jsontext.NewDecoder(bytes.NewReader(data)), text: data}
	n, err := p.value(0)
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%s: not JSON: %w", place(data, syntax.ByteOffset), syntax.Err)
	case err != nil:
		return nil, err
	}
	if _, err := p.in.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the document has ended, but more text follows", place(data, p.in.InputOffset()))
	}
	return n, nil
}

type jsonParser struct {
	in    *jsontext.Decoder
	text  []byte
	nodes int
	line  int // of offset
	start int64
	at    int64
}

func (p *jsonParser) value(depth int) (*node, error) {
	if p.nodes++; p.nodes > maxNodes || depth > maxDepth {
		return nil, errTooMuch
	}
	kindOf := p.in.PeekKind()
	token, err := p.in.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &node{kind: scalar, text: token.String()}
	offset := p.in.InputOffset() - 1
	if kindOf != '{' && kindOf != '[' {
		offset = p.in.InputOffset() - int64(max(1, len(n.text)))
	}
	n.line, n.column = p.position(offset)
	switch kindOf {
	case 'n':
		n.kind = null
	case '{':
		n.kind = object
		for p.in.PeekKind() != '}' {
			name, err := p.in.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			v, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.members = append(n.members, member{key, v})
		}
		_, err = p.in.ReadToken()
	case '[':
		n.kind = list
		for p.in.PeekKind() != ']' {
			v, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.elements = append(n.elements, v)
		}
		_, err = p.in.ReadToken()
	}
	return n, err
}

// position counts lines on from where it was asked last.
func (p *jsonParser) position(offset int64) (line, column int) {
	for ; p.at < offset && p.at < int64(len(p.text)); p.at++ {
		if p.text[p.at] == '\n' {
			p.line++
			p.start = p.at + 1
		}
	}
	return p.line + 1, int(max(0, offset-p.start)) + 1
}

var errTooMuch = fmt.Errorf("the document has more than %d values, or is nested more than %d deep", maxNodes, maxDepth)

func place(data []byte, offset int64) string {
	before := data[:min(max(offset, 0), int64(len(data)))]
	return fmt.Sprintf("line %d, column %d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}

func parseYAML(data []byte) (root *node, err error) {
	// Versions of the YAML library have panicked on malformed texts.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("not YAML: %v", r)
		}
	}()
	in := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := in.Decode(&document); err != nil {
		return nil, yamlError(err)
	}
	if err := in.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has more than one YAML document; split it")
	}
	nodes := 0
	return fromYAML(&document, &nodes, 0)
}

func yamlError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return fmt.Errorf("not YAML: %s", strings.ReplaceAll(text, "\n", "; "))
}

// fromYAML converts a YAML tree. Aliases are followed, within bounds, and
// CloudFormation's short forms (!Ref) become their long ones.
func fromYAML(y *yaml.Node, nodes *int, depth int) (*node, error) {
	if *nodes++; *nodes > maxNodes || depth > maxDepth {
		return nil, errTooMuch
	}
	n := &node{line: y.Line, column: y.Column}
	var err error
	switch y.Kind {
	case yaml.DocumentNode:
		return fromYAML(y.Content[0], nodes, depth+1)
	case yaml.AliasNode:
		return fromYAML(y.Alias, nodes, depth+1)
	case yaml.MappingNode:
		n.kind = object
		for i := 0; i+1 < len(y.Content) && err == nil; i += 2 {
			var value *node
			if n.get(y.Content[i].Value) != nil {
				return nil, fmt.Errorf("line %d, column %d: %q is there twice", y.Content[i].Line, y.Content[i].Column, y.Content[i].Value)
			}
			value, err = fromYAML(y.Content[i+1], nodes, depth+1)
			n.members = append(n.members, member{y.Content[i].Value, value})
		}
	case yaml.SequenceNode:
		n.kind = list
		for i := 0; i < len(y.Content) && err == nil; i++ {
			var value *node
			value, err = fromYAML(y.Content[i], nodes, depth+1)
			n.elements = append(n.elements, value)
		}
	case yaml.ScalarNode:
		n.kind, n.text = scalar, y.Value
		if y.Tag == "!!null" {
			n.kind = null
		}
	}
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(y.Tag, "!") && !strings.HasPrefix(y.Tag, "!!") {
		return longForm(y.Tag[1:], n), nil
	}
	return n, nil
}

func longForm(name string, n *node) *node {
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return &node{line: n.line, column: n.column, kind: object, members: []member{{name, n}}}
}

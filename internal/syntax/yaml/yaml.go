// Package yaml reads YAML into syntax's tree.
//
// It is a package of its own because it links a YAML library, which costs
// whoever does not need it time at each start.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/syntax"

	"go.yaml.in/yaml/v3"
)

// Read reads the documents of a text; empty ones are left out. Aliases stand for
// what they refer to, merge keys (<<) for the members that they bring in. Tags of
// YAML's own that change what a text means, keys that are no text and all else
// that the tree has no place for are faults. Of a text with faults there are no
// trees.
func Read(text []byte) (roots []*syntax.Value, faults syntax.Faults) {
	// Versions of the YAML library have panicked on malformed texts.
	defer func() {
		if r := recover(); r != nil {
			roots, faults = nil, syntax.Faults{{Reason: fmt.Sprintf("not YAML: %v", r)}}
		}
	}()
	r := reader{open: map[*yaml.Node]bool{}}
	in := yaml.NewDecoder(bytes.NewReader(text))
	for {
		document, err := next(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, asFaults(err)
		}
		r.anchored = map[*yaml.Node]bool{}
		root, err := r.value(document, 0)
		if err != nil {
			return nil, asFaults(err)
		}
		roots = append(roots, root)
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return roots, nil
}

// next finds the next document that is not empty.
func next(in *yaml.Decoder) (*yaml.Node, error) {
	for {
		var document yaml.Node
		err := in.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if err != nil {
			return nil, notYAML(err)
		}
		root := document.Content[0]
		if root.Kind != yaml.ScalarNode || root.Value != "" || root.Tag != "!!null" || root.Anchor != "" {
			return root, nil
		}
	}
}

func notYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return fmt.Errorf("not YAML: %s", strings.ReplaceAll(text, "\n", "; "))
}

func fault(at *yaml.Node, format string, args ...any) error {
	return syntax.Fault{Position: position(at), Reason: fmt.Sprintf(format, args...)}
}

func position(n *yaml.Node) syntax.Position {
	return syntax.Position{Line: n.Line, Column: n.Column}
}

func asFaults(err error) syntax.Faults {
	var known syntax.Fault
	if errors.As(err, &known) {
		return syntax.Faults{known}
	}
	return syntax.Faults{{Reason: err.Error()}}
}

// reader turns the library's nodes into values.
type reader struct {
	values int
	faults syntax.Faults
	open   map[*yaml.Node]bool // nodes with an anchor that are being read

	anchored map[*yaml.Node]bool // nodes of this document with an anchor
}

func (r *reader) value(n *yaml.Node, depth int) (*syntax.Value, error) {
	r.values++
	if err := syntax.CheckBounds(position(n), r.values, depth); err != nil {
		return nil, err
	}
	if n.Kind == yaml.AliasNode {
		if err := r.follow(n); err != nil {
			return nil, err
		}
		return r.value(n.Alias, depth+1)
	}
	if n.Anchor != "" {
		r.anchored[n], r.open[n] = true, true
		defer delete(r.open, n)
	}
	v, err := r.untagged(n, depth)
	if err != nil {
		return nil, err
	}
	return tagged(n, v)
}

// follow reports whether an alias can be followed. The library would also follow
// it into an earlier document, which YAML does not.
func (r *reader) follow(alias *yaml.Node) error {
	switch {
	case r.open[alias.Alias]:
		return fault(alias, "the alias *%s stands inside of what it refers to; write out what is meant", alias.Value)
	case !r.anchored[alias.Alias]:
		return fault(alias, "the alias *%s refers to another document; write out what is meant", alias.Value)
	}
	return nil
}

func (r *reader) untagged(n *yaml.Node, depth int) (*syntax.Value, error) {
	switch n.Kind {
	case yaml.MappingNode:
		return r.mapping(n, depth)
	case yaml.SequenceNode:
		v := &syntax.Value{Position: position(n), Kind: syntax.List}
		for _, content := range n.Content {
			element, err := r.value(content, depth+1)
			if err != nil {
				return nil, err
			}
			v.Elements = append(v.Elements, element)
		}
		return v, nil
	case yaml.ScalarNode:
		return &syntax.Value{Position: position(n), Kind: plainKind(n.Tag), Text: n.Value}, nil
	case yaml.DocumentNode, yaml.AliasNode:
	}
	return nil, fault(n, "this is not a value")
}

func plainKind(tag string) syntax.Kind {
	switch tag {
	case "!!null":
		return syntax.Null
	case "!!bool":
		return syntax.Bool
	case "!!int", "!!float":
		return syntax.Number
	}
	return syntax.String
}

// tagged gives a value its tag. Of YAML's own tags those are known that leave
// a value what it is without them.
func tagged(n *yaml.Node, v *syntax.Value) (*syntax.Value, error) {
	if n.Style&yaml.TaggedStyle == 0 {
		return v, nil
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		if n.Kind == yaml.ScalarNode {
			return v, nil
		}
	case "!!map":
		if n.Kind == yaml.MappingNode {
			return v, nil
		}
	case "!!seq":
		if n.Kind == yaml.SequenceNode {
			return v, nil
		}
	default:
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			return &syntax.Value{Position: v.Position, Kind: syntax.Tagged, Text: n.Tag, Elements: []*syntax.Value{v}}, nil
		}
	}
	return nil, fault(n, "the tag %s is not supported here; write the value itself", syntax.Quoted(n.Tag))
}

func (r *reader) mapping(n *yaml.Node, depth int) (*syntax.Value, error) {
	members := make([]syntax.Member, 0, len(n.Content)/2)
	var merged []*syntax.Value
	merges := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			if err := r.follow(key); err != nil {
				return nil, err
			}
			key = key.Alias
		}
		if key.Anchor != "" {
			r.anchored[key] = true
		}
		if key.Kind != yaml.ScalarNode || key.Style&yaml.TaggedStyle != 0 && key.Tag != "!!str" {
			return nil, fault(n.Content[i], "this key is not a plain text; write it as one")
		}
		v, err := r.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.Tag != "!!merge" {
			members = append(members, syntax.Member{Position: position(n.Content[i]), Name: key.Value, Value: v})
			continue
		}
		if merges++; merges > 1 {
			return nil, fault(n.Content[i], "a second << in one mapping; give one << a list of what to merge")
		}
		if merged, err = mergeable(v, n.Content[i+1]); err != nil {
			return nil, err
		}
	}
	own, faults := syntax.NewObject(position(n), members)
	r.faults = append(r.faults, faults...)
	if merges == 0 {
		return own, nil
	}
	return r.merge(own, merged)
}

// mergeable lists the objects that a merge key brings in.
func mergeable(v *syntax.Value, at *yaml.Node) ([]*syntax.Value, error) {
	all := []*syntax.Value{v}
	if v.Kind == syntax.List {
		all = v.Elements
	}
	for _, one := range all {
		if one.Kind != syntax.Object {
			return nil, fault(at, "<< merges what is not a mapping; give it a mapping or a list of mappings")
		}
	}
	return all, nil
}

// merge adds the members that an object does not have itself. Of several
// objects that have one, the first counts.
func (r *reader) merge(own *syntax.Value, merged []*syntax.Value) (*syntax.Value, error) {
	members := own.Members
	for _, object := range merged {
		r.values += len(object.Members)
		if err := syntax.CheckBounds(own.Position, r.values, 0); err != nil {
			return nil, err
		}
		members = append(members, object.Members...)
	}
	v, _ := syntax.NewObject(own.Position, members) // a name that is there again is overridden, no fault
	return v, nil
}

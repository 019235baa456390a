package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// value is a JSON value that knows where it starts.
type value struct {
	offset   int
	kind     jsontext.Kind
	text     string   // of a string: what it says; of a number, boolean or null: as it is written
	members  []member // of an object, in order, repeated names included
	elements []value  // of an array
}

// member is a name in an object, where it starts, and its value.
type member struct {
	offset int
	name   string
	value  value
}

// parseDocument reads one JSON value and nothing after it. JSON that cannot be
// read has one complaint: what follows it would be guesswork.
func parseDocument(document []byte) (value, *complaint) {
	p := parser{jsontext.NewDecoder(bytes.NewReader(document), jsontext.AllowDuplicateNames(true))}
	v, err := p.value()
	if err != nil {
		return value{}, unreadable(err, document)
	}
	if rest := bytes.TrimLeft(document[p.in.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return value{}, &complaint{len(document) - len(rest), "the document has ended, but more text follows"}
	}
	return v, nil
}

func unreadable(err error, document []byte) *complaint {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) || errors.Is(syntax.Err, io.ErrUnexpectedEOF) {
		return &complaint{len(document), "the document ends inside a JSON value"}
	}
	at := min(int(syntax.ByteOffset), len(document))
	if bytes.HasPrefix(document[at:], []byte(",")) {
		return &complaint{at, "not JSON: nothing before or after this comma"}
	}
	return &complaint{at, fmt.Sprintf("not JSON: %v", syntax.Err)}
}

type parser struct{ in *jsontext.Decoder }

func (p parser) value() (value, error) {
	switch kind := p.in.PeekKind(); kind {
	case '{', '[':
		if _, err := p.in.ReadToken(); err != nil {
			return value{}, err
		}
		v := value{offset: int(p.in.InputOffset()) - 1, kind: kind}
		read := p.elements
		if kind == '{' {
			read = p.members
		}
		err := read(&v)
		return v, err
	}
	return p.scalar()
}

func (p parser) members(object *value) error {
	for p.in.PeekKind() != '}' {
		name, err := p.scalar()
		if err != nil {
			return err
		}
		v, err := p.value()
		if err != nil {
			return err
		}
		object.members = append(object.members, member{name.offset, name.text, v})
	}
	_, err := p.in.ReadToken()
	return err
}

func (p parser) elements(array *value) error {
	for p.in.PeekKind() != ']' {
		v, err := p.value()
		if err != nil {
			return err
		}
		array.elements = append(array.elements, v)
	}
	_, err := p.in.ReadToken()
	return err
}

func (p parser) scalar() (value, error) {
	raw, err := p.in.ReadValue()
	if err != nil {
		return value{}, err
	}
	v := value{offset: int(p.in.InputOffset()) - len(raw), kind: raw.Kind(), text: string(raw)}
	if v.kind == '"' {
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return value{}, err
		}
		v.text = string(text)
	}
	return v, nil
}

// describe names a value for people.
func (v value) describe() string {
	switch v.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return quoted(v.text)
	case '0':
		if len(v.text) > 20 {
			return "a long number"
		}
	}
	return v.text
}

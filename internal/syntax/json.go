package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON reads one JSON value and nothing after it. Without faults the tree is the
// whole document. With faults of names that are there twice there is a tree as
// well, for whoever wants to find more faults; else the tree is nil, because
// what follows the fault would be guesswork.
func JSON(text []byte) (*Value, Faults) { return readJSON(Part{Position{1, 1}, "", text}) }

func readJSON(of Part) (*Value, Faults) {
	p := parser{in: newDecoder(of.Text), place: newCursor(of)}
	v, err := p.value(0)
	if err != nil {
		return nil, Faults{malformedIn(of, err)}
	}
	end := int(p.in.InputOffset())
	if rest := bytes.TrimLeft(of.Text[end:], " \t\r\n"); len(rest) > 0 {
		return nil, Faults{{of.position(len(of.Text) - len(rest)), "the document has ended, but more text follows"}}
	}
	return v, p.faults
}

// Malformed is the reason and the offset of an error by which a JSON decoder
// refuses a text. It is not ok for an error of another kind.
func Malformed(err error) (offset int64, reason string, ok bool) {
	var syntactic *jsontext.SyntacticError
	switch {
	case !errors.As(err, &syntactic):
		return 0, "", false
	case errors.Is(syntactic.Err, io.ErrUnexpectedEOF):
		return syntactic.ByteOffset, "the text ends inside a JSON value", true
	}
	return syntactic.ByteOffset, fmt.Sprintf("not JSON: %v", syntactic.Err), true
}

func malformedIn(of Part, err error) Fault {
	var fault Fault
	if errors.As(err, &fault) {
		return fault
	}
	offset, reason, ok := Malformed(err)
	switch {
	case !ok:
		return Fault{of.position(len(of.Text)), "the text ends inside a JSON value"}
	case offset < int64(len(of.Text)) && bytes.IndexByte([]byte("}],"), of.Text[offset]) >= 0:
		if comma := lonelyComma(of.Text, int(offset)); comma >= 0 {
			return Fault{of.position(comma), "not JSON: nothing before or after this comma"}
		}
	}
	return Fault{of.position(int(offset)), reason}
}

// lonelyComma is the comma that a decoder complains of at an offset, or behind
// which it does, or -1.
func lonelyComma(text []byte, offset int) int {
	if text[offset] == ',' {
		return offset
	}
	before := bytes.TrimRight(text[:offset], " \t\r\n")
	if bytes.HasSuffix(before, []byte(",")) {
		return len(before) - 1
	}
	return -1
}

type parser struct {
	in     *jsontext.Decoder
	place  cursor
	values int
	faults Faults
}

func (p *parser) value(depth int) (*Value, error) {
	kind := p.in.PeekKind()
	if kind != '{' && kind != '[' {
		v, err := p.plain()
		if err != nil {
			return nil, err
		}
		return &v, p.count(v.Position, depth)
	}
	if _, err := p.in.ReadToken(); err != nil {
		return nil, err
	}
	at := p.place.position(int(p.in.InputOffset()) - 1)
	if err := p.count(at, depth); err != nil {
		return nil, err
	}
	if kind == '{' {
		return p.object(at, depth)
	}
	return p.list(at, depth)
}

// count holds the bounds of a document.
func (p *parser) count(at Position, depth int) error {
	p.values++
	return CheckBounds(at, p.values, depth)
}

// CheckBounds returns a Fault for a document with more values than MaxValues,
// or a value nested more deeply than MaxDepth.
func CheckBounds(at Position, values, depth int) error {
	switch {
	case values > MaxValues:
		return Fault{at, fmt.Sprintf("the document has more than %d values; split it", MaxValues)}
	case depth > MaxDepth:
		return Fault{at, fmt.Sprintf("the value is nested more than %d deep", MaxDepth)}
	}
	return nil
}

func (p *parser) object(at Position, depth int) (*Value, error) {
	var members []Member
	for p.in.PeekKind() != '}' {
		name, err := p.plain()
		if err != nil {
			return nil, err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		members = append(members, Member{name.Position, name.Text, v})
	}
	if _, err := p.in.ReadToken(); err != nil {
		return nil, err
	}
	v, faults := NewObject(at, members)
	p.faults = append(p.faults, faults...)
	return v, nil
}

func (p *parser) list(at Position, depth int) (*Value, error) {
	v := &Value{Position: at, Kind: List}
	for p.in.PeekKind() != ']' {
		element, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.Elements = append(v.Elements, element)
	}
	_, err := p.in.ReadToken()
	return v, err
}

// plain reads a value that is no object or list, or the name of a member.
func (p *parser) plain() (Value, error) {
	raw, err := p.in.ReadValue()
	if err != nil {
		return Value{}, err
	}
	v := Value{Position: p.place.position(int(p.in.InputOffset()) - len(raw)), Text: string(raw)}
	switch raw.Kind() {
	case 'n':
		v.Kind = Null
	case 't', 'f':
		v.Kind = Bool
	case '0':
		v.Kind = Number
	case '"':
		v.Kind = String
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return Value{}, err
		}
		v.Text = string(text)
	}
	return v, nil
}

package syntax

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Part is a JSON value that was found and not read: a document of a text, a
// member of an object or an element of a list. Whoever needs little of a large
// text lists parts and reads only those it is about. What is in a part is JSON;
// names that are there twice in it are noticed when it is read.
type Part struct {
	Position        // where it begins
	Name     string // of a member of an object
	Text     []byte
}

// Documents lists the JSON values of a text, which stand one after another.
func Documents(text []byte) ([]Part, Faults) {
	s := newScanner(Part{Position{1, 1}, "", text})
	var all []Part
	for {
		rest := bytes.TrimLeft(text[s.in.InputOffset():], " \t\r\n")
		if len(rest) == 0 {
			return all, nil
		}
		part, err := s.next()
		if err != nil {
			return nil, Faults{s.fault(err)}
		}
		all = append(all, part)
	}
}

// Parts lists the members of an object or the elements of a list, in their
// order; of another value there are none.
func (p Part) Parts() ([]Part, Faults) {
	if !p.Is('{') && !p.Is('[') {
		return nil, nil
	}
	s := newScanner(p)
	if _, err := s.in.ReadToken(); err != nil {
		return nil, Faults{s.fault(err)}
	}
	all, err := s.parts(p.Is('{'))
	if err != nil {
		return nil, Faults{s.fault(err)}
	}
	return all, nil
}

// Is reports whether the part begins with a character: { an object, [ a list.
func (p Part) Is(first byte) bool { return len(p.Text) > 0 && p.Text[0] == first }

// Read reads the part as JSON does.
func (p Part) Read() (*Value, Faults) { return readJSON(p) }

// position is that of an offset in the part's text.
func (p Part) position(offset int) Position {
	place := newCursor(p)
	return place.position(min(max(offset, 0), len(p.Text)))
}

// scanner finds the parts of one.
type scanner struct {
	of    Part
	in    *jsontext.Decoder
	place cursor
}

func newScanner(of Part) *scanner {
	return &scanner{of: of, in: newDecoder(of.Text), place: newCursor(of)}
}

// newDecoder reads a text where it is: of a buffer nothing is copied.
func newDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
}

func (s *scanner) parts(named bool) ([]Part, error) {
	var all []Part
	seen := map[string]bool{}
	for kind := s.in.PeekKind(); kind != '}' && kind != ']'; kind = s.in.PeekKind() {
		name := ""
		if named {
			raw, err := s.next()
			if err != nil {
				return nil, err
			}
			unquoted, err := jsontext.AppendUnquote(nil, raw.Text)
			if err != nil {
				return nil, err
			}
			if name = string(unquoted); seen[name] {
				return nil, Fault{raw.Position, fmt.Sprintf("%s appears twice; keep one of them", Quoted(name))}
			}
			seen[name] = true
		}
		part, err := s.next()
		if err != nil {
			return nil, err
		}
		part.Name = name
		all = append(all, part)
	}
	_, err := s.in.ReadToken()
	return all, err
}

func (s *scanner) next() (Part, error) {
	raw, err := s.in.ReadValue()
	if err != nil {
		return Part{}, err
	}
	end := int(s.in.InputOffset())
	start := end - len(raw)
	return Part{Position: s.place.position(start), Text: s.of.Text[start:end]}, nil
}

func (s *scanner) fault(err error) Fault { return malformedIn(s.of, err) }

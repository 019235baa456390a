package trail

import (
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decodeOptions: CloudTrail cuts long texts, which can leave half a character.
var decodeOptions = json.JoinOptions(jsontext.AllowInvalidUTF8(true))

// located is a decoding error with where and what in front, or as it is where
// that is not known.
func located(err error, text []byte) error {
	// A semantic error may wrap a syntactic one, which knows better where.
	if offset, reason, ok := syntax.Malformed(err); ok {
		return syntax.Fault{Position: syntax.PositionIn(text, offset), Reason: reason}
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return err
	}
	at := syntax.PositionIn(text, semantic.ByteOffset)
	if semantic.JSONKind == 0 && semantic.Err != nil {
		return syntax.Fault{Position: at, Reason: semantic.Err.Error()}
	}
	return syntax.Fault{Position: at, Reason: fmt.Sprintf("%s is a JSON %s, which no AWS event has there",
		memberName(semantic.JSONPointer), kindName(semantic.JSONKind))}
}

func memberName(p jsontext.Pointer) string {
	if p == "" {
		return "the value"
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(p), "/"), "/", ".")
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "value"
}

// place is a text in which records are read: the file, or one that is wrapped in
// it.
type place struct {
	depth  int             // how many wrappers are around it
	at     syntax.Position // in the file, of the record that holds it; in the file itself unused
	within string          // the wrappers' names, as in "in the SQS message: in the SNS notification: "
}

// inside is a text that a record at a position is a wrapper of.
func (p place) inside(at syntax.Position, wrapper string) place {
	if p.depth > 0 {
		at = p.at
	}
	return place{depth: p.depth + 1, at: at, within: p.within + "in the " + wrapper + ": "}
}

// fault is what is wrong with the record at a position of the text, and where
// that is in the file.
func (p place) fault(at syntax.Position, reason string) syntax.Fault {
	if p.depth == 0 {
		return syntax.Fault{Position: at, Reason: reason}
	}
	if at.Line > 1 || at.Column > 1 {
		reason = at.String() + ": " + reason
	}
	return syntax.Fault{Position: p.at, Reason: p.within + reason}
}

// unreadable says what is wrong with a record's text: where in the file, as far
// as that is another place than the record's beginning.
func (p place) unreadable(at syntax.Position, err error) string {
	var fault syntax.Fault
	if !errors.As(err, &fault) || fault.Line == 0 {
		return err.Error()
	}
	if fault.Position == (syntax.Position{Line: 1, Column: 1}) {
		return fault.Reason
	}
	if fault.Line == 1 {
		fault.Column += at.Column - 1
	}
	fault.Line += at.Line - 1
	return "a record that cannot be read: " + fault.Error()
}

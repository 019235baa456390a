package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decodeOptions: CloudTrail cuts long texts, which can leave half a character.
var decodeOptions = json.JoinOptions(jsontext.AllowInvalidUTF8(true))

// position is a place in a text; both count from 1, columns in bytes.
type position struct{ line, column int64 }

func (p position) String() string { return fmt.Sprintf("line %d, column %d", p.line, p.column) }

func positionIn(data []byte, offset int64) position {
	before := data[:min(max(offset, 0), int64(len(data)))]
	return position{
		line:   int64(bytes.Count(before, []byte("\n"))) + 1,
		column: int64(len(before)-(bytes.LastIndexByte(before, '\n')+1)) + 1,
	}
}

// located puts where and what before a decoding error. Errors of other kinds,
// such as those of reading a file, come back as they are.
func located(err error, at func(offset int64) position) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	// A semantic error may wrap a syntactic one, which knows better where.
	case errors.As(err, &syntactic):
		if errors.Is(syntactic.Err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%v: the text ends inside a JSON value", at(syntactic.ByteOffset))
		}
		return fmt.Errorf("%v: not JSON: %w", at(syntactic.ByteOffset), syntactic.Err)
	case errors.As(err, &semantic):
		if semantic.JSONKind == 0 && semantic.Err != nil {
			return fmt.Errorf("%v: %w", at(semantic.ByteOffset), semantic.Err)
		}
		return fmt.Errorf("%v: %s is a JSON %s, which no AWS event has there", at(semantic.ByteOffset),
			memberName(semantic.JSONPointer), kindName(semantic.JSONKind))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the text ends before a JSON value is complete")
	}
	return err
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

package trail

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decodeOptions: CloudTrail cuts long texts, which can leave half a character.
var decodeOptions = json.JoinOptions(jsontext.AllowInvalidUTF8(true))

// located puts where and what before a decoding error. Errors of other kinds,
// such as those of reading a file, come back as they are.
func located(err error, at func(offset int64) syntax.Position) error {
	// A semantic error may wrap a syntactic one, which knows better where.
	if offset, reason, ok := syntax.Malformed(err); ok {
		return syntax.Fault{Position: at(offset), Reason: reason}
	}
	var semantic *json.SemanticError
	switch {
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

package syntax

import (
	"bytes"
	"fmt"
)

// Position is a place in a text. Both members count from 1; columns count bytes
// in JSON, characters in YAML. The zero Position is unknown.
type Position struct{ Line, Column int }

// String is "line 3, column 5".
func (p Position) String() string { return fmt.Sprintf("line %d, column %d", p.Line, p.Column) }

// PositionIn is the position of an offset in a text.
func PositionIn(text []byte, offset int64) Position {
	before := text[:min(max(offset, 0), int64(len(text)))]
	return Position{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
	}
}

// cursor gives the positions of offsets that never go back, so that it reads a
// text once.
type cursor struct {
	text  []byte
	first Position // of the text
	at    int      // the last offset
	line  int      // line breaks before it
	start int      // where its line starts
}

func newCursor(of Part) cursor { return cursor{text: of.Text, first: of.Position} }

func (c *cursor) position(offset int) Position {
	passed := c.text[c.at:offset]
	c.line += bytes.Count(passed, []byte("\n"))
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		c.start = c.at + last + 1
	}
	c.at = offset
	if c.line == 0 {
		return Position{c.first.Line, c.first.Column + offset}
	}
	return Position{c.first.Line + c.line, offset - c.start + 1}
}

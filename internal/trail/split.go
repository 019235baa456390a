package trail

import (
	"bytes"
	"fmt"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json/jsontext"
)

// maxRecord bounds what one record may take, which bounds memory. CloudTrail's
// own limit for what it delivers is far below it.
const maxRecord = 16 << 20

// maxNestedLists bounds lists of records in lists of records.
const maxNestedLists = 10

// maxTwice is how much of a text is read a second time to find records in what
// was taken for a part of another.
const maxTwice = 4 * maxRecord

// splitter parts a text into records: JSON values one after another, in arrays,
// and in the members of an object that are lists of them. Each stands alone: one
// that is wrong is reported, and the next one is looked for.
type splitter struct {
	*window
	lists  func(member []byte) bool                // whether a member is a list of records
	record func(text []byte, at syntax.Position)   // text holds until record returns
	fault  func(at syntax.Position, reason string) // of one record; others follow
	done   func() bool                             // nobody wants more

	seen   bool // there was something
	twice  int  // how much is read a second time, at most
	nested int  // how many lists are open
	column int  // where the record that was begun last is on its line; 1 if something is before it
	fresh  bool // nothing but blanks is before this on its line
	astray bool // behind a record that was wrong: closing brackets have lost their partners
}

func (s *splitter) split() {
	s.fresh = true
	for s.blanks(s.astray) {
		s.seen = true
		if !s.value(true) {
			s.nextLine()
		}
	}
	if s.err != nil && !s.done() {
		s.fault(s.at, s.err.Error())
	}
}

// blanks passes what may be between records, behind one that was wrong also
// closing brackets, and reports whether something follows.
func (s *splitter) blanks(brackets bool) bool {
	for !s.done() {
		rest := s.rest()
		i := 0
		for i < len(rest) && (rest[i] == ' ' || rest[i] == '\t' || rest[i] == '\r' || rest[i] == '\n' || rest[i] == ',' ||
			brackets && (rest[i] == ']' || rest[i] == '}')) {
			if rest[i] == '\n' {
				s.fresh = true
			}
			i++
		}
		s.pass(i)
		if i < len(rest) {
			return true
		}
		if !s.more() {
			return false
		}
	}
	return false
}

// value reads a record, or several in a list. It is false when the text has to
// be taken up again at another line.
func (s *splitter) value(outermost bool) bool {
	s.column = 1
	if s.fresh && s.at.Column < 1000 {
		s.column = s.at.Column
	}
	s.fresh = false
	switch c := s.rest()[0]; {
	case c == '[' && outermost:
		return s.list()
	case c == '{', c == '[', c == '"', !outermost && isScalar(c):
		return s.whole(c == '{')
	}
	s.broken(s.at, 1, false)
	return false
}

// isScalar reports whether a byte can begin a number, or true, false and null.
func isScalar(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == 't' || c == 'f' || c == 'n'
}

// list reads the records between brackets.
func (s *splitter) list() bool {
	begins := s.at
	s.pass(1)
	s.nested++
	defer func() { s.nested-- }()
	for s.blanks(false) {
		if s.rest()[0] == ']' {
			s.pass(1)
			return true
		}
		if !s.value(false) {
			return false
		}
	}
	if !s.done() && s.err == nil {
		s.fault(begins, "the text ends inside an array")
	}
	return false
}

// whole reads one value. Of an object, the members that are lists are read
// record by record; the others are then passed over.
func (s *splitter) whole(object bool) bool {
	var e extent
	begins, name, rest := s.at, [2]int{}, s.rest()
	isList, tooLong := false, false // both are passed over
	for i := 0; ; i++ {
		if i > maxRecord || isList && i > chunk {
			if !isList && !tooLong {
				tooLong = true
				s.fault(begins, fmt.Sprintf("a record is longer than %d MiB", maxRecord>>20))
			}
			s.pass(i)
			rest, i, name = s.rest(), 0, [2]int{}
		}
		if i == len(rest) {
			if !s.more() {
				if !tooLong && s.err == nil {
					s.broken(begins, i, isList)
				}
				return false
			}
			rest = s.rest()
		}
		if plain := e.plain(rest[i:]); plain > 0 {
			i += plain - 1
			continue
		}
		b := rest[i]
		if b == '"' && !e.quoted && e.expects == expectsName && len(e.open) == 1 {
			name[0] = i + 1
		}
		if b == '[' && object && !tooLong && s.nested < maxNestedLists && e.atMember() && s.lists(rest[name[0]:name[1]]) {
			s.pass(i)
			if !s.list() {
				return false
			}
			isList, rest, i, name = true, s.rest(), -1, [2]int{}
			e.expects = expectsComma
			continue
		}
		switch e.add(b) {
		case belongs:
			if e.expects == expectsColon && b == '"' {
				name[1] = i
			}
		case broken:
			if !tooLong {
				s.broken(begins, i+1, isList)
			}
			return false
		case follows:
			return s.complete(begins, i, isList || tooLong)
		case ends:
			return s.complete(begins, i+1, isList || tooLong)
		}
	}
}

func (s *splitter) complete(begins syntax.Position, length int, passOver bool) bool {
	if !passOver {
		s.record(s.rest()[:length], begins)
	}
	s.pass(length)
	return true
}

// broken reports a record whose end is not to be found. What was taken for a part
// of it may be the records behind it, which are looked for from its first line on
// as long as not too much is read twice.
func (s *splitter) broken(begins syntax.Position, length int, behindList bool) {
	s.fault(begins, s.wrong(s.rest()[:length], behindList))
	if s.twice += length; s.twice > maxTwice {
		s.pass(length - 1)
	}
}

// wrong says what the decoder finds wrong with the beginning of a record.
func (s *splitter) wrong(text []byte, behindList bool) string {
	if behindList {
		return "not JSON behind the list of records"
	}
	err := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)).SkipValue()
	if offset, reason, ok := syntax.Malformed(err); ok {
		return place{}.unreadable(s.at, syntax.Fault{Position: syntax.PositionIn(text, offset), Reason: reason})
	}
	return "the text ends inside a JSON value"
}

// nextLine goes to where a record may begin again: a line on which { is the
// first thing, in the column of the one that was wrong.
func (s *splitter) nextLine() {
	s.astray = true
	for !s.done() {
		end := bytes.IndexByte(s.rest(), '\n')
		if end < 0 {
			s.pass(len(s.rest()))
			if !s.more() {
				return
			}
			continue
		}
		s.pass(end + 1)
		line := s.head(s.column)
		if len(line) == s.column && line[s.column-1] == '{' && len(bytes.TrimLeft(line, " \t")) == 1 {
			s.fresh = true
			return
		}
	}
}

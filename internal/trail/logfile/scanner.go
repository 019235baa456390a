package logfile

import (
	"errors"
	"fmt"
	"io"
)

// scanner reads a log file, or one record of it, as JSON, and keeps the values
// of the members that matter.
type scanner struct {
	input
	name    []byte         // of the member at hand
	kept    []byte         // the values of the record at hand, one after another
	values  [members]value // where in kept
	listed  []listed
	hasList bool // the answer's tasks are a list

	count      int64
	hasRecords bool
	records    []Record
}

// value is a value that is kept.
type value struct {
	kind       kind
	start, end int
}

type kind uint8

const (
	absent kind = iota // or null
	aString
	aBoolean
	other
)

func newScanner() *scanner {
	return &scanner{input: input{window: make([]byte, 0, windowSize)}, name: make([]byte, 0, 64), kept: make([]byte, 0, 4<<10)}
}

// file reads a whole file. What was complete before an error is in records.
func (s *scanner) file(from io.Reader) error {
	s.input = input{from: from, window: s.window[:0], tape: s.tape}
	s.count, s.hasRecords, s.records = 0, false, nil
	s.kept, s.name = s.kept[:0], s.name[:0]
	if err := s.skipMark(); err != nil {
		return err
	}
	if err := s.value(theFile); err != nil {
		return err
	}
	c, err := s.peek()
	switch {
	case errors.Is(err, errEarly):
		return nil
	case err != nil:
		return err
	}
	return s.wrong(fmt.Sprintf("%q behind the end", c))
}

// depthOfRecords is how many containers a record stands in.
const depthOfRecords = 2

// record reads the record that a text begins with. It is nil if it is not
// wanted; length says where it ends.
func (s *scanner) record(start []byte) (r *Record, length int, err error) {
	own := s.input
	defer func() { s.input = own }()
	s.input = input{window: start, tape: own.tape, depth: depthOfRecords}
	s.records = nil
	if err := s.value(theRecord); err != nil {
		return nil, 0, err
	}
	if len(s.records) == 1 {
		r = &s.records[0]
	}
	return r, s.at, nil
}

func (s *scanner) skipMark() error {
	c, err := s.ahead()
	if err != nil || c != 0xef {
		return err
	}
	for _, want := range byteOrderMark {
		c, err := s.byte()
		if err != nil {
			return err
		}
		if c != want {
			return s.wrong("no value of JSON")
		}
	}
	return nil
}

// value reads any value. m says where it stands.
func (s *scanner) value(m member) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		s.at++
		return s.object(m)
	case '[':
		s.at++
		return s.array(m)
	case '"':
		s.at++
		return s.keepString(m)
	case 't':
		return s.keepWord(m, "true", aBoolean)
	case 'f':
		return s.keepWord(m, "false", aBoolean)
	case 'n':
		return s.keepWord(m, "null", absent)
	}
	s.set(m, value{kind: other})
	return s.number()
}

func (s *scanner) set(m member, v value) {
	if m > theRecord {
		s.values[m] = v
	}
}

func (s *scanner) keepString(m member) error {
	if m <= theRecord {
		if s.short() != nil {
			return nil
		}
		_, err := s.string(nil)
		return err
	}
	start := len(s.kept)
	var err error
	s.kept, err = s.string(s.kept)
	s.values[m] = value{aString, start, len(s.kept)}
	return err
}

func (s *scanner) keepWord(m member, word string, k kind) error {
	if m > theRecord {
		start := len(s.kept)
		s.kept = append(s.kept, word...)
		s.values[m] = value{k, start, len(s.kept)}
	}
	return s.word(word)
}

func (s *scanner) deeper() error {
	s.depth++
	if s.depth > maxDepth {
		return s.wrong(fmt.Sprintf("nested deeper than %d", maxDepth))
	}
	return nil
}

// object reads an object whose brace is read.
func (s *scanner) object(m member) error {
	if err := s.deeper(); err != nil {
		return err
	}
	s.begin(m)
	c, err := s.peek()
	if err != nil {
		return err
	}
	for more := c != '}'; more; {
		child, err := s.memberName(m)
		if err != nil {
			return err
		}
		if err := s.member(m, child); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		if more = c == ','; more {
			s.at++
		}
	}
	if err := s.expect('}'); err != nil {
		return err
	}
	s.depth--
	if m == theRecord {
		s.endRecord()
	}
	return nil
}

// begin prepares for an object or what else stands at m.
func (s *scanner) begin(m member) {
	switch {
	case m == theRecord:
		s.kept = s.kept[:0]
		s.listed, s.hasList = s.listed[:0], false
		clear(s.values[:])
	case m > theRecord:
		s.values[m] = value{kind: other}
	}
}

// member reads the value of an object's member. A name that is repeated means
// its last value.
func (s *scanner) member(of, m member) error {
	switch {
	case m == none:
	case m == theRecords:
		s.count, s.hasRecords, s.records = 0, false, s.records[:0]
	case m == selectors || m == advancedSelectors:
		return s.raw(m)
	default:
		clear(s.values[m : m.within()+1])
		if m == tasks || m == response {
			s.listed, s.hasList = s.listed[:0], false
		}
	}
	return s.value(m)
}

// memberName reads the name of an object's member and the colon.
func (s *scanner) memberName(of member) (member, error) {
	if err := s.expect('"'); err != nil {
		return none, err
	}
	name := s.short()
	if name == nil {
		var err error
		if s.name, err = s.string(s.name[:0]); err != nil {
			return none, err
		}
		name = s.name
	}
	m := none
	if of != none {
		m = of.child(name)
	}
	return m, s.expect(':')
}

// array reads an array whose bracket is read.
func (s *scanner) array(m member) error {
	if err := s.deeper(); err != nil {
		return err
	}
	s.begin(m)
	element := none
	switch m {
	case theRecords:
		element, s.hasRecords = theRecord, true
	case tasks:
		element, s.hasList = theTask, true
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	for more := c != ']'; more; {
		start := len(s.kept)
		if element == theTask {
			clear(s.values[theTask : theTask.within()+1])
		}
		if err := s.value(element); err != nil {
			return err
		}
		switch element {
		case theRecord:
			s.count++
		case theTask:
			s.endTask(start)
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		if more = c == ','; more {
			s.at++
		}
	}
	if err := s.expect(']'); err != nil {
		return err
	}
	s.depth--
	return nil
}

// raw keeps a value as JSON. One that is too long is kept in part, and is no
// JSON then.
func (s *scanner) raw(m member) error {
	if _, err := s.peek(); err != nil {
		return err
	}
	s.taping, s.mark, s.tape = true, s.at, s.tape[:0]
	err := s.value(none)
	s.copyToTape()
	s.taping = false
	start := len(s.kept)
	s.kept = append(s.kept, s.tape...)
	s.values[m] = value{other, start, len(s.kept)}
	return err
}

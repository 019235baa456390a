package logfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// search finds the records that matter without reading every byte as JSON. It
// relies on what holds for text that is JSON:
//
//   - A record that matters has "ecs.amazonaws.com" or "cloudtrail.amazonaws.com"
//     and, in "eventName", the name of one of a few calls; or an escape \u00XX
//     where these, or the names of their members, have a letter or a dot.
//   - A quote that is not escaped opens a string if what follows it could not
//     follow one, and ends a string if what precedes it could not precede one.
//     So the last quote before a bracket mostly tells whether the bracket is in
//     a string, and the brackets tell how many arrays a byte is in.
//   - A brace in one array, behind a comma or the array's bracket, begins an
//     element of that array: a record.
//
// Where this does not tell, the search is not sure, and the scanner has to
// read the file.
type search struct {
	scanner  *scanner
	kept     []byte // of the part before
	window   []byte
	begun    bool // the file's beginning was looked at
	searched int  // bytes of the window
	escaped  int  // up to there escapes are read
	depth    int  // of arrays, at searched
	brackets []bracket

	found   []hit
	end     int // of the last record that was read
	records []Record
}

// hit is a place in a record that may matter.
type hit struct {
	at   int
	sure bool // it has to be read; else its call decides
}

const (
	// behind is how much of what is searched is kept, for the beginning of the
	// record that something is found in.
	behind = 8 << 10
	// margin is what has to be in the window behind a byte that is searched.
	margin = 256
	// maxKept bounds what is kept while a record is not complete.
	maxKept = 256 << 10
)

// errUnsure ends a search that is not sure.
var errUnsure = errors.New("not sure")

func newSearch(s *scanner) *search {
	return &search{scanner: s, kept: make([]byte, 0, maxKept)}
}

// file searches a file. Unless it is sure, the records are not all.
func (s *search) file(from io.WriterTo) (sure bool) {
	*s = search{scanner: s.scanner, kept: s.kept[:0], brackets: s.brackets[:0], found: s.found[:0]}
	if _, err := from.WriteTo(s); err != nil {
		return false
	}
	s.window = s.kept
	return s.part(true) && s.ended()
}

// Write searches the next part of the file: its beginning together with what
// was kept of the part before it, the rest where it lies, which spares a copy.
func (s *search) Write(p []byte) (int, error) {
	head, rest := p, []byte(nil)
	if len(s.found) == 0 && len(p) > behind {
		head, rest = p[:behind], p[behind:]
	}
	s.window = append(s.kept, head...)
	sure := s.part(false)
	switch {
	case !sure || len(rest) == 0:
	case len(s.found) > 0: // a record that is not complete goes on there
		s.window = append(s.window, rest...)
		sure = s.part(false)
	default:
		s.move(len(s.kept))
		s.window = p
		sure = s.part(false)
	}
	if !sure || !s.keep() {
		return 0, errUnsure
	}
	return len(p), nil
}

// keep keeps what is still needed when the next part comes.
func (s *search) keep() bool {
	from := max(0, s.searched-behind)
	if len(s.found) > 0 { // its record is not complete
		from = min(from, s.recordStart(s.found[0].at))
	}
	if from < 0 || len(s.window)-from > maxKept {
		return false
	}
	s.kept = append(s.kept[:0], s.window[from:]...)
	s.move(from)
	return true
}

// move makes a later byte of the window its first.
func (s *search) move(by int) {
	s.searched -= by
	s.escaped -= by
	s.end -= by
	for i := range s.found {
		s.found[i].at -= by
	}
	gone, _ := slices.BinarySearchFunc(s.brackets, by, func(b bracket, at int) int { return b.at - at })
	s.brackets = slices.Delete(s.brackets, 0, gone)
	for i := range s.brackets {
		s.brackets[i].at -= by
	}
}

// part searches what is new in the window.
func (s *search) part(last bool) bool {
	end := len(s.window)
	if !last {
		end -= margin
	}
	if end <= s.searched {
		return s.begun || !last
	}
	if !s.begun && !beginsWithRecords(s.window) {
		return false
	}
	s.begun = true
	if !s.readEscapes(end) || !s.readBrackets(end) {
		return false
	}
	s.readSources(end)
	s.searched = end
	slices.SortFunc(s.found, func(a, b hit) int { return a.at - b.at })
	for len(s.found) > 0 {
		complete, sure := s.read(s.found[0], last)
		if !sure {
			return false
		}
		if !complete {
			break
		}
		s.found = slices.Delete(s.found, 0, 1)
	}
	return true
}

func beginsWithRecords(text []byte) bool {
	text = bytes.TrimPrefix(text, byteOrderMark)
	return bytes.HasPrefix(text, []byte(`{"Records":[`))
}

// readEscapes finds letters that are escaped.
func (s *search) readEscapes(end int) bool {
	w := s.window
	for at := max(s.searched, s.escaped); at < end; {
		i := bytes.IndexByte(w[at:end], '\\')
		if i < 0 {
			return true
		}
		at += i
		if at+1 >= len(w) {
			return false
		}
		switch w[at+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			if at+6 > len(w) || !isHex(w[at+2]) || !isHex(w[at+3]) || !isHex(w[at+4]) || !isHex(w[at+5]) {
				return false
			}
			if isLetter(w[at+2 : at+6]) {
				s.found = append(s.found, hit{at, true})
			}
		default:
			return false
		}
		at += 2
		s.escaped = at
	}
	return true
}

// isLetter reports whether an escape could be part of a call's name, or of a
// member's.
func isLetter(hex []byte) bool {
	if hex[0] != '0' || hex[1] != '0' {
		return false
	}
	switch hex[2] {
	case '4', '5', '6', '7':
		return true
	}
	return false
}

// readSources finds the sources of the calls that matter. Where CloudTrail
// writes the name of the call right behind, only that of one that matters
// counts.
func (s *search) readSources(end int) {
	w := s.window
	for at := s.searched; at < end; at++ {
		i := bytes.IndexByte(w[at:end], 'z') // the rarest letter of a source
		if i < 0 {
			return
		}
		at += i
		if at < 7 {
			continue
		}
		switch binary.LittleEndian.Uint32(w[at-7:]) {
		case ecsEnd, cloudTrailEnd:
		default:
			continue
		}
		if sourceEnds(w[:at]) && nameBegins(w[at:]) {
			s.found = append(s.found, hit{at, false})
		}
	}
}

// The bytes before amazonaws, by which nearly all sources are told from the two
// that matter.
const (
	ecsEnd        = 'e' | 'c'<<8 | 's'<<16 | '.'<<24
	cloudTrailEnd = 'a' | 'i'<<8 | 'l'<<16 | '.'<<24
)

// sourceEnds reports whether a text that ends before the z of amazonaws may
// end a source that matters.
func sourceEnds(text []byte) bool {
	head, ok := bytes.CutSuffix(text, []byte(`"ecs.ama`))
	if !ok {
		head, ok = bytes.CutSuffix(text, []byte(`"cloudtrail.ama`))
	}
	// It may be the value of another member.
	return ok && (!bytes.HasSuffix(head, []byte(`":`)) || bytes.HasSuffix(head, []byte(`"eventSource":`)))
}

// nameBegins reports whether a text that begins with the z of amazonaws may go
// on to the name of a call that matters.
func nameBegins(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(`zonaws.com"`))
	name, known := bytes.CutPrefix(rest, []byte(`,"eventName":"`))
	if !ok || !known {
		return ok
	}
	end := bytes.IndexByte(name[:min(len(name), margin/2)], '"')
	return end >= 0 && (ofECS(name[:end]) || ofCloudTrail(name[:end]))
}

// mayMatter reports whether a part of the text has the name of a call that
// matters.
func mayMatter(text []byte) bool {
	for {
		i := bytes.IndexByte(text, 'N') // the rarest letter of eventName
		if i < 0 {
			return false
		}
		isName := bytes.HasSuffix(text[:i], []byte(`"event`))
		text = text[i+1:]
		value, ok := bytes.CutPrefix(text, []byte(`ame"`))
		if !isName || !ok {
			continue
		}
		if value, ok = bytes.CutPrefix(value, []byte(`:"`)); !ok {
			return true // white space, or no text
		}
		if end := bytes.IndexByte(value, '"'); end >= 0 && (ofECS(value[:end]) || ofCloudTrail(value[:end])) {
			return true
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// begins reports whether a record begins at a brace.
func (s *search) begins(at int) bool {
	w := s.window
	return at > 0 && at+2 < len(w) && (w[at-1] == ',' || w[at-1] == '[') && w[at+1] == '"' && !mayFollow(w[at+2]) && s.depthAt(at) == 1
}

// recordStart is where the record begins that a byte is in, or -1.
func (s *search) recordStart(at int) int {
	for {
		at = bytes.LastIndexByte(s.window[:at], '{')
		if at < 0 || s.begins(at) {
			return at
		}
	}
}

// nextStart is where the record behind a byte begins; where what is searched
// ends if there is none.
func (s *search) nextStart(at int) int {
	for at < s.searched {
		i := bytes.IndexByte(s.window[at:s.searched], '{')
		if i < 0 {
			break
		}
		if at += i; s.begins(at) {
			return at
		}
		at++
	}
	return s.searched
}

// read reads the record that has a hit, unless it has been read, or what is
// there cannot be a record's own member.
func (s *search) read(h hit, last bool) (complete, sure bool) {
	if h.at < s.end || s.depthAt(h.at) > 1 {
		return true, true
	}
	start := s.recordStart(h.at)
	if start < 0 || start < s.end {
		return false, false
	}
	next := s.nextStart(h.at)
	if next == s.searched && !last {
		return false, true
	}
	if !h.sure && !mayMatter(s.window[start:next]) {
		s.end = h.at + 1 // what else is in the record may tell otherwise
		return true, true
	}
	r, length, err := s.scanner.record(s.window[start:next])
	if err != nil || start+length <= h.at {
		return false, false
	}
	s.end = start + length
	if r != nil {
		s.records = append(s.records, *r)
	}
	return true, true
}

// ended reports whether the file ended as it has to: with the list of records.
func (s *search) ended() bool {
	rest := bytes.TrimRight(s.window, " \n\r\t")
	list := len(rest) - len(`]}`)
	if !bytes.HasSuffix(rest, []byte(`]}`)) || s.depth != 1 {
		return false
	}
	outside, sure := s.outside(list, 16)
	return outside && sure
}

package logfile

import (
	"bytes"
	"slices"
)

// bracket is a bracket outside of strings.
type bracket struct{ at, depth int } // depth is that before it

// nearby is how far back from a bracket a quote is looked for.
const nearby = 4 << 10

// readBrackets follows the arrays. In the list of records itself only opening
// brackets are looked for: what closes it has to be at the file's end, and
// what follows it, if it is not, is in no array or in one of its own.
func (s *search) readBrackets(end int) bool {
	for at := s.searched; at < end; {
		closing := end
		if s.depth > 1 {
			closing = s.next(']', at, end)
		}
		next, step := s.next('[', at, closing), +1
		if next == closing {
			step = -1
		}
		if next < end && !s.bracket(next, step) {
			return false
		}
		at = next + 1
	}
	return true
}

// next is where a byte is, from a place on; end if it is nowhere before.
func (s *search) next(c byte, from, end int) int {
	if i := bytes.IndexByte(s.window[from:end], c); i >= 0 {
		return from + i
	}
	return end
}

// bracket counts a bracket that is outside of strings.
func (s *search) bracket(at, step int) bool {
	outside, sure := s.behindString(at), true
	if !outside {
		outside, sure = s.outside(at, 16)
	}
	if !outside {
		return sure
	}
	if s.depth == 1 && bytes.HasSuffix(s.window[:at], []byte(`,"Records":`)) {
		return false // perhaps the file's, and then this one would count
	}
	s.brackets = append(s.brackets, bracket{at, s.depth})
	s.depth += step
	return true
}

// behindString reports whether there is only one byte, or none, between a byte
// and a quote that surely ends a string. It is the quick answer to most of
// what outside is asked.
func (s *search) behindString(at int) bool {
	if at < 3 {
		return false
	}
	w := s.window
	last := w[at-2]
	if w[at-1] != '"' {
		if w[at-2] != '"' {
			return false
		}
		last = w[at-3]
	}
	return !mayPrecede(last) && last != '\\'
}

// outside reports whether a byte that is no quote is outside of strings. tries
// is how many quotes may be asked.
func (s *search) outside(at, tries int) (outside, sure bool) {
	w := s.window
	low := max(0, at-nearby)
	quote := bytes.LastIndexByte(w[low:at], '"') + low
	if quote <= low {
		return false, false
	}
	backslashes := 0
	for i := quote - 1; i >= low && w[i] == '\\'; i-- {
		backslashes++
	}
	switch {
	case quote-backslashes <= low || tries == 0:
		return false, false
	case backslashes%2 == 1:
		return false, true // it is escaped: in a string
	case backslashes > 0:
		return true, true // a backslash is in a string, which ends here
	case !mayFollow(w[quote+1]):
		return false, true // it opens a string
	case !mayPrecede(w[quote-1]):
		return true, true // it ends a string
	case w[quote-1] == '"' && w[quote-2] != '\\':
		return true, true // the empty string
	case w[quote-1] == '"':
		return false, false
	}
	// It opens a string if the byte before it is outside, and ends one if not.
	before, sure := s.outside(quote-1, tries-1)
	return !before, sure
}

// mayFollow reports whether a byte may follow the end of a string.
func mayFollow(c byte) bool {
	return c == ':' || c == ',' || c == '}' || c == ']' || isSpace(c)
}

// mayPrecede reports whether a byte may precede a string, or is a quote.
func mayPrecede(c byte) bool {
	return c == '{' || c == '[' || c == ',' || c == ':' || c == '"' || isSpace(c)
}

// depthAt is how many arrays a byte of the window is in, which is searched.
func (s *search) depthAt(at int) int {
	i, _ := slices.BinarySearchFunc(s.brackets, at, func(b bracket, at int) int { return b.at - at })
	if i < len(s.brackets) {
		return s.brackets[i].depth
	}
	return s.depth
}

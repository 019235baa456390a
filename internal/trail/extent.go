package trail

// extent finds where a JSON value ends, byte by byte, without asking whether it
// is right: that the decoder does. What it refuses are the signs that a record
// was cut off and another one follows: a line break inside a string, an object
// or array where none can be, the wrong closing bracket.
type extent struct {
	open    []byte // the brackets that are open: { or [
	expects expectation
	quoted  bool // inside a string
	escaped bool // behind a backslash there
	scalar  bool // inside a number or a word
}

// expectation is what can come next in an object or array.
type expectation uint8

const (
	expectsValue expectation = iota // also in the beginning, and in an empty array
	expectsName                     // also in an empty object
	expectsColon
	expectsComma
)

// step is what a byte is to a value.
type step uint8

const (
	belongs step = iota
	ends         // its last byte
	follows      // the first one behind a number or a word
	broken
)

// maxNesting is the decoder's own.
const maxNesting = 10_000

// plain is how many bytes of a text change nothing: those inside a string that
// mean themselves.
func (e *extent) plain(text []byte) int {
	if !e.quoted || e.escaped {
		return 0
	}
	for i, b := range text {
		if b == '"' || b == '\\' || b == '\n' {
			return i
		}
	}
	return len(text)
}

// add goes on by one byte.
func (e *extent) add(b byte) step {
	switch {
	case e.quoted:
		return e.inString(b)
	case b == ' ' || b == '\t' || b == '\n' || b == '\r':
		if e.scalar && len(e.open) == 0 {
			return follows
		}
		return belongs
	case e.scalar && len(e.open) == 0 && (b == ',' || b == ']' || b == '}' || b == '{' || b == '[' || b == '"'):
		return follows
	}
	switch b {
	case '{', '[':
		if e.expects != expectsValue || len(e.open) == maxNesting {
			return broken
		}
		e.open = append(e.open, b)
		if b == '{' {
			e.expects = expectsName
		}
	case '}', ']':
		if len(e.open) == 0 || e.open[len(e.open)-1] != b-2 { // { and }, [ and ] are two apart
			return broken
		}
		e.open = e.open[:len(e.open)-1]
		return e.completed()
	case '"':
		e.quoted = true
	case ':':
		e.expects = expectsValue
	case ',':
		e.expects = expectsValue
		if e.inObject() {
			e.expects = expectsName
		}
	default:
		e.scalar = len(e.open) == 0
		e.expects = expectsComma
	}
	return belongs
}

func (e *extent) inString(b byte) step {
	switch {
	case b == '\n':
		return broken
	case e.escaped:
		e.escaped = false
	case b == '\\':
		e.escaped = true
	case b == '"':
		e.quoted = false
		if e.expects == expectsName {
			e.expects = expectsColon
			return belongs
		}
		return e.completed()
	}
	return belongs
}

func (e *extent) completed() step {
	e.expects = expectsComma
	if len(e.open) == 0 {
		return ends
	}
	return belongs
}

func (e *extent) inObject() bool { return len(e.open) > 0 && e.open[len(e.open)-1] == '{' }

// atMember reports whether the next byte begins the value of one of the outer
// object's own members.
func (e *extent) atMember() bool {
	return !e.quoted && len(e.open) == 1 && e.inObject() && e.expects == expectsValue
}

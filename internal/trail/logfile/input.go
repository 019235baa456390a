package logfile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"unicode/utf8"
)

// input is JSON text that is read through a window of fixed size.
type input struct {
	from   io.Reader // nil when the window is all there is
	window []byte
	at     int   // the next byte
	before int64 // bytes read and no longer in the window
	depth  int   // of containers

	taping bool // what is read from mark on is copied to tape
	mark   int
	tape   []byte
}

const (
	windowSize = 64 << 10
	// maxDepth is encoding/json's: deeper text is wrong for it, too.
	maxDepth = 10_000
	// maxText bounds what is kept of one string, maxTape what is kept of a value
	// as JSON.
	maxText = 64 << 10
	maxTape = 1 << 20
)

// errEarly is returned for text that ends inside a value.
var errEarly = errors.New("the JSON text ends early")

// wrong is a place where text is not JSON.
type wrong struct {
	offset int64
	what   string
}

func (w wrong) Error() string { return fmt.Sprintf("not JSON at byte %d: %s", w.offset, w.what) }

func (t *input) wrong(what string) error { return wrong{t.before + int64(t.at), what} }

// fill reads on when the window is used up. What the reader reports is
// returned as it is; the end of the text is errEarly.
func (t *input) fill() error {
	if t.from == nil {
		return errEarly
	}
	t.copyToTape()
	t.before += int64(t.at)
	t.at = 0
	for {
		n, err := t.from.Read(t.window[:cap(t.window)])
		t.window = t.window[:n]
		switch {
		case n > 0:
			return nil // an error comes again
		case errors.Is(err, io.EOF):
			return errEarly
		case err != nil:
			return err
		}
	}
}

func (t *input) copyToTape() {
	if t.taping && len(t.tape) <= maxTape {
		t.tape = append(t.tape, t.window[t.mark:t.at]...)
	}
	t.mark = 0
}

// peek is the next byte that is no white space; it stays unread.
func (t *input) peek() (byte, error) {
	if t.at < len(t.window) && t.window[t.at] > ' ' {
		return t.window[t.at], nil
	}
	return t.peekFar()
}

func (t *input) peekFar() (byte, error) {
	for {
		for t.at < len(t.window) {
			c := t.window[t.at]
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c, nil
			}
			t.at++
		}
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
}

// byte is the next byte, white space or not.
func (t *input) byte() (byte, error) {
	for t.at == len(t.window) {
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
	t.at++
	return t.window[t.at-1], nil
}

// expect reads one byte that has to be there.
func (t *input) expect(c byte) error {
	got, err := t.peek()
	if err != nil {
		return err
	}
	if got != c {
		return t.wrong(fmt.Sprintf("%q instead of %q", got, c))
	}
	t.at++
	return nil
}

// short returns a string whose opening quote is read, if it is all in the
// window and without escapes; nil, and nothing is read, if not.
func (t *input) short() []byte {
	rest := t.window[t.at:]
	n := plain(rest)
	if n == len(rest) || rest[n] != '"' {
		return nil
	}
	t.at += n + 1
	return rest[:n:n]
}

// string reads a string whose opening quote is read. If keep is not nil, the
// string is appended to it, without its escapes, up to maxText bytes.
func (t *input) string(keep []byte) ([]byte, error) {
	start, raw := len(keep), true
	for {
		n := plain(t.window[t.at:])
		if keep != nil {
			keep = append(keep, t.window[t.at:t.at+min(n, max(0, maxText-len(keep)+start))]...)
		}
		t.at += n
		c, err := t.byte()
		switch {
		case err != nil:
			return keep, err
		case c == '"':
			if keep != nil && (!raw || !utf8.Valid(keep[start:])) {
				keep = unescape(keep, start)
			}
			return keep, nil
		case c == '\\':
			raw = false
			if keep, err = t.escape(keep, start); err != nil {
				return keep, err
			}
		case c < ' ':
			t.at--
			return keep, t.wrong("a control character in a string")
		default: // the first byte of a new window
			t.at--
		}
	}
}

// escape reads what follows a backslash, and keeps it as it is written.
func (t *input) escape(keep []byte, start int) ([]byte, error) {
	c, err := t.byte()
	if err != nil {
		return keep, err
	}
	written := [6]byte{'\\', c}
	n := 2
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		for ; n < 6; n++ {
			if written[n], err = t.byte(); err != nil {
				return keep, err
			}
			if !isHex(written[n]) {
				t.at--
				return keep, t.wrong("not four hexadecimal digits after \\u")
			}
		}
	default:
		t.at--
		return keep, t.wrong("no such escape")
	}
	if keep != nil && len(keep)-start+n <= maxText {
		keep = append(keep, written[:n]...)
	}
	return keep, nil
}

// unescape rewrites the end of a text, from start on, as encoding/json reads
// it: escapes are resolved, what is no UTF-8 is replaced.
func unescape(keep []byte, start int) []byte {
	quoted := make([]byte, 0, len(keep)-start+2)
	quoted = append(append(append(quoted, '"'), keep[start:]...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return keep[:start] // cut inside an escape at maxText: nothing that is asked for is that long
	}
	return append(keep[:start], s...)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain counts the bytes before the first quote, backslash or control
// character, eight at a time.
func plain(s []byte) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		x := binary.LittleEndian.Uint64(s[n:])
		quote, backslash := x^(ones*'"'), x^(ones*'\\')
		// The lowest mark is right; those above it need not be.
		found := ((quote-ones)&^quote | (backslash-ones)&^backslash | (x-ones*' ')&^x) & highs
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}

// word reads true, false or null, of which the first letter is known.
func (t *input) word(w string) error {
	for i := range len(w) {
		c, err := t.byte()
		if err != nil {
			return err
		}
		if c != w[i] {
			t.at--
			return t.wrong("no value of JSON")
		}
	}
	return nil
}

// number reads a number. It ends at the first byte that is not part of it,
// which may be the end of the text.
func (t *input) number() error {
	c, err := t.byte()
	if err == nil && c == '-' {
		c, err = t.byte()
	}
	if err != nil {
		return err
	}
	if c < '0' || c > '9' {
		t.at--
		return t.wrong("no value of JSON")
	}
	if c != '0' {
		if err := t.digits(); err != nil {
			return err
		}
	}
	if c, err := t.ahead(); err != nil || c == '.' {
		if err != nil {
			return err
		}
		t.at++
		if err := t.oneDigit(); err != nil {
			return err
		}
	}
	if c, err := t.ahead(); err != nil || c == 'e' || c == 'E' {
		if err != nil {
			return err
		}
		t.at++
		if sign, err := t.ahead(); err == nil && (sign == '+' || sign == '-') {
			t.at++
		}
		return t.oneDigit()
	}
	return nil
}

// oneDigit reads at least one digit.
func (t *input) oneDigit() error {
	c, err := t.byte()
	if err != nil {
		return err
	}
	if c < '0' || c > '9' {
		t.at--
		return t.wrong("a number without digits")
	}
	return t.digits()
}

func (t *input) digits() error {
	for {
		c, err := t.ahead()
		if err != nil || c < '0' || c > '9' {
			return err
		}
		t.at++
	}
}

// ahead is the next byte, unread; 0 at the end of the text.
func (t *input) ahead() (byte, error) {
	for t.at == len(t.window) {
		if err := t.fill(); errors.Is(err, errEarly) {
			return 0, nil
		} else if err != nil {
			return 0, err
		}
	}
	return t.window[t.at], nil
}

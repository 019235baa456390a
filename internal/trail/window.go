package trail

import (
	"bytes"
	"errors"
	"io"

	"fipsguard/internal/syntax"
)

// window is a text of which a part is in memory: what was read and is not passed
// yet. It counts lines; it does not remember where they are.
type window struct {
	from io.Reader // nil when all of the text is in memory
	text []byte
	next int             // of text, the first byte that is not passed
	at   syntax.Position // where that byte is
	err  error           // why nothing more can be read; nil at the end
}

func newWindow(from io.Reader) *window {
	return &window{from: from, at: syntax.Position{Line: 1, Column: 1}}
}

func windowOn(text []byte) *window {
	return &window{text: text, at: syntax.Position{Line: 1, Column: 1}}
}

// rest is what is in memory, from the first byte that is not passed. It holds
// until the next call.
func (w *window) rest() []byte { return w.text[w.next:] }

// chunk is how much room there is to read into at first.
const chunk = 64 << 10

// more reads on and reports whether there is more of rest. Nobody asks for it
// who needs more of rest than maxRecord.
func (w *window) more() bool {
	if w.from == nil {
		return false
	}
	if w.next > 0 {
		w.text = w.text[:copy(w.text, w.rest())]
		w.next = 0
	}
	if len(w.text) == cap(w.text) {
		grown := make([]byte, len(w.text), max(min(4*cap(w.text), maxRecord+chunk), chunk))
		copy(grown, w.text)
		w.text = grown
	}
	before := len(w.text)
	for range 100 {
		n, err := w.from.Read(w.text[before:cap(w.text)])
		w.text = w.text[:before+n]
		if err != nil {
			w.from = nil
			if !errors.Is(err, io.EOF) {
				w.err = err
			}
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	w.from, w.err = nil, io.ErrNoProgress
	return false
}

// head is the beginning of rest, of a length if there is so much.
func (w *window) head(length int) []byte {
	for len(w.rest()) < length && w.more() {
	}
	return w.rest()[:min(length, len(w.rest()))]
}

// pass goes on by n bytes of rest.
func (w *window) pass(n int) {
	passed := w.text[w.next : w.next+n]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		w.at.Line += bytes.Count(passed, []byte("\n"))
		w.at.Column = n - last
	} else {
		w.at.Column += n
	}
	w.next += n
}

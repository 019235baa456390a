package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Read yields the events of a file in their order: EventBridge events and
// CloudTrail records, bare or in what Wrappers lists. It is read as a stream:
// memory does not grow with the file.
//
// Each record stands alone. An error is a syntax.Fault that says where the
// record begins and what is wrong with it; the records after it follow. A file
// that cannot be read on is an error as well.
func Read(r io.Reader) iter.Seq2[guard.Event, error] {
	return func(yield func(guard.Event, error) bool) {
		reading := reader{yield: yield, wrappers: Wrappers()}
		reading.stream(counted{r, &reading.ration}, place{})
	}
}

// reader hands on what it reads until nobody wants more.
type reader struct {
	yield    func(guard.Event, error) bool
	stopped  bool
	wrappers []Wrapper
	ration   ration
}

func (r *reader) done() bool { return r.stopped }

func (r *reader) event(e guard.Event) {
	if !r.stopped {
		r.stopped = !r.yield(e, nil)
	}
}

func (r *reader) fault(in place, at syntax.Position, reason string) {
	if !r.stopped {
		r.stopped = !r.yield(guard.Event{}, in.fault(at, reason))
	}
}

// stream reads a text that may be packed.
func (r *reader) stream(from io.Reader, in place) {
	text, err := plain(from, &r.ration)
	if err != nil {
		r.fault(in, syntax.Position{Line: 1, Column: 1}, err.Error())
		return
	}
	r.text(newWindow(text), in)
}

// inner reads a text that a record is a wrapper of.
func (r *reader) inner(text []byte, in place) {
	switch {
	case in.depth > maxDepth:
		r.fault(in, syntax.Position{}, "there are more wrappers around it than are taken off")
		return
	case len(text) > maxWrapped:
		r.fault(in, syntax.Position{}, fmt.Sprintf("the text is longer than %d MiB", maxWrapped>>20))
		return
	}
	if !isPlain(text) {
		r.stream(bytes.NewReader(text), in)
		return
	}
	r.text(windowOn(text), in)
}

func (r *reader) text(w *window, in place) {
	fault := func(at syntax.Position, reason string) { r.fault(in, at, reason) }
	head := w.head(4096)
	if name := looksLikeText(head); name != "" {
		fault(w.at, name)
		return
	}
	if columns, ok := columnsOf(head); ok {
		t := table{window: w, columns: columns, fault: fault, done: r.done}
		t.read(func(row map[string]string, at syntax.Position) { r.row(row, in, at) })
		return
	}
	s := splitter{window: w, lists: isList, fault: fault, done: r.done}
	s.record = func(text []byte, at syntax.Position) { r.value(text, in, at) }
	s.split()
	if !s.seen && w.err == nil {
		fault(w.at, "the text is empty")
	}
}

// value reads one JSON value.
func (r *reader) value(text []byte, in place, at syntax.Position) {
	switch text[0] {
	case '{':
		r.object(text, in, at)
	case '[':
		r.array(text, in, at)
	case '"':
		r.quoted(text, in, at)
	default:
		r.fault(in, at, "a JSON "+kindName(jsontext.Value(text).Kind())+", which is no record")
	}
}

// object reads an event or a wrapper. What is an event is never a wrapper: only
// of what is none is anything taken off.
func (r *reader) object(text []byte, in place, at syntax.Position) {
	event, isEvent := guard.Event{}, false
	var doc document
	err := doc.decode(text)
	if err == nil {
		event, err = doc.event()
		isEvent = err == nil
	}
	switch {
	case isEvent && !doc.isReturned():
		r.event(event)
		return
	case r.unwrap(text, in, at):
		return
	}
	if !isEvent {
		event, isEvent = notOfCalls(text)
	}
	switch {
	case isEvent:
		r.event(event)
	case errors.Is(err, ErrNotAnEvent):
		r.fault(in, at, err.Error()+looksLike(text))
	default:
		r.fault(in, at, in.unreadable(at, err))
	}
}

// array reads a row of a table: what a query or `--query` returns.
func (r *reader) array(text []byte, in place, at syntax.Position) {
	var cells []jsontext.Value
	if err := json.Unmarshal(text, &cells, decodeOptions, jsontext.AllowDuplicateNames(true)); err != nil {
		r.fault(in, at, in.unreadable(at, located(err, text)))
		return
	}
	if row, ok := rowOf(cells); ok {
		r.row(row, in, at)
		return
	}
	found := false
	for _, cell := range cells {
		// Other columns are the texts and numbers beside the record.
		if cell[0] == '{' || cell[0] == '"' && holdsJSON(cell) {
			found = true
			r.value(cell, in, at)
		}
	}
	if !found {
		r.fault(in, at, "a row without a record: ask for CloudTrailEvent as well")
	}
}

// quoted reads a text in which a record is written as JSON.
func (r *reader) quoted(text []byte, in place, at syntax.Position) {
	inner, err := jsontext.AppendUnquote(nil, text)
	if err != nil || !holdsJSON(text) {
		r.fault(in, at, "a text in which there is no record")
		return
	}
	r.inner(inner, in.inside(at, "text"))
}

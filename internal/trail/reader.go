package trail

import (
	"bufio"
	"bytes"
	"errors"
	"fipsguard/internal/guard"
	"fmt"
	"io"
	"iter"

	"fipsguard/internal/syntax"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
)

// maxRecord bounds what one record may take, which bounds memory. CloudTrail's
// own limit for what it delivers is far below it.
const maxRecord = 16 << 20

// Read yields the events of a file in their order: EventBridge events or
// CloudTrail records one after another or in an array, CloudTrail's log
// objects {"Records":[…]}, and what `aws cloudtrail lookup-events` prints. The
// text may be gzip-compressed and may start with a byte order mark. It is read
// as a stream: memory does not grow with the file. After an error, which says
// where it is, nothing follows.
func Read(r io.Reader) iter.Seq2[guard.Event, error] {
	return func(yield func(guard.Event, error) bool) {
		text, err := plain(r)
		if err != nil {
			yield(guard.Event{}, err)
			return
		}
		lines := &lineReader{from: text}
		in := jsontext.NewDecoder(lines, decodeOptions)
		emit := func(d *document) error {
			lines.recordEnds(in.InputOffset())
			event, err := d.event()
			if err != nil {
				return err
			}
			if !yield(event, nil) {
				return errStopped
			}
			return nil
		}
		for read := false; ; read = true {
			err := readValue(in, emit)
			switch {
			case errors.Is(err, io.EOF) && in.StackDepth() == 0 && read:
				return
			case errors.Is(err, io.EOF) && in.StackDepth() == 0:
				yield(guard.Event{}, errors.New("the text is empty"))
				return
			case errors.Is(err, errStopped):
				return
			case err != nil:
				yield(guard.Event{}, lines.locate(err, in))
				return
			}
		}
	}
}

// errStopped ends the reading when the caller has seen enough.
var errStopped = errors.New("stopped")

// readValue reads one top-level value, or the elements of one array.
func readValue(in *jsontext.Decoder, emit func(*document) error) error {
	if in.PeekKind() != '[' {
		return readDocument(in, emit)
	}
	return readArray(in, emit)
}

func readArray(in *jsontext.Decoder, emit func(*document) error) error {
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	for in.PeekKind() != ']' {
		if err := readDocument(in, emit); err != nil {
			return err
		}
	}
	_, err := in.ReadToken()
	return err
}

func readDocument(in *jsontext.Decoder, emit func(*document) error) error {
	records, events := recordLog{emit: emit}, lookupLog{emit: emit}
	doc := document{Records: &records, Events: &events}
	if err := json.UnmarshalDecode(in, &doc); err != nil {
		return err
	}
	if records.seen || events.seen {
		return nil
	}
	return emit(&doc)
}

// recordLog hands on the elements of "Records" while they are decoded.
type recordLog struct {
	emit func(*document) error
	seen bool
}

func (l *recordLog) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if l.emit == nil || in.PeekKind() != '[' {
		return ErrNotAnEvent
	}
	l.seen = true
	return readArray(in, l.emit)
}

// lookupLog hands on the records that LookupEvents puts into its answer as
// texts.
type lookupLog struct {
	emit func(*document) error
	seen bool
}

func (l *lookupLog) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if l.emit == nil || in.PeekKind() != '[' {
		return ErrNotAnEvent
	}
	l.seen = true
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	for in.PeekKind() != ']' {
		var found struct {
			CloudTrailEvent string `json:"CloudTrailEvent"`
		}
		if err := json.UnmarshalDecode(in, &found); err != nil {
			return err
		}
		var doc document
		if err := json.Unmarshal([]byte(found.CloudTrailEvent), &doc, decodeOptions); err != nil {
			// The position would be one inside the text, not in the file.
			return fmt.Errorf("CloudTrailEvent: %v", err)
		}
		if err := l.emit(&doc); err != nil {
			return err
		}
	}
	_, err := in.ReadToken()
	return err
}

var (
	gzipMagic     = []byte{0x1f, 0x8b}
	byteOrderMark = []byte("\ufeff")
)

// plain takes off compression and a byte order mark.
func plain(r io.Reader) (io.Reader, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	if head, _ := text.Peek(len(gzipMagic)); bytes.Equal(head, gzipMagic) {
		unzipped, err := gzip.NewReader(text)
		if err != nil {
			return nil, fmt.Errorf("not a gzip file: %w", err)
		}
		text = bufio.NewReaderSize(unzipped, 64<<10)
	}
	if head, _ := text.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		if _, err := text.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// lineReader knows where lines start, as far back as the last complete record,
// and refuses a record without end.
type lineReader struct {
	from     io.Reader
	read     int64   // bytes read so far
	record   int64   // offset at which the last complete record ended
	line     int64   // line breaks that are forgotten
	start    int64   // offset of the first byte behind the last forgotten line break
	newlines []int64 // offsets of the line breaks behind it
}

func (l *lineReader) Read(p []byte) (int, error) {
	if l.read-l.record > maxRecord {
		return 0, fmt.Errorf("a record is longer than %d MiB", maxRecord>>20)
	}
	n, err := l.from.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			l.newlines = append(l.newlines, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// recordEnds forgets the lines before an offset.
func (l *lineReader) recordEnds(offset int64) {
	l.record = offset
	done := 0
	for done < len(l.newlines) && l.newlines[done] < offset {
		l.start = l.newlines[done] + 1
		done++
	}
	l.line += int64(done)
	l.newlines = append(l.newlines[:0], l.newlines[done:]...)
}

func (l *lineReader) position(offset int64) syntax.Position {
	line, start := l.line, l.start
	for _, newline := range l.newlines {
		if newline >= offset {
			break
		}
		line++
		start = newline + 1
	}
	return syntax.Position{Line: int(line) + 1, Column: int(offset-start) + 1}
}

// locate says where an error is; one that is not about the text's form is put
// at the record that was read last.
func (l *lineReader) locate(err error, in *jsontext.Decoder) error {
	where := located(err, l.position)
	var semantic *json.SemanticError
	if _, _, ok := syntax.Malformed(err); ok || errors.As(err, &semantic) {
		return where
	}
	return fmt.Errorf("%v: %w", l.position(in.InputOffset()), where)
}

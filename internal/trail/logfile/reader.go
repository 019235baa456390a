package logfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Reader reads files, one after another, in the same memory.
type Reader struct {
	scanner *scanner
	search  *search
	hash    hash.Hash
	zip     gzip.Reader
	head    bytes.Buffer // the first bytes of the file
	whole   bool         // they are all
	packed  *bufio.Reader
	drained []byte
}

// headSize is how much of a file is read at once. A smaller file is decoded
// from there, which is a little faster, and need not be opened again.
const headSize = 4 << 20

// NewReader returns a reader for one goroutine.
func NewReader() *Reader {
	s := newScanner()
	return &Reader{
		scanner: s, search: newSearch(s), hash: sha256.New(),
		packed: bufio.NewReaderSize(nil, 64<<10), drained: make([]byte, 32<<10),
	}
}

// Read reads a file. The error is one of opening or reading it; what is wrong
// with what it holds is in the contents.
func (r *Reader) Read(open Opener, o Options) (Contents, error) {
	r.whole = false
	if !o.Thorough {
		c, sure, err := r.read(open, o, r.find)
		if sure || err != nil {
			return c, err
		}
	}
	c, _, err := r.read(open, o, r.scan)
	return c, err
}

// method is a way to read a text. Unless it is sure, another has to.
type method func(*stream) (c Contents, sure bool)

func (r *Reader) read(open Opener, o Options, method method) (c Contents, sure bool, err error) {
	if r.whole {
		c, sure = r.decode(bytes.NewReader(r.head.Bytes()), o, method)
		return c, sure, nil
	}
	file, err := open()
	if err != nil {
		return Contents{}, false, err
	}
	defer func() { _ = file.Close() }()
	r.head.Reset()
	if _, err := r.head.ReadFrom(io.LimitReader(file, headSize)); err != nil {
		return Contents{}, false, err
	}
	if r.head.Len() < headSize {
		r.whole = true
		return r.read(open, o, method)
	}
	rest := &stream{from: file}
	r.packed.Reset(io.MultiReader(bytes.NewReader(r.head.Bytes()), rest))
	c, sure = r.decode(r.packed, o, method)
	return c, sure, rest.err
}

// decode reads a file that is open.
func (r *Reader) decode(file io.Reader, o Options, method method) (Contents, bool) {
	head := r.head.Bytes()
	if len(head) == 0 {
		return Contents{Packing: Damage{Fault: Empty}}, true
	}
	s := &stream{from: file}
	if o.Hash {
		r.hash.Reset()
		s.hash = r.hash
	}
	if bytes.HasPrefix(head, gzipMagic) {
		if err := r.zip.Reset(file); err != nil {
			return Contents{Packing: packingDamage(err)}, true
		}
		s.from = &r.zip
		return r.finish(s, method)
	}
	// Without a checksum only the scanner notices damage.
	c, _ := r.finish(s, r.scan)
	if damaged := c.Text.Fault == Truncated || c.Text.Fault == Corrupt; o.Gzip && damaged && !looksLikeJSON(head) {
		return Contents{Packing: Damage{Fault: NotGzip}}, true
	}
	return c, true
}

// finish reads a text to its end.
func (r *Reader) finish(s *stream, method method) (Contents, bool) {
	c, sure := method(s)
	if !sure {
		return Contents{}, false
	}
	s.drain(r.drained)
	c.Bytes = s.bytes
	if s.hash != nil {
		s.hash.Sum(c.SHA256[:0])
	}
	if s.err != nil {
		c.Packing, c.Text = packingDamage(s.err), Damage{}
	}
	return c, true
}

func packingDamage(err error) Damage {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return Damage{Truncated, "the gzip stream ends early"}
	}
	return Damage{Corrupt, err.Error()}
}

// find reads a text with the search.
func (r *Reader) find(s *stream) (Contents, bool) {
	sure := r.search.file(s)
	return Contents{Records: r.search.records, Count: -1}, sure
}

// scan reads a text with the scanner.
func (r *Reader) scan(s *stream) (Contents, bool) {
	err := r.scanner.file(s)
	c := Contents{Records: r.scanner.records, Count: r.scanner.count}
	var at wrong
	switch {
	case err == nil && !r.scanner.hasRecords:
		c.Text = Damage{NoRecords, "it has no list Records"}
	case errors.Is(err, errEarly):
		c.Text = Damage{Truncated, fmt.Sprintf("the JSON text ends early, after %d bytes", s.bytes)}
	case errors.As(err, &at):
		c.Text = Damage{Corrupt, at.Error()}
	}
	return c, true
}

// Text reads a small file whole: its text, unpacked. named says that its name
// says gzip.
func Text(file io.Reader, named bool, limit int64) ([]byte, Damage, error) {
	packed, err := io.ReadAll(io.LimitReader(file, limit))
	switch {
	case err != nil:
		return nil, Damage{}, err
	case len(packed) == 0:
		return nil, Damage{Fault: Empty}, nil
	case !bytes.HasPrefix(packed, gzipMagic) && named && !looksLikeJSON(packed):
		return nil, Damage{Fault: NotGzip}, nil
	case !bytes.HasPrefix(packed, gzipMagic):
		return packed, Damage{}, nil
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, packingDamage(err), nil
	}
	text, err := io.ReadAll(io.LimitReader(unzipped, limit))
	if err != nil {
		return nil, packingDamage(err), nil
	}
	return text, Damage{}, nil
}

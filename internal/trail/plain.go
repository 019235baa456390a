package trail

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A gzip stream may grow to maxRatio times the bytes of the file, all the streams
// that are wrapped in it taken together, and to freeBytes in any case. Real logs
// shrink to a tenth or a thirtieth.
const (
	maxRatio  = 200
	freeBytes = 64 << 20
)

// ration counts what a file grows to.
type ration struct{ read, unpacked int64 }

// counted is a file of which the bytes that are read count.
type counted struct {
	from   io.Reader
	ration *ration
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.ration.read += int64(n)
	return n, err
}

// unpacked is a gzip stream that ends where it has grown too much.
type unpacked struct {
	from   io.Reader
	ration *ration
}

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	u.ration.unpacked += int64(n)
	switch {
	case u.ration.unpacked > freeBytes+maxRatio*u.ration.read:
		return 0, fmt.Errorf("gzip: the text grows to more than %d times the file", maxRatio)
	case err != nil && !errors.Is(err, io.EOF):
		return n, fmt.Errorf("gzip: %w", err)
	}
	return n, err
}

// The first bytes of a text that is in another form.
var (
	gzipMagic    = []byte{0x1f, 0x8b}
	utf8Mark     = []byte("\ufeff")
	littleEndian = []byte{0xff, 0xfe}
	bigEndian    = []byte{0xfe, 0xff}
)

// isPlain reports whether a text is as it was written: not packed, in UTF-8, and
// without a byte order mark.
func isPlain(text []byte) bool {
	for _, magic := range [][]byte{gzipMagic, utf8Mark, littleEndian, bigEndian} {
		if bytes.HasPrefix(text, magic) {
			return false
		}
	}
	return true
}

// plain takes off gzip, also twice, UTF-16 and a byte order mark.
func plain(from io.Reader, r *ration) (io.Reader, error) {
	const layers = 2
	text := bufio.NewReaderSize(from, 64<<10)
	for range layers {
		if head, _ := text.Peek(len(gzipMagic)); !bytes.Equal(head, gzipMagic) {
			break
		}
		unzipped, err := gzip.NewReader(text)
		if err != nil {
			return nil, fmt.Errorf("not a gzip file: %w", err)
		}
		text = bufio.NewReaderSize(unpacked{unzipped, r}, 64<<10)
	}
	head, _ := text.Peek(len(utf8Mark))
	switch {
	case bytes.Equal(head, utf8Mark):
		_, err := text.Discard(len(utf8Mark))
		return text, err
	case bytes.HasPrefix(head, littleEndian):
		return &fromUTF16{text: text, order: binary.LittleEndian}, nil
	case bytes.HasPrefix(head, bigEndian):
		return &fromUTF16{text: text, order: binary.BigEndian}, nil
	}
	return text, nil
}

// fromUTF16 turns UTF-16, in which Windows PowerShell redirects output, into
// UTF-8. The byte order mark is left out.
type fromUTF16 struct {
	text  *bufio.Reader
	order binary.ByteOrder
	ready []byte // that did not fit
	space [4]byte
}

func (f *fromUTF16) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(f.ready) == 0 {
			r, err := f.next()
			if err != nil {
				if n > 0 {
					return n, nil // the error comes again
				}
				return 0, err
			}
			if r == '\ufeff' {
				continue
			}
			f.ready = f.space[:utf8.EncodeRune(f.space[:], r)]
		}
		copied := copy(p[n:], f.ready)
		n, f.ready = n+copied, f.ready[copied:]
	}
	return n, nil
}

// next is one character. Half of a pair is the replacement character.
func (f *fromUTF16) next() (rune, error) {
	unit, err := f.unit()
	if err != nil {
		return 0, err
	}
	if _, err := f.text.Discard(2); err != nil {
		return 0, err
	}
	if !utf16.IsSurrogate(rune(unit)) {
		return rune(unit), nil
	}
	low, err := f.unit()
	if err != nil {
		return utf8.RuneError, nil
	}
	pair := utf16.DecodeRune(rune(unit), rune(low))
	if pair != utf8.RuneError {
		_, err = f.text.Discard(2)
	}
	return pair, err
}

// unit is the next two bytes, which stay there.
func (f *fromUTF16) unit() (uint16, error) {
	two, err := f.text.Peek(2)
	if len(two) == 1 {
		return 0, errors.New("UTF-16: the text ends inside a character")
	}
	if len(two) < 2 {
		return 0, err
	}
	return f.order.Uint16(two), nil
}

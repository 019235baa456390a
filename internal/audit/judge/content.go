package judge

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// content is what is in a log.
type content struct {
	plain   []byte // uncompressed, as far as it could be
	records []any  // complete ones, in the file's order
}

func nameTime(layout, text string) second {
	t, err := time.Parse(layout, text)
	if err != nil {
		return 0
	}
	return second(t.Unix())
}

// uncompress returns the plain bytes, as far as they can be had, and the fault
// of the file as bytes and as gzip.
func uncompress(name string, raw []byte) (content, string) {
	switch {
	case len(raw) == 0:
		return content{}, "empty"
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
	case strings.HasSuffix(name, ".gz") && !json.Valid(withoutMark(raw)):
		return content{}, "not-gzip"
	default:
		return content{plain: raw}, ""
	}
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return content{}, gzipFault(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		return content{plain: plain}, gzipFault(err)
	}
	return content{plain: plain}, ""
}

func gzipFault(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "truncated"
	}
	return "corrupt"
}

// withoutMark leaves out a byte order mark.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) }

// decode fills in the records that are complete, and returns the fault of the
// file as JSON.
func (c *content) decode() string {
	text := withoutMark(c.plain)
	var valid json.RawMessage
	err := json.Unmarshal(text, &valid)
	if err == nil {
		var whole any
		_ = decoder(text).Decode(&whole)
		records, is := get(whole, "Records").([]any)
		if !is {
			return "no-records"
		}
		c.records = records
		return ""
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return "corrupt"
	}
	// A text that ends inside a literal or an escape is one that ends early, too.
	if errors.Is(decoder(text).Decode(&valid), io.ErrUnexpectedEOF) || len(bytes.TrimSpace(text)) == 0 {
		c.records = completeRecords(text)
		return "truncated"
	}
	c.records = completeRecords(text[:syntax.Offset-1]) // Offset counts the byte at fault
	return "corrupt"
}

// decoder takes numbers as they are, of any size.
func decoder(text []byte) *json.Decoder {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d
}

// completeRecords returns the elements of the top-level array Records that the
// text, which breaks off, has whole.
func completeRecords(text []byte) []any {
	decoder := decoder(text)
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for {
		name, err := decoder.Token()
		if err != nil {
			return nil
		}
		if name == "Records" {
			break
		}
		var skipped any
		if decoder.Decode(&skipped) != nil {
			return nil
		}
	}
	if t, err := decoder.Token(); err != nil || t != json.Delim('[') {
		return nil
	}
	var records []any
	for {
		var r any
		if !decoder.More() || decoder.Decode(&r) != nil {
			return records
		}
		records = append(records, r)
	}
}

package evidence

import (
	"encoding/json"
	"fmt"
	"io"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxReport bounds what Read takes: a report of 10,000 tasks has about 8 MB.
const maxReport = 64 << 20

// WriteJSON writes a document as docs/schema/evidence.v1.schema.json has it,
// as one line.
func WriteJSON(out io.Writer, d Document) error {
	// Streamed: the standard library's encoder holds a whole document, which of
	// 10,000 tasks has 10 MB.
	err := jsonv2.MarshalWrite(out, d, jsontext.EscapeForHTML(true))
	if err == nil {
		_, err = io.WriteString(out, "\n")
	}
	if err != nil {
		return fmt.Errorf("write report %s: %w", d.ID, err)
	}
	return nil
}

// JSON is what WriteJSON writes. It is measured first: a buffer that grows has
// twice the size of what it holds, and what it had before besides.
func JSON(d Document) ([]byte, error) {
	var size counter
	if err := WriteJSON(&size, d); err != nil {
		return nil, err
	}
	text := make(content, 0, size)
	err := WriteJSON(&text, d)
	return text, err
}

type counter int

func (c *counter) Write(part []byte) (int, error) {
	*c += counter(len(part))
	return len(part), nil
}

// content is a bytes.Buffer that does not grow by itself.
type content []byte

func (c *content) Write(part []byte) (int, error) {
	*c = append(*c, part...)
	return len(part), nil
}

// Read reads what WriteJSON wrote.
func Read(in io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxReport+1))
	if err != nil {
		return Document{}, fmt.Errorf("read report: %w", err)
	}
	if len(data) > maxReport {
		return Document{}, fmt.Errorf("read report: it is larger than %d MiB", maxReport>>20)
	}
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		return Document{}, fmt.Errorf("read report: %w", err)
	}
	d.SHA256 = Digest(data)
	if d.Schema != Schema {
		return Document{}, fmt.Errorf("read report: its schema is %q; this program reads %s", d.Schema, Schema)
	}
	return d, nil
}

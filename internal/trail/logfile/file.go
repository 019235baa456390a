package logfile

import (
	"bytes"
	"crypto/sha256"
	"io"
)

// Fault is what is wrong with a file.
type Fault string

const (
	Empty     Fault = "empty"      // 0 bytes
	NotGzip   Fault = "not-gzip"   // named as gzip, and neither that nor JSON
	Truncated Fault = "truncated"  // gzip or JSON ends early
	Corrupt   Fault = "corrupt"    // gzip, its checksum or JSON is wrong midway
	NoRecords Fault = "no-records" // JSON without a list of records
)

// Damage is a fault and its cause. The zero value is none.
type Damage struct {
	Fault Fault
	Cause string
}

// Contents is what one file holds.
type Contents struct {
	Packing Damage   // of the file as it lies there: gzip, or nothing at all
	Text    Damage   // of the JSON text in it
	Records []Record // those that matter and are complete before any damage
	Count   int64    // of all records; -1 when they were not counted
	Bytes   int64    // of the text, as far as it could be read
	SHA256  [sha256.Size]byte
}

// Options say how a file is read.
type Options struct {
	Gzip     bool // its name says gzip
	Hash     bool // compute SHA256
	Thorough bool // read every byte as JSON, even where a search would do
}

// Opener opens a file, perhaps more than once.
type Opener func() (io.ReadCloser, error)

var (
	gzipMagic     = []byte{0x1f, 0x8b}
	byteOrderMark = []byte("\ufeff")
)

// looksLikeJSON reports whether a text begins as an object or an array.
func looksLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), " \n\r\t")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

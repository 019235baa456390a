package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"fipsguard/internal/trail/logfile"

	"github.com/klauspost/compress/gzip"
)

// Index remembers what files held, so that an audit that is repeated reads only
// what is new. A file is known by its path and its tag. A nil index remembers
// nothing.
type Index struct {
	mu    sync.Mutex
	known map[string]indexed
}

// indexed is a file that was read.
type indexed struct {
	Path     string            `json:"path"`
	Tag      string            `json:"tag"`
	Hashed   bool              `json:"hashed,omitempty"`
	Thorough bool              `json:"thorough,omitempty"`
	Log      *logfile.Contents `json:"log,omitempty"`
	Digest   *digestFile       `json:"digest,omitempty"`
}

// digestFile is a digest's text, and the signature that lies beside it.
type digestFile struct {
	Text      []byte         `json:"text"`
	Signature string         `json:"signature,omitempty"`
	Damage    logfile.Damage `json:"damage"`
}

const indexSchema = "fipsguard.audit-index/v1"

// ReadIndex reads an index that Write wrote.
func ReadIndex(r io.Reader) (*Index, error) {
	index := &Index{known: map[string]indexed{}}
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	lines := json.NewDecoder(unzipped)
	var schema string
	if err := lines.Decode(&schema); err != nil || schema != indexSchema {
		return nil, fmt.Errorf("read the index: it is no %s", indexSchema)
	}
	for {
		var one indexed
		err := lines.Decode(&one)
		switch {
		case errors.Is(err, io.EOF):
			return index, nil
		case err != nil:
			return nil, fmt.Errorf("read the index: %w", err)
		}
		index.known[one.Path] = one
	}
}

// NewIndex is an index that knows no file.
func NewIndex() *Index { return &Index{known: map[string]indexed{}} }

// Write writes the index.
func (x *Index) Write(w io.Writer) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	zipped := gzip.NewWriter(w)
	lines := json.NewEncoder(zipped)
	if err := lines.Encode(indexSchema); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	for _, one := range x.known {
		if err := lines.Encode(one); err != nil {
			return fmt.Errorf("write the index: %w", err)
		}
	}
	if err := zipped.Close(); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	return nil
}

func (x *Index) find(f File) (indexed, bool) {
	if x == nil || f.Tag == "" {
		return indexed{}, false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	one, ok := x.known[f.Path]
	return one, ok && one.Tag == f.Tag
}

func (x *Index) keep(f File, one indexed) {
	if x == nil || f.Tag == "" {
		return
	}
	one.Path, one.Tag = f.Path, f.Tag
	x.mu.Lock()
	defer x.mu.Unlock()
	x.known[f.Path] = one
}

// log is what is known of a log file, if it was read as it is asked for now.
func (x *Index) log(f File, o logfile.Options) (logfile.Contents, bool) {
	one, ok := x.find(f)
	if !ok || one.Log == nil || o.Hash && !one.Hashed || o.Thorough && !one.Thorough {
		return logfile.Contents{}, false
	}
	return *one.Log, true
}

func (x *Index) keepLog(f File, o logfile.Options, c logfile.Contents) {
	x.keep(f, indexed{Hashed: o.Hash, Thorough: o.Thorough, Log: &c})
}

func (x *Index) digest(f File) (digestFile, bool) {
	one, ok := x.find(f)
	if !ok || one.Digest == nil {
		return digestFile{}, false
	}
	return *one.Digest, true
}

func (x *Index) keepDigest(f File, d digestFile) { x.keep(f, indexed{Digest: &d}) }

package logfile

import (
	"errors"
	"hash"
	"io"
)

// stream is a file's text while it is read: it is counted and hashed, and what
// ended it is remembered.
type stream struct {
	from  io.Reader
	hash  hash.Hash // nil: not asked for
	bytes int64
	err   error // that ended it early
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.bytes += int64(n)
	if s.hash != nil {
		_, _ = s.hash.Write(p[:n]) // never fails
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// drain reads what is left.
func (s *stream) drain(buffer []byte) {
	for {
		if _, err := s.Read(buffer); err != nil {
			return
		}
	}
}

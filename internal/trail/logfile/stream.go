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

func (s *stream) note(p []byte) {
	s.bytes += int64(len(p))
	if s.hash != nil {
		_, _ = s.hash.Write(p) // never fails
	}
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.note(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// WriteTo hands the text to a writer, which may end it by an error.
func (s *stream) WriteTo(to io.Writer) (int64, error) {
	return io.Copy(noting{s, to}, s.from)
}

// noting is a writer to which a stream is written.
type noting struct {
	stream *stream
	to     io.Writer
}

func (n noting) Write(p []byte) (int, error) {
	n.stream.note(p)
	return n.to.Write(p)
}

// drain reads what is left.
func (s *stream) drain(buffer []byte) {
	for {
		if _, err := s.Read(buffer); err != nil {
			return
		}
	}
}

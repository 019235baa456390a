package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"fipsguard/internal/audit"
)

// Folder is the file system as a source of log files and digests.
type Folder struct{}

// Files are all files under a path, or the file itself. Links to files are
// followed, links to folders only where the path is one.
func (Folder) Files(root string) ([]audit.File, error) {
	if link, err := filepath.EvalSymlinks(root); err == nil && link != filepath.Clean(root) {
		if info, err := os.Stat(link); err == nil && info.IsDir() {
			root += string(filepath.Separator)
		}
	}
	var files []audit.File
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() {
			files = append(files, audit.File{Path: filepath.ToSlash(path), Size: info.Size(), Tag: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano()), From: Folder{}})
		}
		return nil
	})
	var at *fs.PathError
	if errors.As(err, &at) {
		return nil, fmt.Errorf("%s: %w", at.Path, at.Err)
	}
	return files, err
}

// Open opens a file. What S3 keeps beside a digest is not there.
func (Folder) Open(_ context.Context, path string) (audit.Object, error) {
	file, err := os.Open(filepath.FromSlash(path))
	if err != nil {
		return audit.Object{}, err
	}
	return audit.Object{Body: file}, nil
}

// Stdin is the standard input as a source: one log file, which can be read once.
type Stdin struct {
	from io.Reader
	read atomic.Bool
}

// NewStdin returns the source of what from yields.
func NewStdin(from io.Reader) *Stdin { return &Stdin{from: from} }

// Files is the one file.
func (s *Stdin) Files() []audit.File { return []audit.File{{Path: audit.StandardInput, From: s}} }

// Open hands out the input, once.
func (s *Stdin) Open(context.Context, string) (audit.Object, error) {
	if s.read.Swap(true) {
		return audit.Object{}, errors.New("the standard input can be read once only")
	}
	return audit.Object{Body: io.NopCloser(s.from)}, nil
}

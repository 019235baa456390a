// Package search finds the files of a repository that may be about Fargate: by
// their names, without those that git ignores. What is in them it does not know.
package search

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// File is a file to be checked.
type File struct {
	Name  string // as it was named, or below the folder that was
	Named bool   // whether it was named itself, so that it has to be readable
}

// Files lists the files that an argument names: a file itself, those below a
// folder, or those that a pattern matches, in which * is any part of a name, **
// any number of folders.
func Files(argument string) ([]File, error) {
	info, err := os.Stat(argument)
	switch {
	case argument == "-":
		return []File{{argument, true}}, nil
	case err == nil && info.IsDir():
		return below(argument, func(path string) bool { return hasEnding(path) })
	case err == nil:
		return []File{{argument, true}}, nil
	case strings.ContainsAny(argument, "*?["):
		return matching(argument)
	}
	return nil, err
}

// hasEnding reports whether a file's name ends as what is checked is named.
func hasEnding(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json", ".yaml", ".yml", ".template", ".jsonl", ".asl", ".tf", ".tofu", ".jsonnet":
		return true
	}
	return false
}

// ErrNone is returned for a pattern that matches no file.
var ErrNone = errors.New("no file matches")

func matching(pattern string) ([]File, error) {
	pattern = filepath.ToSlash(pattern)
	matches, err := compile(pattern, true)
	if err != nil {
		return nil, err
	}
	fixed := pattern[:strings.IndexAny(pattern, "*?[")]
	root := "."
	if i := strings.LastIndex(fixed, "/"); i >= 0 {
		root = fixed[:i+1]
	}
	found, err := below(root, func(path string) bool { return matches.MatchString(bytewise(filepath.ToSlash(path))) })
	if err == nil && len(found) == 0 {
		return nil, ErrNone
	}
	return found, err
}

// below lists files below a folder in the order of their names. A link is not
// followed: what it leads to is found where it is, or is not in the repository.
func below(root string, wanted func(path string) bool) ([]File, error) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	w := walk{wanted: wanted}
	err = w.folder(filepath.Clean(root), absolute, around(absolute))
	return w.found, err
}

type walk struct {
	wanted func(string) bool
	found  []File
}

func (w *walk) folder(path, absolute string, ignored rules) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ignoreFile }) {
		ignored = ignored.with(absolute)
	}
	for _, e := range entries {
		inner, whole := filepath.Join(path, e.Name()), filepath.Join(absolute, e.Name())
		switch {
		case e.IsDir():
			if isForeign(e.Name()) || ignored.match(whole, true) {
				continue
			}
			if err := w.folder(inner, whole, ignored); err != nil {
				return err
			}
		case e.Type().IsRegular() && w.wanted(inner) && !ignored.match(whole, false):
			w.found = append(w.found, File{Name: inner})
		}
	}
	return nil
}

// isForeign knows folders in which tools keep what others have written.
func isForeign(name string) bool {
	switch name {
	case ".git", "node_modules", ".terraform":
		return true
	}
	return false
}

package main

import (
	"errors"
	"fipsguard/internal/sanitize"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// logFiles are the files that a name stands for: itself, the log files in a
// directory, or those that a pattern matches which the shell left as it is.
func logFiles(name string, t *terminal) ([]string, error) {
	if name == "-" {
		return []string{name}, nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return filesIn(name, t)
	case err == nil || !strings.ContainsAny(name, "*?["):
		return []string{name}, nil // opening it says what is wrong
	}
	matches, err := filepath.Glob(name)
	if err == nil && len(matches) == 0 {
		err = errors.New("no file matches")
	}
	return matches, err
}

// filesIn are the log files in a directory and those in it, in the order of
// their names. Others are counted.
func filesIn(dir string, t *terminal) ([]string, error) {
	var files []string
	others := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && path != dir
		switch {
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir():
		case entry.Type().IsRegular() && !hidden && isLogFile(path):
			files = append(files, path)
		default:
			others++
		}
		return nil
	})
	if others > 0 {
		fmt.Fprintf(t.err, "fipsguard: %s: passed over other files: %d\n", sanitize.Terminal(dir), others)
	}
	if err == nil && len(files) == 0 {
		err = errors.New("no log files in it")
	}
	return files, reasonOf(err)
}

func isLogFile(path string) bool {
	name := strings.TrimSuffix(path, ".gz")
	return slices.Contains([]string{".json", ".jsonl", ".ndjson", ".csv"}, filepath.Ext(name)) || strings.HasSuffix(path, ".gz")
}

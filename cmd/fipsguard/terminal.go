package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// terminal is where a command reads and writes: data on out, talk on err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	color    bool
	width    int  // in characters, of a line
	screen   bool // out is a terminal
}

// usualWidth is that of a terminal, and of what is none.
const usualWidth = 80

func widthOf(file *os.File) int {
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		return width
	}
	return usualWidth
}

// open opens a file, or the standard input by the name -. The error leaves the
// name out, which the caller says.
func (t *terminal) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(t.in), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, reasonOf(err)
	}
	return file, nil
}

// exitCode ends the program with a status and without a word: what there is to
// say was said.
type exitCode int

func (c exitCode) Error() string { return "exit status " + strconv.Itoa(int(c)) }

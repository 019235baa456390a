package main

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// folded is where a report goes: to a terminal in lines of its width, broken at
// blanks, and elsewhere as it is, so that grep finds what stands in one line.
func (t *terminal) folded() *folding { return &folding{t: t} }

// folding breaks long lines. It keeps a line until it is complete.
type folding struct {
	t    *terminal
	rest []byte
}

func (f *folding) Write(p []byte) (int, error) {
	if !f.t.screen {
		return f.t.out.Write(p)
	}
	f.rest = append(f.rest, p...)
	for {
		line, rest, ok := bytes.Cut(f.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		if _, err := io.WriteString(f.t.out, foldLine(string(line), f.t.width)+"\n"); err != nil {
			return 0, err
		}
		f.rest = rest
	}
}

// foldLine breaks a line at blanks. What follows is indented as the line is, and
// a little more. A word that is too long stays whole: people copy it.
func foldLine(line string, width int) string {
	if visible(line) <= width {
		return line
	}
	text := strings.TrimLeft(line, " ")
	indent := strings.Repeat(" ", len(line)-len(text)+2)
	var b strings.Builder
	b.WriteString(line[:len(line)-len(text)])
	column := b.Len()
	for i, word := range strings.Split(text, " ") {
		n := visible(word)
		switch {
		case i == 0:
		case column+1+n > width && column > len(indent):
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// visible is how many characters of a text a terminal shows: colors take no room.
func visible(text string) int {
	n := utf8.RuneCountInString(text)
	for {
		_, after, ok := strings.Cut(text, "\x1b[")
		if !ok {
			return n
		}
		style, rest, _ := strings.Cut(after, "m")
		n -= len("\x1b[") + len(style) + len("m")
		text = rest
	}
}

package main

import (
	"io"
	"strconv"
)

// terminal is where a command reads and writes: data on out, talk on err.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	color    bool
}

// exitCode ends the program with a status and without a word: what there is to
// say was said.
type exitCode int

func (c exitCode) Error() string { return "exit status " + strconv.Itoa(int(c)) }

// The exit codes of every command.
const (
	exitFindings   exitCode = 1 // looked, and something is wrong or unknown
	exitUnreadable exitCode = 2 // could not look
)

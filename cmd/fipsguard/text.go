package main

import (
	"errors"
	"io/fs"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"
)

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// reasonOf leaves the path out of a file error, which whoever wraps it names.
func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	bold   = "\x1b[1m"
	normal = "\x1b[0m"
)

func (t *terminal) paint(style, text string) string {
	if !t.color {
		return text
	}
	return style + text + normal
}

func (t *terminal) verdict(v guard.Verdict) string {
	switch v {
	case guard.NonCompliant:
		return t.paint(red, v.String())
	case guard.InsufficientData:
		return t.paint(yellow, v.String())
	case guard.Compliant:
		return t.paint(green, v.String())
	case guard.NotApplicable:
	}
	return t.paint(dim, v.String())
}

// word gives a word of a report its color; what is none of the words is a heading.
func (t *terminal) word(word string) string {
	switch strings.TrimSpace(word) {
	case "NON_COMPLIANT", "OFF", "CRITICAL", "HIGH", "FIPS off":
		return t.paint(red, word)
	case "INSUFFICIENT_DATA", "UNKNOWN", "WARNING", "could not be checked", "not checked yet":
		return t.paint(yellow, word)
	case "COMPLIANT", "ON":
		return t.paint(green, word)
	}
	return t.paint(bold, word)
}

// indented puts a bar before each line of a text that someone else wrote.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    │ " + sanitize.Terminal(strings.TrimRight(line, "\n")) + "\n")
	}
	return b.String()
}

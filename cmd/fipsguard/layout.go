package main

import (
	"strings"
	"unicode/utf8"
)

// column is a text of just so many characters: filled up, or cut with a sign.
func column(text string, width int) string {
	text = cut(text, width)
	return text + strings.Repeat(" ", width-utf8.RuneCountInString(text))
}

// cut is a text of at most so many characters, with a sign that it was cut.
func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:max(0, width-1)]) + "…"
}

// leastText is so little room that a line is longer rather than narrower.
const leastText = 20

// hanging breaks a text into lines of a width. The first begins behind what
// stands there already, the others are indented.
func hanging(text string, already, indent, width int) string {
	var lines []string
	line, room := "", width-already
	for _, word := range strings.Fields(text) {
		switch longer := utf8.RuneCountInString(line) + 1 + utf8.RuneCountInString(word); {
		case line == "":
			line = word
		case longer <= max(leastText, room):
			line += " " + word
		default:
			lines, line, room = append(lines, line), word, width-indent
		}
	}
	return strings.Join(append(lines, line), "\n"+strings.Repeat(" ", indent))
}

package sanitize

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unsafe are control characters, line breaks, and what reorders or hides text.
func unsafe(r rune) bool { return !unicode.IsGraphic(r) }

// Replace puts a character in the place of each that is unsafe in a line.
func Replace(text string, with rune) string {
	return strings.Map(func(r rune) rune {
		if unsafe(r) {
			return with
		}
		return r
	}, text)
}

// Printable is a text that is safe in a line, of any length.
func Printable(text string) string { return Replace(text, '?') }

// Line is a text that is safe in a line and has at most a number of characters,
// and a sign that it was cut.
func Line(text string, limit int) string {
	start, cut := head(text, limit)
	if cut {
		start += "…"
	}
	return Printable(start)
}

// Cut is for where a reader must see how much is left out.
func Cut(text string, limit int) string {
	start, cut := head(text, limit)
	if !cut {
		return text
	}
	return fmt.Sprintf("%s… (cut: %d characters in all)", start, utf8.RuneCountInString(text))
}

// head is the first characters of a text, and whether there are more.
func head(text string, limit int) (start string, cut bool) {
	n := 0
	for i := range text {
		if n == limit {
			return text[:i], true
		}
		n++
	}
	return text, false
}

// ASCII is a text for where only printable ASCII may stand, of at most a number
// of characters.
func ASCII(text string, limit int) string {
	var b strings.Builder
	for _, r := range text {
		if r < ' ' || r > '~' {
			r = '?'
		}
		b.WriteRune(r)
		if b.Len() > limit {
			return b.String()[:max(limit-3, 0)] + "..."[:min(limit, 3)]
		}
	}
	return b.String()
}

// Terminal is a text with what could move a terminal's cursor or reorder its
// line written as an escape, so that nothing of it is lost.
func Terminal(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, unsafe) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unsafe(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

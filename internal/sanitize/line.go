package sanitize

import (
	"strings"
	"unicode"
)

// Line makes a foreign text safe for a line of an email or a terminal: control
// characters, line breaks, what reorders or hides text and what is not UTF-8
// are replaced, and long texts are cut.
func Line(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteString("…")
			break
		}
		n++
		if !unicode.IsGraphic(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ASCII is Line for where only printable ASCII may stand.
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

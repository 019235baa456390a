package alert

import (
	"strings"
	"time"
	"unicode"
)

// clean makes a foreign text safe for a line of an email or a terminal: control
// characters, line breaks, what reorders or hides text and what is not UTF-8
// are replaced, and long texts are cut.
func clean(text string, limit int) string {
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

// ascii is clean for where only printable ASCII may stand.
func ascii(text string, limit int) string {
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

// plainWord reports whether a text may stand in a command as it is.
func plainWord(text string) bool {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-'
	}
	return text != "" && text[0] != '-' && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0
}

func known(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

func timeText(t time.Time, unknown string) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format(time.RFC3339)
}

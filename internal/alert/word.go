package alert

import (
	"strings"
	"time"
)

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

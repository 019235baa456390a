package alert

import (
	"cmp"
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

// regionWord is a Region as a word of a command, or a placeholder.
func regionWord(region string) string {
	if !plainWord(region) {
		return "REGION"
	}
	return region
}

func known(text string) string { return cmp.Or(text, "unknown") }

func knownTime(text string) string { return cmp.Or(text, "an unknown time") }

// timeText is empty for a time that is not known.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

package alert

import (
	"strings"
	"time"
	"unicode"
)

// The bounds keep every form of a message far below the 256 KB that SNS takes
// for all of them together.
const (
	maxName     = 300 // characters of a name or an ARN
	maxSentence = 600
	maxListed   = 10 // findings, outcomes, exemptions
)

// firstOf cuts a list to what an alert shows.
func firstOf[T any](list []T) []T { return list[:min(len(list), maxListed)] }

// clean makes a foreign text safe for a line of an email or a terminal: control
// characters, line breaks and what reorders text become "?", and long texts are
// cut.
func clean(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteString("…")
			break
		}
		n++
		if r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func timeText(t time.Time, unknown string) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format(time.RFC3339)
}

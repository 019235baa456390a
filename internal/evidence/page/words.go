package page

import (
	"fipsguard/internal/sanitize"
	"strconv"
	"time"
)

// Foreign texts longer than these are cut, and the cut is said. ECS's names
// have at most 255 characters, and a command can name two ARNs.
const (
	maxShort   = 300
	maxCommand = 2500
	maxAnswer  = 200
)

// short is the name of one thing, without what comes before it in its ARN.
func short(text string) string { return sanitize.Cut(sanitize.Printable(text), maxShort) }

// answer is what a container printed, quoted, so that a line break or a
// control character in it is seen.
func answer(text string) string {
	if text == "" {
		return ""
	}
	return sanitize.Cut(strconv.QuoteToGraphic(text), maxAnswer)
}

// moment is a time of the page, all of which are UTC.
func moment(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

func momentOf(t *time.Time) string {
	if t == nil {
		return "unknown"
	}
	return moment(*t)
}

// between is a time that passed, with the day once if it is the same.
func between(from, until time.Time) string {
	end := moment(until)
	if from.UTC().Format(time.DateOnly) == until.UTC().Format(time.DateOnly) {
		end = until.UTC().Format(time.TimeOnly)
	}
	return moment(from) + " to " + end + " UTC"
}

// mark is a word with the symbol and the class that go with it: a state is
// shown by the word and the symbol; the colour only helps.
type mark struct{ Class, Symbol, Word string }

func bad(word string) mark { return mark{"bad", "✗", word} }

func doubt(word string) mark { return mark{"doubt", "?", word} }

func good(word string) mark { return mark{"good", "✓", word} }

func absent(word string) mark { return mark{"absent", "–", word} }

package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// sentence is one that scenarios know, with what it means: exactly one of the
// functions is set.
//
// In its form, words stand as they are written, and of words with | between
// them any one; what is in braces is filled in, as slots says; what is in
// brackets may be left out.
type sentence struct {
	form   string
	given  func(*guard.Policy, phrase, time.Time)
	do     func(context.Context, *Account, phrase) error
	expect func(context.Context, *Account, phrase) (instead string, err error)
}

// phrase is what was filled into a sentence's form.
type phrase struct {
	who, whom  Principal
	on         bool
	name, text string
	platform   platform
	version    string
	call       string
	errorCode  string
	effect     effect
	number     int
	count      count
	duration   time.Duration
	rule       guard.RuleID
	mode       guard.PolicyMode
	severity   string
	verdict    guard.Verdict
}

// match fills words into the sentence's form, or says what does not fit.
func (s sentence) match(words []string) (phrase, error) {
	var first error
	for _, variant := range variants(s.form) {
		p, err := fill(strings.Fields(variant), words)
		if err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	return phrase{}, first
}

func fill(form, words []string) (phrase, error) {
	var p phrase
	for _, expected := range form {
		if len(words) == 0 {
			return phrase{}, fmt.Errorf("it ends where %q is expected", written(expected))
		}
		if name, ok := slotName(expected); ok {
			used, err := slots()[name](&p, words)
			if err != nil {
				return phrase{}, err
			}
			words = words[used:]
			continue
		}
		if !isOneOf(expected, words[0]) {
			return phrase{}, fmt.Errorf("%q stands where %q is expected", words[0], expected)
		}
		words = words[1:]
	}
	if len(words) > 0 {
		return phrase{}, fmt.Errorf("it goes on with %q where it should end", strings.Join(words, " "))
	}
	return p, nil
}

// variants are the form with and without what is in brackets, the longest
// first.
func variants(form string) []string {
	before, rest, ok := strings.Cut(form, "[")
	if !ok {
		return []string{form}
	}
	optional, after, _ := strings.Cut(rest, "]")
	var all []string
	for _, end := range variants(after) {
		all = append(all, before+optional+end)
	}
	for _, end := range variants(after) {
		all = append(all, before+end)
	}
	return all
}

// shares counts the words of the form itself that are among these.
func (s sentence) shares(words []string) int {
	n := 0
	for _, expected := range strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(s.form)) {
		if slices.ContainsFunc(words, func(word string) bool { return isOneOf(expected, word) }) {
			n++
		}
	}
	return n
}

func isOneOf(expected, word string) bool {
	return slices.ContainsFunc(strings.Split(expected, "|"), func(one string) bool { return strings.EqualFold(one, word) })
}

func slotName(word string) (string, bool) {
	name, ok := strings.CutPrefix(word, "{")
	return strings.TrimSuffix(name, "}"), ok
}

// written is the form as people read it.
func (s sentence) written() string { return written(s.form) + "." }

func written(form string) string { return strings.NewReplacer("{", "<", "}", ">").Replace(form) }

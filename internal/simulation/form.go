package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
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

	variants [][]token // of the form, the longest first
}

// token is a word of a form.
type token struct {
	text string
	take func(p *phrase, words []string) (used int, err error) // nil where the word stands as it is written
}

// language is every sentence, ready to be matched.
func language() []sentence {
	known, all := slots(), sentences()
	for i := range all {
		for _, variant := range variants(all[i].form) {
			var tokens []token
			for _, word := range strings.Fields(variant) {
				next := token{text: written(word)}
				if name, ok := slotName(word); ok {
					next.take = known[name].take
				}
				tokens = append(tokens, next)
			}
			all[i].variants = append(all[i].variants, tokens)
		}
	}
	return all
}

// phrase is what was filled into a sentence's form.
type phrase struct {
	who, whom  Principal
	on         bool
	name, text string
	platform   platform
	version    string
	provider   string
	managed    bool // for Managed Instances
	exec       bool
	status     types.TaskDefinitionStatus
	stage      string
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

// match fills words into the sentence's form. The error says what does not
// fit, after how many words.
func (s sentence) match(words []string) (p phrase, fitting int, err error) {
	fitting = -1
	for _, variant := range s.variants {
		filled, n, complaint := fill(variant, words)
		if complaint == nil {
			return filled, n, nil
		}
		if n > fitting {
			fitting, err = n, complaint
		}
	}
	return phrase{}, fitting, err
}

func fill(form []token, words []string) (p phrase, fitting int, err error) {
	rest := words
	for _, expected := range form {
		fitting = len(words) - len(rest)
		switch {
		case len(rest) == 0:
			return p, fitting, fmt.Errorf("it ends where %q is expected", expected.text)
		case expected.take != nil:
			used, err := expected.take(&p, rest)
			if err != nil {
				return p, fitting, err
			}
			rest = rest[used:]
		case isOneOf(expected.text, rest[0]):
			rest = rest[1:]
		default:
			return p, fitting, fmt.Errorf("%q stands where %q is expected", rest[0], expected.text)
		}
	}
	fitting = len(words) - len(rest)
	if len(rest) > 0 {
		return p, fitting, fmt.Errorf("it goes on with %q where it should end", strings.Join(rest, " "))
	}
	return p, fitting, nil
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

// nearness counts the words that fit from the beginning, and the words of the
// form itself that are anywhere among these.
func (s sentence) nearness(words []string) int {
	_, n, _ := s.match(words)
	for _, expected := range s.variants[0] {
		if slices.ContainsFunc(words, func(word string) bool { return isOneOf(expected.text, word) }) {
			n++
		}
	}
	return n
}

// difference is how much longer or shorter the form is.
func (s sentence) difference(words []string) int {
	n := len(s.variants[0]) - len(words)
	return max(n, -n)
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

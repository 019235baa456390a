package simulation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// step is one sentence of a scenario.
type step struct {
	line     int
	text     string
	times    int
	sentence sentence
	phrase   phrase
}

// parse reads a scenario. Its file begins with a paragraph that people read
// before it runs. Each line after that is a sentence; the last begins with "In
// the end:" and says what a good end means. Lines that begin with # are
// comments. The error names every faulty line.
func parse(file, text string) (Scenario, error) {
	s := Scenario{file: file}
	var faults []error
	fault := func(line int, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s:%d: %w", file, line, fmt.Errorf(format, args...)))
	}
	lines := strings.Split(text, "\n")
	n := 0
	for ; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		if line == "" && s.Story != "" {
			break
		}
		if line != "" && line[0] != '#' {
			s.Story = strings.TrimSpace(s.Story + " " + line)
		}
	}
	expectations := 0
	for ; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		if line == "" || line[0] == '#' {
			continue
		}
		if s.conclusion != "" {
			fault(n+1, "%q comes after \"%s\", which is the last line", line, conclusionMark)
			continue
		}
		if conclusion, ok := strings.CutPrefix(line, conclusionMark); ok {
			s.conclusion = strings.TrimSpace(conclusion)
			if err := checkFigures(conclusion); err != nil {
				fault(n+1, "%q: %w", line, err)
			}
			continue
		}
		next, err := read(line)
		if err != nil {
			fault(n+1, "%w", err)
			continue
		}
		next.line = n + 1
		if next.sentence.expect != nil {
			expectations++
		}
		if next.sentence.given != nil && slices.ContainsFunc(s.steps, func(earlier step) bool { return earlier.sentence.given == nil }) {
			fault(n+1, "%q: what the policy says has to come first, since the guard starts with it", line)
		}
		s.steps = append(s.steps, next)
	}
	switch {
	case len(faults) > 0:
	case s.Story == "":
		fault(1, "there is no paragraph that says what the scenario is about")
	case expectations == 0:
		fault(len(lines), "nothing is expected, so that nothing can fail: add a line such as \"Expect one alert.\"")
	case s.conclusion == "":
		fault(len(lines), "the last line has to begin with %q", conclusionMark)
	}
	if len(faults) > 0 {
		return Scenario{}, fmt.Errorf("%w\nScenarios know these sentences:\n%s", errors.Join(faults...), Vocabulary())
	}
	return s, nil
}

const conclusionMark = "In the end:"

// read understands one sentence.
func read(line string) (step, error) {
	words, err := wordsOf(line)
	if err != nil {
		return step{}, fmt.Errorf("%q: %w", line, err)
	}
	found := step{text: line, times: 1}
	words = found.repeated(words)
	var nearest sentence
	var complaint error
	shared := 0
	for _, s := range sentences() {
		p, err := s.match(words)
		if err == nil {
			found.sentence, found.phrase = s, p
			if found.times > 1 && s.do == nil {
				return step{}, fmt.Errorf("%q: only what someone does can be repeated", line)
			}
			return found, nil
		}
		if n := s.shares(words); n > shared {
			nearest, complaint, shared = s, err, n
		}
	}
	if shared == 0 {
		return step{}, fmt.Errorf("%q is not a sentence that scenarios know", line)
	}
	return step{}, fmt.Errorf("%q: %w; the nearest sentence is %q", line, complaint, nearest.written())
}

// repeated takes a beginning such as "five times," off.
func (s *step) repeated(words []string) []string {
	if len(words) < 3 || words[1] != "times" {
		return words
	}
	n, err := number(words[0])
	if err != nil || n < 1 {
		return words
	}
	s.times = n
	return words[2:]
}

// wordsOf splits a sentence. A quoted text is one word and keeps its quotes.
func wordsOf(line string) ([]string, error) {
	var words []string
	parts := strings.Split(strings.TrimSuffix(line, "."), `"`)
	if len(parts)%2 == 0 {
		return nil, errors.New("a quotation mark has no partner")
	}
	for i, part := range parts {
		if i%2 == 1 {
			words = append(words, `"`+part+`"`)
			continue
		}
		for _, word := range strings.Fields(part) {
			words = append(words, strings.TrimSuffix(word, ","))
		}
	}
	return words, nil
}

// Vocabulary lists every sentence that scenarios know, one a line.
func Vocabulary() string {
	var b strings.Builder
	for _, s := range sentences() {
		b.WriteString("  " + s.written() + "\n")
	}
	return b.String() + "  In front of what someone does: <number> times,\n"
}
